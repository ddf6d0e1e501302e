"""A store whose network is gone: its tills go on selling, and what they have to tell comes later."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil
from random import Random

from producers.cue_sheet import Incident
from producers.simulator.happening import SimulatedEvent
from producers.simulator.incidents.trouble import Scene, Trouble, begin_second
from producers.simulator.stock import stock_source
from producers.simulator.stores import Shop
from schemas.event import Event
from schemas.heartbeat import Heartbeat
from schemas.topics import HEARTBEATS

__all__ = ["SilentStore", "delayed"]

BURST_EVERY = timedelta(seconds=15)
BURSTS = 18
"""A spool drains in four and a half minutes, so that heartbeats show it. Chosen."""


class SilentStore(Trouble):
    """A store's network is gone for 40 to 60 minutes. Its tills sell on and keep their events on disk.

    When the network is back every source sends what it kept, oldest first, in bursts, new events behind it.
    """

    def __init__(self, random: Random, scene: Scene, shops: list[Shop], second: float | None) -> None:
        shop = shops[0]
        lasts = random.uniform(40, 60) * 60
        second = begin_second(random, shop, scene.day, lasts) if second is None else second
        self._sources = frozenset((*(till.source for till in shop.tills), stock_source(shop.store_id)))
        self.truth = Incident(
            kind="silent_store",
            title=f"Network of {shop.store.name} is gone, tills sell on",
            store_id=shop.store_id,
            entity_type="store",
            entity=shop.store_id,
            others=tuple(sorted(self._sources)),
            begins_at=scene.at(second),
            ends_at=scene.at(second + lasts),
        )

    def offline(self) -> tuple[frozenset[str], datetime, datetime]:
        """Give the store's sources and the time without network."""
        return self._sources, self.truth.begins_at, self.truth.ends_at


def delayed(
    events: Iterable[SimulatedEvent], sources: frozenset[str], begins: datetime, ends: datetime
) -> list[SimulatedEvent]:
    """Let some sources send nothing for a while and then catch up; the order of sending is kept sorted.

    Parameters
    ----------
    events
        Of a day, in order of time, numbered.
    sources, begins, ends
        Who cannot send, and when. Heartbeats of that time are never sent, events are sent late: each source
        sends in the order in which it counted, and nothing overtakes what it kept on its disk.

    """
    sent: list[SimulatedEvent] = []
    kept: dict[str, list[SimulatedEvent]] = defaultdict(list)
    beats: list[tuple[datetime, Heartbeat]] = []
    drained = ends + BURST_EVERY * (BURSTS + 1)
    for record in events:
        source = getattr(record.event, "source", None)
        if source not in sources or not begins <= record.at < drained:
            sent.append(record)
        elif isinstance(record.event, Event):
            kept[record.event.source].append(record)
        elif isinstance(record.event, Heartbeat) and record.at >= ends:
            beats.append((record.at, record.event))
    sends: dict[str, list[datetime]] = {}
    for source, records in kept.items():
        sends[source] = times = sending_times(records, ends)
        sent += [SimulatedEvent(at, r.topic, r.event) for at, r in zip(times, records, strict=True)]
    for at, beat in beats:
        happened = sum(record.at < at for record in kept[beat.source])
        waiting = max(happened - bisect_right(sends.get(beat.source, []), at), 0)
        sent.append(SimulatedEvent(at, HEARTBEATS, beat.model_copy(update={"spooled": waiting})))
    return sorted(sent, key=lambda record: record.at)


def sending_times(records: list[SimulatedEvent], ends: datetime) -> list[datetime]:
    """Say when each event of a source leaves its disk."""
    backlog = sum(record.at < ends for record in records)
    burst = max(ceil(backlog / BURSTS), 1)
    times: list[datetime] = []
    for number, record in enumerate(records):
        at = ends + BURST_EVERY * (number // burst + 1) if number < backlog else record.at
        times.append(max(at, times[-1]) if times else at)
    return times
