"""Days, opening hours and the rhythm of sales, in the retailer's time zone."""

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

__all__ = [
    "TIME_ZONE",
    "WEEKDAY_FACTORS",
    "clock_seconds",
    "day_bounds",
    "draw_second",
    "history_end",
    "local_date",
    "moment",
]

TIME_ZONE = "Europe/Berlin"
ZONE = ZoneInfo(TIME_ZONE)
NOON_SECONDS = 12 * 3600
LIVE_FROM = time(9, 30)
AT_LEAST_DAYS_AGO = 30

# Shares of a day's sales per local hour; the shapes are those of any city store and any web shop, and the
# figures are chosen, not measured.
STORE_HOURS = (0, 0, 0, 0, 0, 0, 0, 2, 4, 7, 9, 10, 11, 10, 9, 9, 10, 12, 12, 9, 5, 2, 0, 0)
ONLINE_HOURS = (2, 1, 1, 1, 1, 1, 2, 3, 4, 5, 6, 6, 7, 6, 6, 6, 6, 7, 8, 10, 11, 10, 7, 4)
STORE_RHYTHM = tuple(accumulate(STORE_HOURS))
ONLINE_RHYTHM = tuple(accumulate(ONLINE_HOURS))
WEEKDAY_FACTORS = (0.95, 0.95, 1.0, 1.05, 1.2, 1.35, 0.45)
"""Sales of a weekday against the average one, Monday first; Sundays only stations and online sell."""


def local_date(instant: datetime) -> date:
    """Return the retailer's calendar day of an instant."""
    return instant.astimezone(ZONE).date()


@lru_cache(maxsize=64)
def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the instants at which a local day begins and ends (23 to 25 hours apart), in UTC."""
    begin, end = (datetime.combine(d, time(), ZONE).astimezone(UTC) for d in (day, day + timedelta(days=1)))
    return begin, end


def moment(day: date, second: float) -> datetime:
    """Return the instant at which the wall clock of a local day shows `second` seconds past midnight.

    Counted from noon, so that shops open on time on the two days a year on which the clock is changed. To
    the millisecond, as tills do.
    """
    begin, end = day_bounds(day)
    noon = datetime.combine(day, time(12), ZONE).astimezone(UTC)
    instant = noon + timedelta(milliseconds=round((second - NOON_SECONDS) * 1000))
    return min(max(instant, begin), end - timedelta(milliseconds=1))


def clock_seconds(clock: str) -> int:
    """Turn an opening hour such as 09:30 into seconds past midnight."""
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def draw_second(random: Random, *, opens: int = 0, closes: int = 86_400, online: bool = False) -> float:
    """Draw a second of the day by the rhythm of sales, within opening hours."""
    rhythm = ONLINE_RHYTHM if online else STORE_RHYTHM
    for _ in range(20):
        second = (bisect_right(rhythm, random.random() * rhythm[-1]) + random.random()) * 3600
        if opens <= second < closes:
            return second
    return opens + random.random() * (closes - opens)


def history_end(wall: datetime) -> datetime:
    """Return where history ends and live begins: the last 09:30 of a weekday that is 30 days ago or more."""
    day = local_date(wall - timedelta(days=AT_LEAST_DAYS_AGO))
    while day.weekday() > 4 or wall - moment(day, NOON_SECONDS - 9_000) < timedelta(days=AT_LEAST_DAYS_AGO):
        day -= timedelta(days=1)
    return datetime.combine(day, LIVE_FROM, ZONE).astimezone(UTC)
