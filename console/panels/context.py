"""What was said to happen today: a flag each above the day, with its words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from console.language import _
from console.query import Query
from console.trading_day import TradingDay

__all__ = ["CONTEXT", "ContextRow", "Happening", "happenings"]

ICONS = {"release": "⚑", "campaign": "%", "promotion": "%", "price_change": "%"}
OTHER = "◇"


@dataclass(frozen=True)
class ContextRow:
    """Something that happened or is announced, event times; no end = it lasts, or is a moment."""

    kind: str
    title: str
    begins_at: datetime
    ends_at: datetime | None


CONTEXT = Query("context", ContextRow, every_seconds=5)


@dataclass(frozen=True)
class Happening:
    """A flag at the second since 1970 at which it begins; `text` says what it is, and from when to when."""

    at: int
    icon: str
    text: str


def happenings(
    rows: Iterable[ContextRow], opened: int, closed: int, day: TradingDay
) -> tuple[Happening, ...]:
    """Mark what concerns the stretch of the chart; what began before it stands at its beginning."""
    found = [
        Happening(max(opened, int(row.begins_at.timestamp())), ICONS.get(row.kind, OTHER), text(row, day))
        for row in rows
        if row.begins_at.timestamp() <= closed and (row.ends_at is None or row.ends_at.timestamp() >= opened)
    ]
    return tuple(sorted(found, key=lambda one: one.at))


def text(row: ContextRow, day: TradingDay) -> str:
    """Write what happens and when."""
    begins = f"{day.local(row.begins_at):%H:%M}"
    if row.ends_at is None:
        return _("{time}: {title}", time=begins, title=row.title)
    ends = day.local(row.ends_at)
    written = f"{ends:%H:%M}" if ends.date() == day.date else f"{ends:%a %H:%M}"
    return _("{begin} to {end}: {title}", begin=begins, end=written, title=row.title)
