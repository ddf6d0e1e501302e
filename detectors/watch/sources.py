"""Whether each store's events are all here, and which sources are silent."""

from collections.abc import Sequence
from math import inf

from detectors.watch.finding import Finding
from detectors.watch.inflow import Inflow
from detectors.watch.signs_of_life import AgreedClock
from detectors.watch.silence import (
    LEAST_SILENCE_SECONDS,
    OPENING_SECONDS,
    Source,
    StoreSilence,
    opening,
    silence_of,
)
from detectors.watch.silence_report import SilenceReport
from detectors.watch.stores import StoreBook
from schemas.arrival_partial import ArrivalPartial
from schemas.heartbeat import Heartbeat

__all__ = ["SourceWatch"]

LOOK_SECONDS = 10.0
"""Of event time between two looks at who is silent: silence is counted in minutes."""

CLOCK_AHEAD_SECONDS = 600.0
CLOCK_BEHIND_SECONDS = 86_400.0
"""Beyond these a source's clock is wrong, and the time of the others counts for it. Behind by less, it may be
a heartbeat that was kept on a disk. Chosen."""

FORGET_SECONDS = 14 * 86_400.0
"""A source not heard for so long is gone. As long as heartbeats are kept in Kafka."""

PAYMENTS = "transactions"
RATE_SECONDS = 3_600.0
"""A source's payments an hour are counted over at least so long."""


