"""Today and the same weekday last week, cut at the same moment."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from console.language import N_, _

__all__ = ["TradingDay", "at_zone", "short_weekday", "trading_day"]

WEEK = timedelta(days=7)
WEEKDAYS = (
    (N_("Monday"), N_("Mon")),
    (N_("Tuesday"), N_("Tue")),
    (N_("Wednesday"), N_("Wed")),
    (N_("Thursday"), N_("Thu")),
    (N_("Friday"), N_("Fri")),
    (N_("Saturday"), N_("Sat")),
    (N_("Sunday"), N_("Sun")),
)


def short_weekday(day: date) -> str:
    """Write the weekday of a date in three letters."""
    return _(WEEKDAYS[day.weekday()][1])


@dataclass(frozen=True)
class TradingDay:
    """A calendar day of the stores as far as it is finished, and its like a week before. Times in UTC.

    `until` is the end of the last finished minute: no figure and no comparison goes past it. The days are
    those of the wall in the stores, so a day in March has 23 hours and one in October 25.
    """

    date: date
    zone: ZoneInfo
    now: datetime
    start: datetime
    until: datetime
    end: datetime
    week_start: datetime
    week_until: datetime
    week_end: datetime

    @property
    def weekday(self) -> str:
        """The day's name, for example Tuesday."""
        return _(WEEKDAYS[self.date.weekday()][0])

    @property
    def short_weekday(self) -> str:
        """Its first letters, for example Tue."""
        return short_weekday(self.date)

    def local(self, moment: datetime) -> datetime:
        """Put a moment on the stores' clock."""
        return moment.astimezone(self.zone)

    def a_week_before(self, moment: datetime) -> datetime:
        """Find the moment a week before at the same reading of the stores' clock."""
        return at_zone(self.local(moment).replace(tzinfo=None) - WEEK, self.zone)


def trading_day(now: datetime, settled: datetime, zone: ZoneInfo) -> TradingDay:
    """Cut the day of `now`.

    Parameters
    ----------
    now
        The clock of the events; with a zone.
    settled
        The moment up to which events have had time to arrive; at most `now`. Minutes that end later are
        unfinished.
    zone
        The stores' time zone.

    """
    today = now.astimezone(zone).date()
    start = midnight(today, zone)
    until = max(start, settled.astimezone(UTC).replace(second=0, microsecond=0))
    week_start = midnight(today - WEEK, zone)
    week_until = at_zone(until.astimezone(zone).replace(tzinfo=None) - WEEK, zone)
    return TradingDay(
        date=today,
        zone=zone,
        now=now.astimezone(UTC),
        start=start,
        until=until,
        end=midnight(today + timedelta(days=1), zone),
        week_start=week_start,
        week_until=week_until,
        week_end=midnight(today - WEEK + timedelta(days=1), zone),
    )


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Find the start of a day in UTC."""
    return at_zone(datetime.combine(day, time()), zone)  # a wall time until it gets its zone


def at_zone(wall: datetime, zone: ZoneInfo) -> datetime:
    """Read a wall time in a zone."""
    return wall.replace(tzinfo=zone).astimezone(UTC)
