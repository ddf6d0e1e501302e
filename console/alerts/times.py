"""Moments as people of the stores read them."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

__all__ = ["clock_text", "tomorrow_morning"]

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
