"""The ten latest payments by arrival, each with its score and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from console.language import N_, _
from console.query import Query
from console.reasons import reasons_text
from console.trading_day import TradingDay
from console.wording import UNKNOWN, money

__all__ = ["LATEST", "LatestPayment", "LatestRow", "latest_payments"]

CHANNELS = {"pos": N_("till"), "web": N_("online"), "app": N_("mobile")}


@dataclass(frozen=True)
class LatestRow:
    """A scored payment."""

    payment_id: str
    event_id: str
    occurred_at: datetime
    received_at: datetime
    status: str
    amount_minor: int
    currency: str
    channel: str
    store_id: str
    score: float | None
    threshold: float | None
    decision: str
    reason_features: list[str]
    reason_values: list[float]
    model_version: str


LATEST = Query("latest", LatestRow)


@dataclass(frozen=True)
class LatestPayment:
    """A row of the list."""

    payment_id: str
    event_id: str
    time: str
    amount: str
    place: str
    channel: str
    status: str
    score: str
    score_value: float | None
    decision: str
    reasons: str
    model_version: str


def latest_payments(
    rows: Iterable[LatestRow], store_names: Mapping[str, str], day: TradingDay
) -> tuple[LatestPayment, ...]:
    """Write the rows, newest arrival first."""
    return tuple(
        LatestPayment(
            payment_id=row.payment_id,
            event_id=row.event_id,
            time=f"{day.local(row.occurred_at):%H:%M:%S}",
            amount=money(row.amount_minor, row.currency, whole=False),
            place=store_names.get(row.store_id, row.store_id),
            channel=_(CHANNELS.get(row.channel, "")),
            status=row.status,
            score=score_text(row.score),
            score_value=row.score,
            decision=row.decision,
            reasons=reasons_text(row.reason_features, row.reason_values, row.currency) or UNKNOWN,
            model_version=row.model_version or UNKNOWN,
        )
        for row in rows
    )


def score_text(score: float | None) -> str:
    """Write a probability; what rounds to nothing is small and not nothing."""
    if score is None:
        return UNKNOWN
    return "< .001" if score < 0.0005 else f"{score:.3f}".removeprefix("0")
