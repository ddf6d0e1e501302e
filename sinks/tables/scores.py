"""The table of scores: one row per payment event, whatever happened to it."""

from collections.abc import Sequence
from operator import attrgetter
from types import SimpleNamespace
from uuid import UUID

from schemas.score import Score
from schemas.topics import SCORES
from sinks.tables.table import EPOCH, Columns, Table, milliseconds, optional_milliseconds, plain

__all__ = ["SCORES_TABLE"]

TEXTS = ("source", "payment_id", "status", "currency", "channel", "payment_method", "terminal_id", "store_id")
PLAIN_OF_PAYMENT = (
    "event_id", *TEXTS, "amount_minor", "reporting_minor", "customer_id", "card_id", "device", "bin_country",
    "decline_reason",
)  # fmt: skip
PLAIN = (
    "disposition", "score", "threshold", "decision", "feature_set", "features", "model_version", "decided_by",
    "rule_set", "rules_hit", "rules_failed", "lists_hit", "control_rate", "schema_version",
)  # fmt: skip
ORIGIN = ("generation", "topic", "partition", "offset")
REASON = ("feature", "value", "contribution")
FIELDS = frozenset(
    {"origin", "scored_at", "received_at", "reasons", "payment.occurred_at", *PLAIN}
    | {f"payment.{name}" for name in PLAIN_OF_PAYMENT}
)
# Stands for the payment that a repeat or a refused record does not have; 1970 says that it is none.
NO_PAYMENT = SimpleNamespace(
    **{
        **dict.fromkeys(PLAIN_OF_PAYMENT),
        **dict.fromkeys(TEXTS, ""),
        "event_id": UUID(int=0),
        "occurred_at": EPOCH,
        "amount_minor": 0,
    }
)


def columns(events: Sequence[Score]) -> Columns:
    """Turn a batch into the columns of the table."""
    payments = [event.payment or NO_PAYMENT for event in events]
    origins = plain([event.origin for event in events], ORIGIN)
    reasons = [event.reasons for event in events]
    return {
        **{f"origin_{name}": column for name, column in origins.items()},
        "scored_at": [milliseconds(event.scored_at) for event in events],
        "received_at": [optional_milliseconds(event.received_at) for event in events],
        "occurred_at": [milliseconds(payment.occurred_at) for payment in payments],
        **plain(payments, PLAIN_OF_PAYMENT),
        **{f"reasons_{name}": [list(map(attrgetter(name), some)) for some in reasons] for name in REASON},
        **plain(events, PLAIN),
    }


def origin_of(score: Score) -> tuple[str, int, int]:
    """Say which payment it is of."""
    origin = score.origin
    return origin.generation, origin.partition, origin.offset


SCORES_TABLE = Table(
    SCORES, columns, urgent=True, fields=FIELDS, origin_of=origin_of, append_time="appended_at"
)
