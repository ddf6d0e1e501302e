"""The stores: names, opening hours and local time."""

from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from schemas.store import Store

__all__ = ["StoreBook"]

UTC_ZONE = "UTC"
MINUTES_PER_DAY = 24 * 60


class StoreBook:
    """What is known of each store. The newest record of a store counts; one without hours is closed for good.

    Times are seconds since 1970.

    Cost: about 1 µs a question.
    """

    def __init__(self) -> None:
        self._stores: dict[str, Store] = {}
        self._hours: dict[str, dict[int, tuple[int, int]]] = {}

    def take(self, store: Store) -> None:
        """Take in a store, or what changed about it."""
        self._stores[store.store_id] = store
        self._hours[store.store_id] = {
            hours.weekday: (minutes(hours.opens), minutes(hours.closes)) for hours in store.hours
        }

    def __contains__(self, store_id: str) -> bool:
        """Say whether a store is known."""
        return store_id in self._stores

    @property
    def ids(self) -> list[str]:
        """The known stores, sorted."""
        return sorted(self._stores)

    def get(self, store_id: str) -> Store | None:
        """Give a store's record."""
        return self._stores.get(store_id)

    def name(self, store_id: str) -> str:
        """Name a store for people; the id of an unknown one."""
        store = self._stores.get(store_id)
        return store_id if store is None else store.name

    def is_open(self, store_id: str, seconds: float, *, margin_minutes: float = 0.0) -> bool:
        """Say whether a store sells at a moment, and did or will `margin_minutes` before and after.

        An unknown store is open: nobody said that it closes.
        """
        hours = self._hours.get(store_id)
        if hours is None:
            return True
        local = local_time(self._zone(store_id), seconds)
        opening = hours.get(local.weekday())
        if opening is None:
            return False
        minute = local.hour * 60 + local.minute + local.second / 60
        opens, closes = opening
        # midnight to midnight never closes, so it has no margins
        early = opens if opens == 0 else opens + margin_minutes
        late = closes if closes == MINUTES_PER_DAY else closes - margin_minutes
        return early <= minute < late

    def hours(self, store_id: str, seconds: float) -> tuple[float, float] | None:
        """Give the moments at which the store opens and closes on the local day of a moment; None if closed.

        An unknown store is open all day.
        """
        begin = self.day_start(store_id, seconds)
        hours = self._hours.get(store_id)
        if hours is None:
            return begin, begin + 86_400.0
        opening = hours.get(local_time(self._zone(store_id), seconds).weekday())
        if opening is None:
            return None
        return begin + opening[0] * 60.0, begin + opening[1] * 60.0

    def clock(self, store_id: str | None, seconds: float) -> str:
        """Write a moment as people of the store read it: 14:05. None = the zone of most stores."""
        return f"{local_time(self._zone(store_id), seconds):%H:%M}"

    def local(self, store_id: str | None, seconds: float) -> datetime:
        """Give a moment in the store's time zone. None = the zone of most stores."""
        return local_time(self._zone(store_id), seconds)

    def day_start(self, store_id: str | None, seconds: float) -> float:
        """Give the moment at which the local day of a moment begins."""
        local = local_time(self._zone(store_id), seconds)
        return local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()

    def next_day(self, store_id: str | None, seconds: float) -> float:
        """Give the moment at which the next local day begins; a day has 23 to 25 hours."""
        local = local_time(self._zone(store_id), seconds)
        return (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()

    def _zone(self, store_id: str | None) -> str:
        if store_id is not None and store_id in self._stores:
            return self._stores[store_id].time_zone
        zones = [store.time_zone for store in self._stores.values()]
        return max(set(zones), key=lambda zone: (zones.count(zone), zone)) if zones else UTC_ZONE


def minutes(clock: str) -> int:
    """Turn 09:30 into minutes past midnight."""
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def local_time(zone: str, seconds: float) -> datetime:
    """Give a moment in a zone."""
    return datetime.fromtimestamp(seconds, zone_info(zone))


@lru_cache(maxsize=256)
def zone_info(zone: str) -> ZoneInfo:
    """Read a time zone once."""
    return ZoneInfo(zone)
