"""Visits to web shop and app, and how many of them pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from console.query import Query
from console.sparkline import Sparkline, sparkline

__all__ = ["VISITS", "VisitRow", "conversion"]


@dataclass(frozen=True)
class VisitRow:
    """Sessions seen in ten minutes; `whole` rows count each session of the day's finished part once."""

    period: Literal["today", "last_week"]
    whole: bool
    bucket: datetime
    sessions: int
    paying: int


VISITS = Query("visits", VisitRow, every_seconds=2)


def conversion(
    rows: Sequence[VisitRow], times: tuple[list[datetime], list[datetime]]
) -> tuple[float | None, float | None, int | None, Sparkline]:
    """Compute the share of paying visits today and last week, today's visits, and the last two hours."""
    today = whole_day(rows, "today")
    before = whole_day(rows, "last_week")
    line = sparkline(series(rows, "today", times[0]), series(rows, "last_week", times[1]))
    return ratio(today), ratio(before), today.sessions if today else None, line


def whole_day(rows: Sequence[VisitRow], period: Literal["today", "last_week"]) -> VisitRow | None:
    """Find the row that counts the day."""
    return next((row for row in rows if row.whole and row.period == period and row.sessions), None)


def series(
    rows: Sequence[VisitRow], period: Literal["today", "last_week"], times: Sequence[datetime]
) -> list[float | None]:
    """Compute the share for each ten minutes."""
    by_bucket = {row.bucket: row for row in rows if row.period == period and not row.whole}
    return [ratio(by_bucket.get(time)) for time in times]


def ratio(row: VisitRow | None) -> float | None:
    """Divide, unless nobody came."""
    return row.paying / row.sessions if row is not None and row.sessions else None