class SourceWatch:
    """Follows every source's numbers and heartbeats.

    Complete until a moment = every event that a source of the store numbered before it has arrived. It is
    known only at the time of a heartbeat, which says how far its source has counted, and only when no number
    below is missing; and not before every input partition has passed the first heartbeat of its run, for the
    run before may have sold something after its last one. Events that are missing 15 minutes after their
    heartbeat count as lost, unless their source says that it keeps events on its disk: they lower
    `completeness` and hold up nothing. A source without heartbeats is never silent, and its store never known
    to be complete.

    Parameters
    ----------
    stores
        Names and opening hours; may change at any time.

    Cost: about 5 µs a partial or heartbeat, 5 µs per source and look. Memory: 2 kB a source.

    """

    def __init__(self, stores: StoreBook) -> None:
        self._stores = stores
        self._clock = AgreedClock()
        self._inflow = Inflow()
        self._sources: dict[str, Source] = {}
        self._by_store: dict[str, dict[str, Source]] = {}
        self._silence: dict[str, StoreSilence] = {}
        self._report = SilenceReport(stores)
        self._look_at = -inf
        self._forget_at = -inf

    def __len__(self) -> int:
        """Count the sources."""
        return len(self._sources)

    @property
    def now(self) -> float:
        """Event time reached, seconds since 1970, by the sources' clocks; −inf before the first heartbeat."""
        return self._clock.now

    def arrivals(self, partials: Sequence[ArrivalPartial]) -> None:
        """Take in how much of each source has arrived."""
        now = self.now
        for partial in partials:
            source = self._source(partial.source)
            if source.store_id is None and partial.store_id in self._stores:
                self._stand(source, partial.store_id)
            seconds = partial.last_occurred_at.timestamp()
            source.runs.arrive(partial)
            self._inflow.take(partial, seconds, now)
            if source.heard < seconds <= now + CLOCK_AHEAD_SECONDS:  # an event is a sign of life too
                source.heard = seconds

    def heartbeats(self, beats: Sequence[Heartbeat]) -> None:
        """Take in signs of life."""
        for beat in beats:
            at = beat.at.timestamp()
            self._clock.hear(beat.source, at)
            source = self._source(beat.source)
            if beat.store_id is not None and beat.store_id != source.store_id:
                self._stand(source, beat.store_id)
            run, before = source.last_beat
            if run == beat.run and at > before > -inf:
                source.gap.take(at - before)
            if run != beat.run or at > before:
                source.last_beat = (beat.run, at)
            right = self.now - CLOCK_BEHIND_SECONDS <= at <= self.now + CLOCK_AHEAD_SECONDS
            moment = at if right else self.now
            source.heard = max(source.heard, moment)
            source.runs.beat(beat, moment)
            learn_rate(source, beat, moment)

    def complete_until(self, store_id: str) -> float:
        """Give the moment before which every event of the store's sources is here or counts as lost.

        −inf if that is not known, or while a source is silent that should not be. Empty = of all stores that
        are neither silent nor closed.
        """
        now = self.now
        if now == -inf:
            return -inf
        self._look()
        if store_id:
            return self._complete_until(store_id)
        known = [
            self._complete_until(name)
            for name in self._by_store
            if name in self._stores and self._stores.is_open(name, now) and not self._is_silent(name)
        ]
        return min(known, default=-inf)

    def completeness(self, store_id: str) -> float | None:
        """Give arrived ÷ sent of the current runs, 0 to 1; None without a heartbeat. Empty = all stores."""
        sources = self._sources if not store_id else self._by_store.get(store_id, {})
        spoken = [source.runs.current() for source in sources.values() if source.runs.current_run is not None]
        if not spoken:
            return None
        sent = sum(one.sent for one in spoken)
        return 1.0 if sent == 0 else 1.0 - sum(one.missing for one in spoken) / sent

    def findings(self, now: float) -> list[Finding]:
        """Give what is new or changed about silent sources."""
        if now == -inf:
            return []
        self._look()
        return self._report.take()

    def _look(self) -> None:
        """See who is silent. Every few seconds of event time is enough."""
        now = self.now
        if now < self._look_at or now == -inf:
            return
        self._look_at = now + LOOK_SECONDS
        if now >= self._forget_at:
            self._forget(now)
        for store_id, sources in self._by_store.items():
            silence = silence_of(self._stores, store_id, sources.values(), now)
            self._silence[store_id] = silence
            self._report.look(store_id, sources, silence, now, self.completeness)

    def _is_silent(self, store_id: str) -> bool:
        silence = self._silence.get(store_id)
        return silence is not None and silence.whole_store

    def _complete_until(self, store_id: str) -> float:
        sources = self._by_store.get(store_id)
        silence = self._silence.get(store_id)
        if not sources or (silence is not None and silence.silent):
            return -inf
        now = self.now
        opened = opening(self._stores, store_id, now)
        on = [source for source in sources.values() if not self._is_off(source, opened, now)]
        return min((min(source.runs.covered_until(self._inflow, now), now) for source in on), default=-inf)

    def _is_off(self, source: Source, opened: float, now: float) -> bool:
        """Say whether a source was not switched on by now, and nothing of the days before can still come."""
        if source.heard >= opened - OPENING_SECONDS:
            return False
        if now <= opened + OPENING_SECONDS + (source.limit or LEAST_SILENCE_SECONDS):
            return False
        return source.runs.nothing_to_come(self._inflow, opened, now)

    def _source(self, name: str) -> Source:
        source = self._sources.get(name)
        if source is None:
            source = self._sources[name] = Source(name)
        return source

    def _stand(self, source: Source, store_id: str) -> None:
        """Note where a source stands; it may have moved."""
        if source.store_id is not None:
            self._by_store[source.store_id].pop(source.name, None)
        source.store_id = store_id
        self._by_store.setdefault(store_id, {})[source.name] = source

    def _forget(self, now: float) -> None:
        self._forget_at = now + 3_600.0
        for name, source in list(self._sources.items()):
            if source.heard == -inf:  # it came before anything had a time
                source.heard = now
            if source.heard < now - FORGET_SECONDS:
                del self._sources[name]
                if source.store_id is not None:
                    self._by_store[source.store_id].pop(name, None)


def learn_rate(source: Source, beat: Heartbeat, moment: float) -> None:
    """Learn how many payments an hour a source makes, from how far it counted within a run."""
    told = beat.next_seq.get(PAYMENTS)
    if told is None:
        return
    run, begin, first = source.first_of_run
    if run != beat.run:
        source.first_of_run = (beat.run, moment, told)
    elif moment - begin >= RATE_SECONDS:
        source.payments_per_hour = (told - first) / (moment - begin) * 3_600.0
