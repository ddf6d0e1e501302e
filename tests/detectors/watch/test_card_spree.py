"""A card on a spree is found, and people who shop are not."""

from random import Random
from typing import Any

from tests.detectors.watch.paying import DAY, MINUTE, Watched, habit, known, pay


def spree(count: int = 6, *, every: float = 4 * MINUTE, amount: int = 40_000, **fields: Any) -> list:  # type: ignore[type-arg]
    return [
        pay(n, n * every, amount_minor=amount + n, terminal_id=f"terminal-{n % 3}", **fields)
        for n in range(count)
    ]


def test_a_spree_is_found_before_it_is_over() -> None:
    watched = Watched().scores(habit(20))
    seen = [bool(watched.scores([one]).of("card_spree")) for one in spree()]
    assert seen.index(True) <= 3
    found = watched.one("card_spree")
    assert (found.entity, found.count, found.money_at_risk_minor) == ("card-own", 6, 240_015)
    assert found.until is None
    assert len(found.payments) == 6
    assert "6 payments in 20 min at 3 tills" in found.sentence
    assert "usually" in found.sentence
    assert not watched.of("payment_fraud")


def test_many_small_payments_of_a_daily_shopper_are_no_spree() -> None:
    random = Random(1)
    lively = [
        pay(
            100_000 + n,
            -20 * DAY + n * DAY / 8 + random.uniform(0, 3_000),
            amount_minor=random.randrange(2_000, 9_000),
        )
        for n in range(160)
    ]
    watched = Watched().scores(lively).scores(spree(4, every=14 * MINUTE, amount=5_000))
    assert not watched.of("card_spree")


def test_three_dear_things_on_one_day_are_no_spree() -> None:
    watched = Watched().scores(habit(20)).scores(spree(3, every=150 * MINUTE))
    assert not watched.of("card_spree")


def test_a_payment_declined_and_tried_again_is_no_spree() -> None:
    again = [
        pay(n, 20 * n, amount_minor=45_000, status="declined" if n < 5 else "authorised") for n in range(6)
    ]
    assert not Watched().scores(habit(20)).scores(again).of("card_spree")


def test_suspicious_payments_before_become_part_of_the_spree() -> None:
    watched = Watched().scores(habit(20)).scores(spree(6, score=0.9))
    weaker, stronger = watched.one("payment_fraud"), watched.one("card_spree")
    assert weaker.until is not None
    assert "part of" in weaker.sentence
    assert stronger.count == 6
    assert stronger.until is None


def test_a_spree_ends_a_day_after_its_last_payment() -> None:
    watched = Watched().scores(habit(20)).scores(spree())
    last = watched.one("card_spree").last_at
    assert watched.look(20 * MINUTE + DAY - 1).one("card_spree").until is None
    assert watched.look(20 * MINUTE + DAY + 1).one("card_spree").until == last + DAY
    told = watched.told
    watched.look(20 * MINUTE + 5 * DAY)
    assert watched.told == told


def test_a_spree_ends_when_all_its_payments_have_a_verdict() -> None:
    paid = spree()
    watched = Watched().scores(habit(20)).scores(paid)
    labels = [known(one, 3_600 + n, "fraud") for n, one in enumerate(paid)]
    watched.labels(labels[:-1], 4_000)
    assert watched.one("card_spree").until is None
    found = watched.labels(labels[-1:], 4_000).one("card_spree")
    assert found.until is not None
    assert "6 payments said to be fraud by the customer." in found.sentence
    watched.scores([pay(50, 5_000, score=0.9)])
    assert watched.one("payment_fraud").until is None, "what comes afterwards is news"


def test_a_card_said_to_be_all_right_needs_much_more() -> None:
    first = pay(90, -600, amount_minor=20_000)
    watched = Watched().scores(habit(20)).scores([first])
    watched.labels([known(first, -300, "genuine", "analyst")], -300)
    watched.scores(spree(4, amount=20_000))
    assert not watched.of("card_spree")
    watched.scores([pay(200 + n, 960 + n * 60, amount_minor=90_000 + n) for n in range(6)])
    assert watched.of("card_spree")
