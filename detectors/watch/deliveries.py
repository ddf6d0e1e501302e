"""When goods usually come to a place."""

from collections import Counter, deque
from datetime import date, timedelta
from typing import NamedTuple

from detectors.watch.stores import StoreBook

__all__ = ["Deliveries", "NextDelivery"]

LEAD_SECONDS = 3 * 86_400.0
"""Assumed where the rhythm of a place is not known. Chosen."""

KEPT_DAYS = 12
SEEN_TWICE = 2
"""A weekday on which goods came twice is a usual one. Chosen."""

LONGEST_DAYS = 21


class NextDelivery(NamedTuple):
    """When goods should come next, in seconds since 1970, and whether that is known or assumed."""

    at: float
    usual: bool


class Deliveries:
    """Learns on which weekdays each place receives goods, from its receipts of the last three weeks."""

    def __init__(self, stores: StoreBook) -> None:
        self._stores = stores
        self._days: dict[str, deque[tuple[date, float]]] = {}

    def take(self, place_id: str, received_at: float) -> None:
        """Take notice of a receipt (seconds since 1970)."""
        days = self._days.setdefault(place_id, deque(maxlen=KEPT_DAYS))
        local = self._stores.local(place_id, received_at)
        if all(local.date() != day for day, _ in days):
            midnight = self._stores.day_start(place_id, received_at)
            days.append((local.date(), received_at - midnight))

    def next_after(self, place_id: str, seconds: float) -> NextDelivery:
        """Say when goods should come after a moment."""
        today = self._stores.local(place_id, seconds).date()
        recent = [
            (day, second)
            for day, second in self._days.get(place_id, ())
            if (today - day).days <= LONGEST_DAYS
        ]
        weekdays = Counter(day.weekday() for day, _ in recent)
        moment = seconds
        for ahead in range(8):
            weekday = (today + timedelta(days=ahead)).weekday()
            if weekdays[weekday] >= SEEN_TWICE:
                midnight = self._stores.day_start(place_id, moment)
                at = midnight + max(second for day, second in recent if day.weekday() == weekday)
                if at > seconds:
                    return NextDelivery(at, usual=True)
            moment = self._stores.next_day(place_id, moment)
        return NextDelivery(seconds + LEAD_SECONDS, usual=False)
