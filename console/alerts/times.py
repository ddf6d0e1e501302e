"""Moments as people of the stores read them."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from console.language import N_, _

__all__ = ["WEEKDAYS", "clock_text", "tomorrow_morning", "weekly_text"]

WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
"""Monday first, as 0."""

MORNING = time(8)


def clock_text(moment: datetime, now: datetime, zone: ZoneInfo, *, seconds: bool = False) -> str:
    """Write a moment as people of the stores read it: 14:05, Mon 14:05, 3 Nov 14:05."""
    local, today = moment.astimezone(zone), now.astimezone(zone)
    time = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    days = (today.date() - local.date()).days
    if days == 0:
        return time
    return f"{local:%a} {time}" if 0 < days < 7 else f"{local.day} {local:%b} {time}"


def tomorrow_morning(now: datetime, zone: ZoneInfo) -> datetime:
    """Give tomorrow's eight o'clock on the clocks of the stores."""
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), MORNING, zone)


def weekly_text(weekdays: Sequence[int], begins: str, ends: str) -> str:
    """Write hours that come again: every week on Mon, Thu from 22:00 to 06:00."""
    days = ", ".join(_(WEEKDAYS[day]) for day in sorted(weekdays))
    return _("every week on {days} from {begins} to {ends}", days=days, begins=begins, ends=ends)
