"""What the judge writes, straight into a store: alerts, what is usual, and stock levels."""

from datetime import UTC, datetime, timedelta
from typing import Any

from clickhouse_connect.driver.client import Client

from schemas.identifiers import uuid7

__all__ = ["write_alert", "write_answer", "write_context", "write_expected", "write_levels"]


def write_alert(client: Client, alert_id: str, since: datetime, **changes: Any) -> None:
    """Write an alert as it stands; the same id again replaces it."""
    row = {
        "alert_id": alert_id, "kind": "checkout_broken", "severity": "now", "entity_type": "store",
        "entity": "app", "store_id": "app", "sentence": "App checkout failing since 14:05. Pays fell to 2 %.",
        "count": 1, "money_at_risk_minor": 60_000, "per_hour_minor": 124_000, "since": since,
        "noticed_at": since + timedelta(minutes=3), "last_at": since + timedelta(minutes=3), "until": None,
        "detected_at": datetime.now(UTC), "updated_at": datetime.now(UTC), "answer_verdict": None,
        "answer_at": None, "detector": "funnel/1",
    } | changes  # fmt: skip
    client.insert("alerts", [list(row.values())], column_names=list(row))


def write_answer(client: Client, alert_id: str, since: datetime, verdict: str, **changes: Any) -> None:
    """Write an alert that somebody has answered."""
    answered = {"answer_verdict": verdict, "answer_at": since + timedelta(minutes=5)}
    write_alert(client, alert_id, since, **answered, **changes)


def write_context(client: Client, title: str, begins_at: datetime, **changes: Any) -> None:
    """Write something that is said to have happened, a release of everything if nothing else is said."""
    row = {
        "context_id": uuid7(begins_at), "kind": "release", "title": title, "begins_at": begins_at,
        "store_id": None, "source": "deployments", "received_at": datetime.now(UTC),
    } | changes  # fmt: skip
    client.insert("context", [list(row.values())], column_names=list(row))


def write_expected(
    client: Client, begins_at: datetime, slots: list[float], *, series: str = "revenue", **changes: Any
) -> None:
    """Write what is usual for a day: slots of ten minutes, the band about a third to both sides."""
    row = {
        "series": series, "store_id": "", "channel": "", "begins_at": begins_at, "slot_minutes": 10,
        "expected": slots, "low": [0.7 * slot for slot in slots],
        "high": [1.35 * slot for slot in slots], "learnt_days": 14,
        "made_at": datetime.now(UTC), "detector": "course/1",
    } | changes  # fmt: skip
    client.insert("expectations", [list(row.values())], column_names=list(row))


def write_levels(client: Client, rows: list[tuple[str, str, int, float]], at: datetime) -> None:
    """Write stock levels: place, article, pieces, demand a day."""
    names = [
        "place_id",
        "sku",
        "level",
        "counted_at",
        "as_of",
        "daily_demand",
        "days_of_cover",
        "received_at",
    ]
    client.insert(
        "stock_levels",
        [
            [place, sku, level, at, at, demand, max(0, level) / demand if demand else None, at]
            for place, sku, level, demand in rows
        ],
        column_names=names,
    )
