"""The table of findings."""

from collections.abc import Sequence

from schemas.alert import Alert
from schemas.topics import ALERTS
from sinks.tables.table import Columns, Table, milliseconds, optional_milliseconds, origins

__all__ = ["ALERTS_TABLE"]


def columns(events: Sequence[Alert]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        "alert_id": [event.alert_id for event in events],
        "kind": [event.kind for event in events],
        "severity": [event.severity for event in events],
        "entity_type": [event.entity_type for event in events],
        "entity": [event.entity for event in events],
        "store_id": [event.store_id for event in events],
        "sentence": [event.sentence for event in events],
        **whys(events),
        "count": [event.count for event in events],
        "money_at_risk_minor": [event.money_at_risk_minor for event in events],
        "per_hour_minor": [event.per_hour_minor for event in events],
        "since": [milliseconds(event.since) for event in events],
        "noticed_at": [milliseconds(event.noticed_at) for event in events],
        "last_at": [milliseconds(event.last_at) for event in events],
        "until": [optional_milliseconds(event.until) for event in events],
        "completeness": [event.completeness for event in events],
        "watched_series": [event.watched.series if event.watched else None for event in events],
        "watched_store_id": [event.watched.store_id if event.watched else None for event in events],
        "watched_channel": [event.watched.channel if event.watched else None for event in events],
        "watched_category": [event.watched.category if event.watched else None for event in events],
        **payments(events),
        **counterfactuals(events),
        **answers(events),
        "effect": [event.effect for event in events],
        "detector": [event.detector for event in events],
        "model_version": [event.model_version for event in events],
        "detected_at": [milliseconds(event.detected_at) for event in events],
        "updated_at": [milliseconds(event.updated_at) for event in events],
        **origins([event.origin for event in events]),
        "schema_version": [event.schema_version for event in events],
    }


def whys(events: Sequence[Alert]) -> Columns:
    """Columns with the reasons, as parallel arrays."""
    return {
        f"reasons_{field}": [[getattr(reason, field) for reason in event.reasons] for event in events]
        for field in ("text", "value", "usual", "unit", "weight")
    }


def payments(events: Sequence[Alert]) -> Columns:
    """Columns with the payments that alerts are about, as parallel arrays."""
    found: Columns = {
        f"payments_{field}": [[getattr(payment, field) for payment in event.payments] for event in events]
        for field in ("event_id", "payment_id", "customer_id", "terminal_id", "amount_minor", "score")
    }
    found["payments_occurred_at"] = [
        [milliseconds(payment.occurred_at) for payment in event.payments] for event in events
    ]
    return found


def counterfactuals(events: Sequence[Alert]) -> Columns:
    """Columns with the amount that would have passed."""
    found = [event.counterfactual for event in events]
    return {
        "counterfactual_event_id": [one.event_id if one else None for one in found],
        "counterfactual_passes_minor": [one.passes_minor if one else None for one in found],
        "counterfactual_held": [one.held if one else () for one in found],
    }


def answers(events: Sequence[Alert]) -> Columns:
    """Columns with the answer that stands."""
    return {
        "answer_id": [event.answer.answer_id if event.answer else None for event in events],
        "answer_verdict": [event.answer.verdict if event.answer else None for event in events],
        "answer_by": [event.answer.by if event.answer else None for event in events],
        "answer_at": [milliseconds(event.answer.at) if event.answer else None for event in events],
    }


ALERTS_TABLE = Table(ALERTS, columns, urgent=True)
