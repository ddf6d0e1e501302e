"""When each source says that it is alive."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from producers.simulator.calendar import moment
from producers.simulator.stock import stock_source
from producers.simulator.stores import APP, SHOPS, STORES, WAREHOUSE, WEB, Shop
from schemas.topics import CLICKS, STOCK_MOVEMENTS, TRANSACTIONS, Topic

__all__ = ["Pulse", "pulses"]

LIVE_EVERY = timedelta(minutes=2)
HISTORY_SKIPS = 120
"""In the history only every 120th heartbeat is told, one in four hours: nobody asks which till was silent
last Tuesday at noon, and it keeps the history small."""


@dataclass(frozen=True)
class Pulse:
    """A heartbeat to come; how far the source has counted is known once its day is in order."""

    at: datetime
    source: str
    store_id: str
    topics: tuple[Topic, ...]


def pulses(day: date, live_from: datetime) -> Iterator[Pulse]:
    """Yield the heartbeats of a day. Tills and stock rooms are switched off when their store is closed."""
    number = 0
    for shop in STORES:
        opening = shop.opening(day)
        if opening is None:
            continue
        begin, end = moment(day, opening[0]), moment(day, opening[1])
        for source, topics in sources(shop):
            number += 1
            # spread over the interval, as clocks of machines are
            at = begin + LIVE_EVERY * ((number * 7) % 60) / 60
            beat = 0
            while at < end:
                if at >= live_from or beat % HISTORY_SKIPS == 0:
                    yield Pulse(at, source, shop.store_id, topics)
                at += LIVE_EVERY
                beat += 1


def sources(shop: Shop) -> Iterator[tuple[str, tuple[Topic, ...]]]:
    """Yield the sources of a shop and what each of them numbers."""
    topics = (
        (TRANSACTIONS, STOCK_MOVEMENTS, CLICKS) if shop in (WEB, APP) else (TRANSACTIONS, STOCK_MOVEMENTS)
    )
    for till in shop.tills:
        yield till.source, topics
    if shop in SHOPS:
        yield stock_source(shop.store_id), (STOCK_MOVEMENTS,)
    elif shop is WEB:
        yield stock_source(WAREHOUSE), (STOCK_MOVEMENTS,)
