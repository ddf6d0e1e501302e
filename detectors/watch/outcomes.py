"""What shops are told to do with the payments of an alert that somebody has answered or put on hold."""

from collections.abc import Iterable
from datetime import timedelta

from schemas.alert import Alert, AlertPayment
from schemas.alert_action import AlertAction
from schemas.answer import Answer
from schemas.label import Label
from schemas.payment_verdict import Outcome, PaymentVerdict, verdict_id_of

__all__ = ["OF_ANSWERS", "TAKEN_BACK_FOR", "held", "outcomes"]

OF_ANSWERS: dict[str, Outcome] = {"fraud": "void", "genuine": "release", "withdrawn": "hold"}

TAKEN_BACK_FOR = timedelta(days=1)
"""So long a payment is held whose answer was taken back: as long as an alert about payments lasts. Chosen."""


def outcomes(labels: Iterable[Label], alert: Alert, answer: Answer) -> list[PaymentVerdict]:
    """Turn an answer into what becomes of each payment that it labels.

    fraud = void, genuine = release, taken back = hold.
    """
    outcome = OF_ANSWERS[answer.verdict]
    payment_ids = {one.event_id: one.payment_id for one in alert.payments}
    return [
        PaymentVerdict(
            verdict_id=verdict_id_of(answer.answer_id, one.event_id),
            event_id=one.event_id,
            payment_id=payment_ids.get(one.event_id),
            outcome=outcome,
            until=answer.at + TAKEN_BACK_FOR if outcome == "hold" else None,
            by=answer.by,
            at=answer.at,
            alert_id=answer.alert_id,
        )
        for one in labels
    ]


def held(payments: Iterable[AlertPayment], action: AlertAction) -> list[PaymentVerdict]:
    """Turn a hold into what becomes of each payment."""
    return [
        PaymentVerdict(
            verdict_id=verdict_id_of(action.action_id, one.event_id),
            event_id=one.event_id,
            payment_id=one.payment_id,
            outcome="hold",
            until=action.until,
            by=action.by,
            at=action.at,
            alert_id=action.alert_id,
            reason=action.text,
        )
        for one in payments
    ]
