"""How long goods last while a place is open."""

from detectors.watch.stores import StoreBook

__all__ = ["open_hours", "open_hours_a_week", "runs_out_at"]

HOUR = 3_600.0
WEEK_HOURS = 168.0
LOOK_AHEAD_DAYS = 10


def open_hours_a_week(stores: StoreBook, place_id: str, seconds: float) -> float:
    """Count the hours of a week in which a place sells, from the day of a moment on; at least one."""
    return max(open_hours(stores, place_id, seconds, seconds + WEEK_HOURS * HOUR), 1.0)


def open_hours(stores: StoreBook, place_id: str, begin: float, end: float) -> float:
    """Count the hours between two moments in which a place sells."""
    total, day = 0.0, begin
    while day < end:
        hours = stores.hours(place_id, day)
        if hours is not None:
            total += max(min(hours[1], end) - max(hours[0], begin), 0.0)
        day = stores.next_day(place_id, day)
    return total / HOUR


def runs_out_at(stores: StoreBook, place_id: str, begin: float, hours: float) -> float:
    """Give the moment by which a place has sold for so many hours from now on."""
    left, day = hours * HOUR, begin
    for _ in range(LOOK_AHEAD_DAYS):
        opening = stores.hours(place_id, day)
        if opening is not None:
            opens = max(opening[0], begin)
            sells = max(opening[1] - opens, 0.0)
            if left <= sells:
                return opens + left
            left -= sells
        day = stores.next_day(place_id, day)
    return day
