"""Alerts as the matching sees them, from records or from the store."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from schemas.alert import Alert

__all__ = ["RaisedAlert", "from_records", "from_store"]

QUERY = """
SELECT alert_id, kind, entity, store_id, sentence, since, noticed_at, until, count,
       payments_customer_id, payments_terminal_id
FROM alerts FINAL
ORDER BY noticed_at, alert_id
"""

Ask = Callable[[str], Iterable[Mapping[str, Any]]]
"""Runs a query; gives a mapping per row."""


@dataclass(frozen=True)
class RaisedAlert:
    """What was raised, about what, and when it was noticed in event time."""

    alert_id: str
    kind: str
    entity: str
    store_id: str | None
    sentence: str
    since: datetime
    noticed_at: datetime
    until: datetime | None
    customers: frozenset[str]
    terminals: frozenset[str]


def from_records(alerts: Iterable[Alert]) -> list[RaisedAlert]:
    """Take alert records, of which the last of each id counts, in the order of notice."""
    last = {alert.alert_id: alert for alert in alerts}
    return in_order(
        RaisedAlert(
            alert_id=alert.alert_id,
            kind=alert.kind,
            entity=alert.entity,
            store_id=alert.store_id,
            sentence=alert.sentence,
            since=alert.since,
            noticed_at=alert.noticed_at,
            until=alert.until,
            customers=frozenset(p.customer_id for p in alert.payments if p.customer_id is not None),
            terminals=frozenset(p.terminal_id for p in alert.payments),
        )
        for alert in last.values()
    )


def from_store(ask: Ask) -> list[RaisedAlert]:
    """Read all alerts from ClickHouse, in the order of notice."""
    return in_order(
        RaisedAlert(
            alert_id=row["alert_id"],
            kind=row["kind"],
            entity=row["entity"],
            store_id=row["store_id"],
            sentence=row["sentence"],
            since=aware(row["since"]),
            noticed_at=aware(row["noticed_at"]),
            until=None if row["until"] is None else aware(row["until"]),
            customers=frozenset(customer for customer in row["payments_customer_id"] if customer),
            terminals=frozenset(row["payments_terminal_id"]),
        )
        for row in ask(QUERY)
    )


def aware(moment: datetime) -> datetime:
    """Give a moment its zone: the client leaves it out where the column is in UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def in_order(alerts: Iterable[RaisedAlert]) -> list[RaisedAlert]:
    """Sort by the moment of notice."""
    return sorted(alerts, key=lambda alert: (alert.noticed_at, alert.alert_id))
