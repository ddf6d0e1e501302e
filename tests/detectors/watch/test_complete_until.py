"""Whatever the order of arrival, a store is never called complete while an event of it is missing."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from math import inf
from random import Random
from typing import NamedTuple

import pytest

from detectors.watch.sources import SourceWatch
from schemas.heartbeat import Heartbeat
from tests.detectors.watch.chains import arrival, at, beat, book, store

SOURCES = {"a-1": "a", "a-2": "a", "b-1": "b", "b-2": "b", "b-3": "b"}
PARTITIONS = 8
DAY = 24 * 60


class Sale(NamedTuple):
    """An event of the truth; `minute` after the first opening."""

    minute: float
    source: str
    run: str
    seq: int
    partition: int


def sold(random: Random, days: int) -> tuple[list[Sale], list[tuple[float, Heartbeat]]]:
    """Let five sources sell for some days, and start again now and then."""
    sales: list[Sale] = []
    beats: list[tuple[float, Heartbeat]] = []
    for source, store_id in SOURCES.items():
        for day in range(days):
            restart = random.uniform(0, 660) if random.random() < 0.5 else inf
            moments = sorted(random.uniform(0, 659) for _ in range(random.randrange(30, 80)))
            runs: dict[str, list[float]] = {f"{day}-False": [], f"{day}-True": []}
            for minute in moments:
                run = f"{day}-{minute > restart}"
                where = (day * DAY + minute, source, run, len(runs[run]), random.randrange(PARTITIONS))
                sales.append(Sale(*where))
                runs[run].append(minute)
            gap = random.choice([5, 240])
            minute = random.uniform(0, 2)
            while minute < 660:
                run = f"{day}-{minute > restart}"
                told = bisect_left(runs[run], minute)
                moment = day * DAY + minute
                beats.append((moment, beat(source, moment, told, run=run, store_id=store_id)))
                minute += gap
    return sorted(sales), sorted(beats, key=lambda one: one[0])


def delivered_late(
    random: Random, sales: Sequence[Sale], beats: Sequence[tuple[float, Heartbeat]], lag: float
) -> Iterator[Sale | Heartbeat]:
    """Hand everything over as Kafka would: in order per partition, each some minutes late."""
    due: list[tuple[float, int, Sale | Heartbeat]] = [(minute, -1, told) for minute, told in beats]
    reached = [0.0] * PARTITIONS
    for number, sale in enumerate(sales):
        reached[sale.partition] = max(reached[sale.partition], sale.minute + random.uniform(0, lag))
        due.append((reached[sale.partition], number, sale))
    for _, _, one in sorted(due, key=lambda item: item[:2]):
        yield one


def delivered_after_heartbeats(
    random: Random, sales: Sequence[Sale], beats: Sequence[tuple[float, Heartbeat]]
) -> Iterator[Sale | Heartbeat]:
    """Hand over as while history is loaded: all heartbeats first, then partitions in bursts."""
    yield from (one for _, one in beats)
    queues = [[one for one in sales if one.partition == number][::-1] for number in range(PARTITIONS)]
    while any(queues):
        queue = random.choice([queue for queue in queues if queue])
        for _ in range(min(random.choice([1, 5, 50]), len(queue))):
            yield queue.pop()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("lag", [0.1, 10.0, None], ids=["prompt", "minutes late", "history"])
def test_complete_until_is_never_beyond_a_missing_event(seed: int, lag: float | None) -> None:
    random = Random(seed)
    sales, beats = sold(random, 2)
    stream = (
        delivered_after_heartbeats(random, sales, beats)
        if lag is None
        else delivered_late(random, sales, beats, lag)
    )
    watch = SourceWatch(book(store("a"), store("b")))
    missing = {store_id: [s for s in sales if SOURCES[s.source] == store_id][::-1] for store_id in "ab"}
    here: set[Sale] = set()
    counts: Counter[tuple[str, str, int]] = Counter()
    highest: dict[tuple[str, str, int], int] = {}
    moved = 0
    claimed = {"a": -inf, "b": -inf}
    for one in stream:
        if isinstance(one, Heartbeat):
            watch.heartbeats([one])
        else:
            here.add(one)
            key = (one.source, one.run, one.partition)
            counts[key] += 1
            highest[key] = max(highest.get(key, 0), one.seq)
            partial = arrival(
                one.source, counts[key], one.minute, highest=highest[key], run=one.run,
                store_id=SOURCES[one.source], partition=one.partition,
            )  # fmt: skip
            watch.arrivals([partial])
        for store_id, waiting in missing.items():
            while waiting and waiting[-1] in here:
                waiting.pop()
            first = at(waiting[-1].minute).timestamp() if waiting else inf
            until = watch.complete_until(store_id)
            assert until <= first, f"{store_id} is not complete: {waiting[-1]} is missing"
            moved += until > claimed[store_id]
            claimed[store_id] = max(claimed[store_id], until)
    last_beats = {source: max(m for m, b in beats if b.source == source) for source in SOURCES}
    for store_id, until in claimed.items():
        last = min(minute for source, minute in last_beats.items() if SOURCES[source] == store_id)
        assert until >= at(last - DAY).timestamp(), "it has caught up with yesterday at least"
    assert moved >= 4
