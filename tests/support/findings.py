"""Findings, answers and origins for tests of alerts."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from detectors.fraud.features import FEATURE_NAMES
from detectors.watch.finding import Finding
from schemas.answer import Answer, AnswerVerdict
from schemas.origin import Origin
from schemas.score import Score
from schemas.store import OpeningHours, Store
from tests.support.events import payment
from tests.support.scores import score

__all__ = ["NOON", "ORIGIN", "WALL", "answer", "finding", "number", "store", "suspicious"]

NOON = datetime(2026, 10, 5, 12, 0, tzinfo=UTC).timestamp()
"""Event time, seconds since 1970."""
WALL = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ORIGIN = Origin(generation="topic-1:0", topic="scores", partition=3, offset=17)


def finding(**fields: Any) -> Finding:
    """Make a finding about a card, unless a field says otherwise."""
    return Finding(
        **{
            "kind": "card_spree",
            "entity_type": "card",
            "entity": "card-1",
            "window": "1",
            "store_id": None,
            "sentence": "Five payments in ten minutes, usually one a day.",
            "since": NOON,
            "last_at": NOON,
            "detector": "test/1",
            **fields,
        }
    )


def suspicious(offset: int, card: str = "card-1", **fields: Any) -> Score:
    """Make the score of a payment of 600.00 EUR in partition 0 that the model finds suspicious."""
    made = score(0, offset, paid=payment(offset, card_id=card, amount_minor=60_000, **fields))
    return made.model_copy(
        update={"score": 0.97, "decision": "review", "features": (0.0,) * len(FEATURE_NAMES)}
    )


def number(value: int) -> UUID:
    """Make the id of an answer."""
    return UUID(int=value)


def answer(
    alert_id: str, verdict: AnswerVerdict, *, numbered: int = 1, replaces: int | None = None, **fields: Any
) -> Answer:
    """Make an answer; `numbered` and `replaces` stand for ids."""
    return Answer(
        **{
            "answer_id": number(numbered),
            "alert_id": alert_id,
            "verdict": verdict,
            "by": "Ada",
            "at": datetime.fromtimestamp(NOON, UTC) + timedelta(minutes=numbered),
            "replaces": None if replaces is None else number(replaces),
            **fields,
        }
    )


def store(store_id: str, **fields: Any) -> Store:
    """Make a store that is always open, unless a field says otherwise."""
    always = tuple(OpeningHours(weekday=day, opens="00:00", closes="24:00") for day in range(7))
    return Store(
        **{
            "store_id": store_id,
            "name": f"Store {store_id}",
            "channel": "pos",
            "region": "north",
            "time_zone": "Europe/Berlin",
            "hours": always,
            **fields,
        }
    )
