"""Is a store open? A closed store is never an alarm."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from schemas.store import OpeningHours

__all__ = ["is_open", "opening_and_closing"]

DAY_MINUTES = 24 * 60


def is_open(hours: Sequence[OpeningHours], zone: ZoneInfo, moment: datetime) -> bool:
    """Whether opening hours hold a moment; hours that close at or before they open end the next day."""
    local = moment.astimezone(zone)
    minute = local.hour * 60 + local.minute
    for entry in hours:
        opens, closes = minutes(entry.opens), minutes(entry.closes)
        overnight = closes <= opens
        if entry.weekday == local.weekday() and opens <= minute < (DAY_MINUTES if overnight else closes):
            return True
        if overnight and entry.weekday == (local.weekday() - 1) % 7 and minute < closes:
            return True
    return False


def opening_and_closing(hours: Sequence[OpeningHours], weekday: int) -> tuple[timedelta, timedelta] | None:
    """Find the first opening and the last closing of a weekday, since midnight; None if all is closed."""
    today = [entry for entry in hours if entry.weekday == weekday]
    if not today:
        return None
    first = min(minutes(entry.opens) for entry in today)
    last = max(
        minutes(entry.closes) if minutes(entry.closes) > minutes(entry.opens) else DAY_MINUTES
        for entry in today
    )
    return timedelta(minutes=first), timedelta(minutes=last)


def minutes(clock: str) -> int:
    """Minutes since midnight of a text like 09:30."""
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
