"""A small chain for tests of watchers: stores, heartbeats, arrivals and levels."""

from datetime import UTC, datetime, timedelta

from detectors.watch.stores import StoreBook
from schemas.arrival_partial import ArrivalPartial
from schemas.heartbeat import Heartbeat
from schemas.origin import Origin
from schemas.store import OpeningHours, Store

__all__ = ["MORNING", "arrival", "at", "beat", "book", "store"]

MORNING = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
"""A Monday; the stores of these tests open at nine in UTC."""


def at(minutes: float) -> datetime:
    """Give a moment by minutes after opening time."""
    return MORNING + timedelta(minutes=minutes)


def store(store_id: str, *, opens: str = "09:00", closes: str = "20:00", days: int = 6) -> Store:
    """Make a store that is open on the first days of the week; none = closed for good."""
    return Store(
        store_id=store_id,
        name=f"Store {store_id}",
        channel="pos",
        region="North",
        time_zone="UTC",
        hours=tuple(OpeningHours(weekday=day, opens=opens, closes=closes) for day in range(days)),
    )


def book(*stores: Store) -> StoreBook:
    """Put stores into a book."""
    made = StoreBook()
    for one in stores or (store("a"),):
        made.take(one)
    return made


def beat(
    source: str,
    minutes: float,
    sent: int = 0,
    *,
    store_id: str | None = "a",
    run: str = "run-1",
    spooled: int = 0,
) -> Heartbeat:
    """Make a heartbeat of a source that has numbered so many payments."""
    return Heartbeat(
        source=source,
        run=run,
        store_id=store_id,
        at=at(minutes),
        next_seq={"transactions": sent},
        spooled=spooled,
    )


def arrival(
    source: str,
    arrived: int,
    minutes: float,
    *,
    highest: int | None = None,
    run: str = "run-1",
    store_id: str = "a",
    partition: int = 0,
    generation: str = "g:0",
) -> ArrivalPartial:
    """Make a count of payments; without gap unless the highest number is given."""
    return ArrivalPartial(
        source=source,
        run=run,
        topic="transactions",
        store_id=store_id,
        arrived=arrived,
        highest_seq=arrived - 1 if highest is None else highest,
        last_occurred_at=at(minutes),
        origin=Origin(generation=generation, topic="scores", partition=partition, offset=arrived),
    )
