"""The stretch of time that a sheet is about, and the one it is compared with."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from console.errors import AddressUnfit
from console.language import N_, _
from console.trading_day import TradingDay, at_zone

__all__ = ["COMPARISONS", "LENGTHS", "Comparison", "Length", "Span", "read_moment", "span_of", "step_seconds"]

Length = Literal["today", "15m", "1h", "6h", "24h", "7d", "28d"]
Comparison = Literal["week", "day", "none"]

LENGTHS: dict[Length, str] = {
    "today": N_("Today"), "15m": N_("Last 15 min"), "1h": N_("Last hour"), "6h": N_("Last 6 h"),
    "24h": N_("Last 24 h"),
    "7d": N_("Last 7 days"), "28d": N_("Last 28 days"),
}  # fmt: skip
HOURS: dict[Length, float] = {"15m": 0.25, "1h": 1, "6h": 6, "24h": 24, "7d": 168, "28d": 672}
COMPARISONS: dict[Comparison, str] = {
    "week": N_("With a week before"), "day": N_("With the day before"), "none": N_("Without comparison")
}  # fmt: skip
DAYS: dict[Comparison, int] = {"week": 7, "day": 1, "none": 0}
LONGEST = timedelta(days=31)
STEPS = (30, 60, 300, 600, 1_800, 3_600, 10_800, 21_600, 86_400)
MOST_POINTS = 150
"""Of a chart: as many as a phone has room for. Chosen, not tuned."""


@dataclass(frozen=True)
class Span:
    """From `begin` up to and without `end`; the stretch before is empty where nothing is compared."""

    begin: datetime
    end: datetime
    before_begin: datetime
    before_end: datetime
    comparison: Comparison

    @property
    def step(self) -> int:
        """Seconds between two points of a chart."""
        return step_seconds(self.end - self.begin)

    @property
    def against(self) -> str:
        """What it is compared with, in words; empty if with nothing."""
        return {"week": _("a week before"), "day": _("the day before"), "none": ""}[self.comparison]

    def parameters(self) -> dict[str, int]:
        """Give what queries may name, in whole seconds since 1970."""
        return {
            "begin": int(self.begin.timestamp()),
            "end": int(self.end.timestamp()),
            "before_begin": int(self.before_begin.timestamp()),
            "before_end": int(self.before_end.timestamp()),
            "step": self.step,
        }

    def times(self) -> tuple[int, ...]:
        """List the points of a chart: the beginnings, in seconds since 1970, of the whole steps within.

        A step that is cut off, by the range or because it is not over, would look like a fall.
        """
        begin, end = int(self.begin.timestamp()), int(self.end.timestamp())
        return tuple(range(-(-begin // self.step) * self.step, end - self.step + 1, self.step))


def step_seconds(length: timedelta) -> int:
    """Choose the step of a chart, so that it has at most 150 points."""
    seconds = length.total_seconds()
    return next((step for step in STEPS if seconds / step <= MOST_POINTS), STEPS[-1])


def read_moment(text: str, zone: ZoneInfo) -> datetime:
    """Read a moment of an address; without a zone it is of the stores' clock.

    Raises
    ------
    AddressUnfit
        It is no moment, or none that a store can have known.

    """
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))  # a plus in an address reads as a space
        found = moment if moment.tzinfo is not None else at_zone(moment, zone)
        seconds = found.timestamp()
    except (ValueError, OverflowError):
        raise AddressUnfit(_("{text} is no time; write 2026-05-04T14:05", text=f"{text[:40]!r}")) from None
    if not 0 <= seconds <= 2**32 - 1:
        raise AddressUnfit(_("from and until must lie between 1970 and 2106"))
    return found


def span_of(
    length: Length,
    named: tuple[datetime | None, datetime | None],
    comparison: Comparison,
    *,
    day: TradingDay,
    until: datetime,
) -> Span:
    """Cut the stretch: what was named, or a length back from the last finished minute `until`.

    Raises
    ------
    AddressUnfit
        It ends before it begins, lies ahead, or is longer than 31 days.

    """
    begin, end = named
    if begin is None:
        end = until
        begin = day.start if length == "today" else end - timedelta(hours=HOURS[length])
        end = max(end, begin + timedelta(minutes=1))
    else:
        end = until if end is None else end
        if begin >= end:
            raise AddressUnfit(_("The range ends before it begins."))
        if end - begin > LONGEST:
            raise AddressUnfit(_("A range has at most 31 days."))
    shift = timedelta(days=DAYS[comparison])
    if not shift:
        return Span(begin, end, begin, begin, comparison)
    return Span(begin, end, earlier(begin, shift, day), earlier(end, shift, day), comparison)


def earlier(moment: datetime, shift: timedelta, day: TradingDay) -> datetime:
    """Find the moment days before at the same reading of the stores' clock."""
    return at_zone(day.local(moment).replace(tzinfo=None) - shift, day.zone)
