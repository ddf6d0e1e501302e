"""What the queries of the sheets about customers and cards answer."""

from dataclasses import dataclass
from datetime import datetime

from console.panels.open_alerts import AlertRow
from console.query import Query

__all__ = [
    "ALERTS",
    "CLICKS",
    "LISTED",
    "PAYMENTS",
    "RISKY",
    "UNMASKED",
    "ClickRow",
    "ListedRow",
    "PaymentRow",
    "RiskyRow",
    "UnmaskedRow",
]


@dataclass(frozen=True)
class RiskyRow:
    """A customer's card and its scores of the last 15 minutes; each of both may be empty, not both."""

    customer: str
    card: str
    payments: int
    highest: float | None
    held: int
    money_minor: int
    last_at: datetime


@dataclass(frozen=True)
class PaymentRow:
    """A payment event of a customer or card; `verdict` is the last label about it."""

    event_id: str
    payment_id: str
    occurred_at: datetime
    status: str
    reporting_minor: int | None
    channel: str
    payment_method: str
    terminal_id: str
    store_id: str
    score: float | None
    decision: str
    reasons: list[str]
    customer: str
    card: str
    verdict: str
    country: str
    device: str


@dataclass(frozen=True)
class ClickRow:
    """A step of a customer in the shop."""

    event_id: str
    occurred_at: datetime
    store_id: str
    page: str
    action: str
    device: str
    error: str


@dataclass(frozen=True)
class ListedRow:
    """An entry of a list that names a customer or card."""

    entry_id: str
    list_name: str
    about: str
    value: str
    owner: str
    reason: str
    valid_from: datetime
    expires_at: datetime | None


@dataclass(frozen=True)
class UnmaskedRow:
    """That somebody who sees cut ids was shown whose an alert is; empty where the alert is gone."""

    action_id: str
    alert_id: str
    by: str
    at: datetime
    reason: str
    whose: str


UNMASKED = Query("customers/unmasked", UnmaskedRow, every_seconds=5)
RISKY = Query("customers/risky", RiskyRow, every_seconds=2)
PAYMENTS = Query("customers/payments", PaymentRow, every_seconds=3)
ALERTS = Query("customers/alerts", AlertRow, every_seconds=5)
CLICKS = Query("customers/clicks", ClickRow, every_seconds=5)
LISTED = Query("customers/listed", ListedRow, every_seconds=10)
