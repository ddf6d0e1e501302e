"""An answer about payments that no alert is about: labels for everybody who learns, verdicts for shops."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from console.publisher import Publisher
from schemas.identifiers import uuid7
from schemas.label import Label
from schemas.payment_verdict import Outcome, PaymentVerdict, verdict_id_of
from schemas.topics import LABELS, VERDICTS
from sinks.review.listing import ReviewPayment

__all__ = ["ReviewVerdict", "publish_answer"]

ReviewVerdict = Literal["fraud", "genuine"]
OUTCOMES: dict[ReviewVerdict, Outcome] = {"fraud": "void", "genuine": "release"}


async def publish_answer(
    publisher: Publisher,
    payments: Sequence[ReviewPayment],
    verdict: ReviewVerdict,
    *,
    by: str,
    at: datetime,
) -> None:
    """Return once Kafka has a label and a verdict for each payment.

    Raises
    ------
    NotDelivered, TimeoutError
        As `Publisher.publish`. Given again, an answer changes nothing that has arrived.

    """
    said = uuid7(at)
    for one in payments:
        label = Label(
            event_id=one.event_id,
            customer_id=one.customer_id,
            card_id=one.card_id,
            terminal_id=one.terminal_id,
            occurred_at=one.occurred_at,
            known_at=max(at, one.occurred_at),
            verdict=verdict,
            said_by="analyst",
        )
        outcome = PaymentVerdict(
            verdict_id=verdict_id_of(said, one.event_id),
            event_id=one.event_id,
            payment_id=one.payment_id,
            outcome=OUTCOMES[verdict],
            by=by,
            at=at,
        )
        await publisher.publish(LABELS, label)
        await publisher.publish(VERDICTS, outcome)
