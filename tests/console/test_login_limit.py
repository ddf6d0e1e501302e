"""Wrong passwords are slowed down."""

from console.login_limit import LoginLimit


def test_the_sixth_try_of_a_minute_waits() -> None:
    limit = LoginLimit()
    for second in range(5):
        assert limit.wait_seconds("a", second) == 0
        limit.failed("a", second)
    assert limit.wait_seconds("a", 10) == 50
    assert limit.wait_seconds("b", 10) == 0
    assert limit.wait_seconds("a", 60) == 0


def test_many_addresses_together_wait_too() -> None:
    limit = LoginLimit()
    for number in range(50):
        limit.failed(f"address-{number}", 0)
    assert limit.wait_seconds("another", 30) == 30
