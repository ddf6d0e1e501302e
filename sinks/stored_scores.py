"""Score records as ClickHouse keeps them, put together again."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from clickhouse_connect.driver.client import Client

from schemas.origin import Origin
from schemas.score import Reason, Score, ScoredPayment

__all__ = ["payments_of_alert", "stored_score"]

ORIGIN = ("generation", "topic", "partition", "offset")
OF_REASONS = ("feature", "value", "contribution")
OF_SCORE = (
    "disposition", "scored_at", "received_at", "score", "threshold", "decision", "feature_set", "features",
    "model_version", "decided_by", "rule_set", "rules_hit", "rules_failed", "lists_hit",
    "control_rate",
)  # fmt: skip
OF_PAYMENT = (
    "event_id", "source", "payment_id", "occurred_at", "status", "amount_minor", "currency",
    "reporting_minor", "channel", "payment_method", "customer_id", "card_id", "terminal_id", "store_id",
)  # fmt: skip
COLUMNS = (
    *(f"origin_{name}" for name in ORIGIN),
    *(f"reasons_{name}" for name in OF_REASONS),
    *OF_SCORE,
    *OF_PAYMENT,
)
KEPT_IN_MS = timedelta(milliseconds=1)


def payments_of_alert(client: Client, alert_id: str) -> list[tuple[UUID, datetime]] | None:
    """Name the payments of an alert and when they were made; None if the alert is not known."""
    rows = client.query(
        "SELECT payments_event_id, payments_occurred_at FROM alerts FINAL WHERE alert_id = {alert_id:String}",
        parameters={"alert_id": alert_id},
    ).result_rows
    if not rows:
        return None
    events, moments = rows[0]
    return list(zip(events, (moment.replace(tzinfo=UTC) for moment in moments), strict=True))


def stored_score(client: Client, event_id: UUID, occurred_at: datetime | None = None) -> Score | None:
    """Read what was said of a payment event when it was scored; None if that is not kept.

    Times are rounded down to milliseconds, and a payment has no device, network, lines or decline reason.

    Parameters
    ----------
    event_id
        The payment event's; that of a capture or refund was not scored.
    occurred_at
        When it was made, if that is known: a hundredth of the work in a large table.

    """
    where, parameters = "event_id = {event_id:UUID} AND disposition = 'scored'", {"event_id": str(event_id)}
    if occurred_at is not None:
        where += (
            " AND occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')"
            " AND occurred_at <= fromUnixTimestamp64Milli({until:Int64}, 'UTC')"
        )
        for name, moment in (("since", occurred_at - KEPT_IN_MS), ("until", occurred_at + KEPT_IN_MS)):
            parameters[name] = str(round(moment.timestamp() * 1_000))
    found = client.query(
        f"SELECT {', '.join(COLUMNS)} FROM scores WHERE {where} ORDER BY scored_at LIMIT 1",
        parameters=parameters,
    )
    if not found.result_rows:
        return None
    return read(dict(zip(COLUMNS, found.result_rows[0], strict=True)))


def read(row: Mapping[str, Any]) -> Score:
    """Make a record of a row."""
    fields = {name: value_of(value) for name, value in row.items()}
    reasons = zip(*(row[f"reasons_{name}"] for name in OF_REASONS), strict=True)
    return Score(
        origin=Origin(**{name: row[f"origin_{name}"] for name in ORIGIN}),
        payment=ScoredPayment(**{name: fields[name] for name in OF_PAYMENT}),
        reasons=tuple(Reason(**dict(zip(OF_REASONS, reason, strict=True))) for reason in reasons),
        **{name: fields[name] for name in OF_SCORE},
    )


def value_of(value: Any) -> Any:
    """Give what the contract takes for what ClickHouse gives."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC)
    return tuple(value) if isinstance(value, list) else value
