"""The table of scores: one row per payment event, whatever happened to it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from schemas.score import Score, ScoredPayment
from schemas.topics import SCORES
from sinks.tables.table import EPOCH, Columns, Table, milliseconds, optional_milliseconds, origins, reasons

__all__ = ["SCORES_TABLE"]

TEXTS = ("source", "payment_id", "status", "currency", "channel", "payment_method", "terminal_id", "store_id")
# Stands for the payment that a repeat or a refused record does not have; 1970 says that it is none.
EMPTY: dict[str, Any] = {
    **dict.fromkeys(TEXTS, ""),
    **dict.fromkeys(("reporting_minor", "customer_id", "card_id", "device", "bin_country", "decline_reason")),
    "event_id": UUID(int=0),
    "occurred_at": EPOCH,
    "amount_minor": 0,
}
NO_PAYMENT = ScoredPayment.model_construct(**EMPTY)


def columns(events: Sequence[Score]) -> Columns:
    """Turn a batch into the columns of the table."""
    payments = [event.payment or NO_PAYMENT for event in events]
    return {
        **origins([event.origin for event in events]),
        "disposition": [event.disposition for event in events],
        "scored_at": [milliseconds(event.scored_at) for event in events],
        "received_at": [optional_milliseconds(event.received_at) for event in events],
        "event_id": [payment.event_id for payment in payments],
        "occurred_at": [milliseconds(payment.occurred_at) for payment in payments],
        "source": [payment.source for payment in payments],
        "payment_id": [payment.payment_id for payment in payments],
        "status": [payment.status for payment in payments],
        "amount_minor": [payment.amount_minor for payment in payments],
        "currency": [payment.currency for payment in payments],
        "reporting_minor": [payment.reporting_minor for payment in payments],
        "channel": [payment.channel for payment in payments],
        "payment_method": [payment.payment_method for payment in payments],
        "customer_id": [payment.customer_id for payment in payments],
        "card_id": [payment.card_id for payment in payments],
        "terminal_id": [payment.terminal_id for payment in payments],
        "store_id": [payment.store_id for payment in payments],
        "device": [payment.device for payment in payments],
        "bin_country": [payment.bin_country for payment in payments],
        "decline_reason": [payment.decline_reason for payment in payments],
        "score": [event.score for event in events],
        "threshold": [event.threshold for event in events],
        "decision": [event.decision for event in events],
        **reasons([event.reasons for event in events]),
        "feature_set": [event.feature_set for event in events],
        "features": [event.features for event in events],
        "model_version": [event.model_version for event in events],
        "decided_by": [event.decided_by for event in events],
        "rule_set": [event.rule_set for event in events],
        "rules_hit": [event.rules_hit for event in events],
        "rules_failed": [event.rules_failed for event in events],
        "lists_hit": [event.lists_hit for event in events],
        "control_rate": [event.control_rate for event in events],
        "schema_version": [event.schema_version for event in events],
    }


SCORES_TABLE = Table(
    SCORES, columns, urgent=True, origin_of=lambda score: score.origin, append_time="appended_at"
)
