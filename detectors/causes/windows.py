"""Which earlier minutes a stretch of time is held against."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

__all__ = ["LONGEST", "Windows", "windows_of"]

BEFORE = timedelta(hours=3)
"""The hours before, which show how good a day it is. Chosen."""

LONGEST = timedelta(hours=20)
"""With the hours before, less than a day: the stretches of two days do not overlap."""

WEEKS = 4
FEWEST_DAYS = 6
"""With fewer of the same weekday the nearest days of the same kind are taken too. Chosen."""

FRIDAY = 4
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Windows:
    """Today's stretch and those of earlier days, which read the same on the wall.

    Parameters
    ----------
    since, until
        Whole minutes, UTC; `until` is not included.
    begins
        For today first, then for each earlier day: where the hours before begin.

    """

    since: datetime
    until: datetime
    begins: tuple[datetime, ...]

    @property
    def days(self) -> int:
        """How many earlier days."""
        return len(self.begins) - 1

    @property
    def before_minutes(self) -> int:
        """Length of the hours before."""
        return BEFORE // MINUTE

    @property
    def minutes(self) -> int:
        """Length of the stretch itself."""
        return (self.until - self.since) // MINUTE


def windows_of(since: datetime, until: datetime, zone: ZoneInfo) -> Windows:
    """Choose earlier days: the same weekday of four weeks, and from Monday to Thursday the nearest of these.

    Fridays, Saturdays and Sundays are held against their own kind alone: stores and web shop share them
    differently, which the hours before would not show.

    Raises
    ------
    ValueError
        The stretch is shorter than a minute or longer than 20 hours.

    """
    since = since.astimezone(UTC).replace(second=0, microsecond=0)
    until = until.astimezone(UTC).replace(second=0, microsecond=0)
    if not MINUTE <= until - since <= LONGEST:
        raise ValueError(f"from {since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} is not 1 minute to 20 hours")
    local = since.astimezone(zone)
    begins = [since - BEFORE]
    for day in earlier_days(local.date()):
        wall = local.replace(year=day.year, month=day.month, day=day.day)
        begins.append(wall.astimezone(UTC) - BEFORE)
    return Windows(since, until, tuple(begins))


def earlier_days(today: date) -> Iterator[date]:
    """Name the days to hold a day against."""
    same = [today - timedelta(weeks=week) for week in range(1, WEEKS + 1)]
    yield from same
    found = 0
    for age in range(1, 7 * WEEKS):
        day = today - timedelta(days=age)
        if day not in same and day.weekday() < FRIDAY and today.weekday() < FRIDAY:
            yield day
            found += 1
            if found == FEWEST_DAYS:
                return
