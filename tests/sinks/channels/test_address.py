"""Which addresses a webhook may have."""

import pytest

from schemas.errors import Stop
from sinks.channels.address import PublicAddresses, hook_address, is_public


@pytest.mark.parametrize(
    ("url", "shown", "loopback"),
    [
        ("https://hooks.example.org/in/s3cret?token=s3cret", "https://hooks.example.org", False),
        ("https://hooks.example.org:8443/", "https://hooks.example.org:8443", False),
        ("https://10.1.2.3/in", "https://10.1.2.3", False),
        ("http://127.0.0.1:9000/in", "http://127.0.0.1:9000", True),
        ("http://[::1]:9000/in", "http://[::1]:9000", True),
        ("http://localhost/in", "http://localhost", True),
    ],
)
def test_https_and_this_machine_are_taken(url: str, shown: str, loopback: bool) -> None:
    """What a log may say holds no path and no query: they may be the receiver's secret."""
    assert hook_address(url, allow_http=False) == (url, shown, loopback)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "must be https"),
        ("hooks.example.org/s3cret", "must be https"),
        ("ftp://hooks.example.org/s3cret", "must be https"),
        ("https:///s3cret", "must be https"),
        ("https://hooks.example.org/s3cret\nHost: other", "must be https"),
        ("https://hooks.example.org:port/s3cret", "is no URL"),
        ("https://[::1/s3cret", "is no URL"),
        ("https://me:s3cret@hooks.example.org/", "holds a login"),
        ("http://hooks.example.org/s3cret", "plain HTTP"),
        ("http://127.0.0.1.example.org/s3cret", "plain HTTP"),
        ("http://10.1.2.3/s3cret", "plain HTTP"),
    ],
)
def test_other_addresses_are_refused_without_repeating_them(url: str, reason: str) -> None:
    with pytest.raises(Stop, match=reason) as refused:
        hook_address(url, allow_http=False)
    assert "s3cret" not in str(refused.value)


def test_plain_http_is_taken_when_asked_for() -> None:
    assert hook_address("http://hooks.example.org/", allow_http=True).shown == "http://hooks.example.org"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1::1", True), ("127.0.0.1", False), ("10.0.0.1", False),
        ("192.168.1.1", False), ("169.254.169.254", False), ("100.64.0.1", False), ("224.0.0.1", False),
        ("0.1.2.3", False), ("::1", False), ("fe80::1%eth0", False), ("fc00::1", False),
        ("::ffff:10.0.0.1", False), ("::ffff:93.184.216.34", True),
    ],
)  # fmt: skip
def test_private_addresses_are_known(address: str, public: bool) -> None:
    assert is_public(address) == public


async def test_a_name_that_leads_to_a_private_address_is_not_resolved() -> None:
    resolver = PublicAddresses()
    with pytest.raises(OSError, match="--allow-private permits that"):
        await resolver.resolve("localhost", 443)
    await resolver.close()
