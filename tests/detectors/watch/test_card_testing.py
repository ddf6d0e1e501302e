"""Somebody who tries out cards is found; families, offices and broken tills are not."""

from typing import Any

import pytest

from schemas.score import Score
from tests.detectors.watch.paying import MINUTE, Watched, pay


def tries(
    count: int, *, declined: int, every: float = 20.0, cards: int | None = None, **fields: Any
) -> list[Score]:
    """Different cards one after the other; of ten in a row so many are declined."""
    return [
        pay(
            n,
            n * every,
            card_id=f"card-{n % (cards or count)}",
            amount_minor=299,
            status="declined" if n % 10 < declined else "authorised",
            **fields,
        )
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("fields", "entity"),
    [
        ({"device_id": "device-bot", "network": "45.0.0.0/24"}, "device-bot"),
        ({"network": "45.0.0.0/24"}, "45.0.0.0/24"),
        ({}, "terminal-1"),
    ],
)
def test_many_cards_that_are_declined_are_found(fields: dict[str, Any], entity: str) -> None:
    watched = Watched().scores(tries(40, declined=9, **fields))
    found = watched.one("card_testing")
    assert found.entity == entity
    assert found.count >= 36
    assert "usually 1 in 50" in found.sentence
    assert f"{found.count} cards tried out in 13 min" in found.sentence


def test_whoever_tests_cards_is_found_after_a_few() -> None:
    watched = Watched()
    seen = [bool(watched.scores([one]).of("card_testing")) for one in tries(20, declined=9, device_id="d")]
    assert seen.index(True) == 4


@pytest.mark.parametrize(
    "innocent",
    [
        tries(40, declined=0, device_id="shared-tablet"),
        tries(40, declined=9, cards=3, device_id="family"),
        tries(40, declined=2, network="office"),
        tries(40, declined=9, every=20 * MINUTE, device_id="slow"),
        tries(40, declined=3),
    ],
    ids=["many cards, none declined", "one family", "an office", "over half a day", "a bad day at a till"],
)
def test_near_misses_raise_nothing(innocent: list[Score]) -> None:
    assert not Watched().scores(innocent).of("card_testing")


def test_a_terminal_is_not_accused_of_what_a_device_explains() -> None:
    bot = tries(60, declined=9, device_id="bot", network="45.0.0.0/24")
    honest = pay(500, 60 * 20.0, card_id="card-honest", status="declined", device_id="honest")
    assert Watched().scores([*bot, honest]).one("card_testing").entity == "bot"


def test_who_else_pays_at_the_same_terminal_has_no_part_in_it() -> None:
    bot = tries(40, declined=9, device_id="bot")
    other = pay(500, 405, card_id="card-honest", score=0.9, device_id="honest")
    watched = Watched().scores([*bot[:20], other, *bot[20:]])
    assert other.payment is not None
    assert other.payment.event_id not in {one.event_id for one in watched.one("card_testing").payments}
    assert watched.one("payment_fraud").entity == "card-honest"
