"""Answers about payments without an alert, given and undone: labels for all who learn, verdicts for shops."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from console.publisher import Publisher
from detectors.watch.outcomes import OF_ANSWERS, TAKEN_BACK_FOR
from schemas.identifiers import uuid7
from schemas.label import Label, Verdict
from schemas.payment_verdict import PaymentVerdict, verdict_id_of
from schemas.topics import LABELS, VERDICTS
from sinks.review.given import GivenAnswer
from sinks.review.listing import ReviewPayment

__all__ = ["VERDICTS_OF_PEOPLE", "ReviewVerdict", "publish_answer", "publish_withdrawal"]

ReviewVerdict = Literal["fraud", "genuine"]
VERDICTS_OF_PEOPLE: tuple[ReviewVerdict, ...] = ("fraud", "genuine")
MOMENT = timedelta(milliseconds=1)
"""The store's finest step."""


async def publish_answer(
    publisher: Publisher,
    payments: Sequence[ReviewPayment],
    verdict: ReviewVerdict,
    *,
    by: str,
    at: datetime,
) -> GivenAnswer:
    """Return the answer once Kafka has a label and a verdict for each payment, all of one moment.

    Raises
    ------
    NotDelivered, TimeoutError
        As `Publisher.publish`. Given again, an answer changes nothing that has arrived.

    """
    given = GivenAnswer(verdict, by, moment_of(at, payments), tuple(payments))
    await publish(publisher, given, verdict, by=by, at=given.at)
    return given


async def publish_withdrawal(publisher: Publisher, given: GivenAnswer, *, by: str, at: datetime) -> None:
    """Return once Kafka knows that an answer is void; shops hold its payments for a day.

    Raises
    ------
    NotDelivered, TimeoutError
        As `publish_answer`.

    """
    later = max(moment_of(at, given.payments), given.at + MOMENT)
    await publish(publisher, given, "withdrawn", by=by, at=later)


def moment_of(at: datetime, payments: Sequence[ReviewPayment]) -> datetime:
    """Give the moment of an answer as the store will have it: never before what it is about."""
    latest = max([at, *(one.occurred_at + MOMENT for one in payments)])
    return latest.replace(microsecond=latest.microsecond // 1_000 * 1_000)


async def publish(
    publisher: Publisher, given: GivenAnswer, verdict: Verdict, *, by: str, at: datetime
) -> None:
    """Write a label and what shops do for each payment."""
    said, outcome = uuid7(at), OF_ANSWERS[verdict]
    for one in given.payments:
        label = Label(
            event_id=one.event_id,
            customer_id=one.customer_id,
            card_id=one.card_id,
            terminal_id=one.terminal_id,
            occurred_at=one.occurred_at,
            known_at=at,
            verdict=verdict,
            said_by="analyst",
        )
        told = PaymentVerdict(
            verdict_id=verdict_id_of(said, one.event_id),
            event_id=one.event_id,
            payment_id=one.payment_id,
            outcome=outcome,
            until=at + TAKEN_BACK_FOR if outcome == "hold" else None,
            by=by,
            at=at,
        )
        await publisher.publish(LABELS, label)
        await publisher.publish(VERDICTS, told)
