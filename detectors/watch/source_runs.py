"""What one source has sent, run by run, and until when all of it is here."""

from collections import deque
from collections.abc import Collection
from itertools import islice
from math import inf
from typing import NamedTuple

from detectors.watch.inflow import Inflow
from schemas.arrival_partial import ArrivalPartial
from schemas.heartbeat import Heartbeat

__all__ = ["Shortfall", "SourceRuns"]

LOST_SECONDS = 900.0
"""Events that are missing so long after their heartbeat count as lost, unless their source still has them on
its disk. Chosen: longer than any restart of ours."""

TAIL_SECONDS = 60.0
"""Clocks and networks of the sources of one partition differ by less. Chosen."""

PENDING_BEATS = 512
"""Heartbeats that wait for their events. Above, every second one is dropped: steps get larger."""

COMPARED_BEATS = 16
"""The newest ones that are tried when it is counted how much is lost. Chosen."""

KEPT_RUNS = 16
"""Of each source. One that starts more often within days has other troubles. Chosen."""


class Shortfall(NamedTuple):
    """Events sent, and those of them that are missing."""

    sent: int
    missing: int


class Count:
    """Distinct events of one topic. `whole` = all numbers below it are here, or count as lost."""

    __slots__ = ("arrived", "highest", "lost", "parts", "told", "whole")

    def __init__(self) -> None:
        self.parts: dict[tuple[str, int], tuple[str, int]] = {}
        self.arrived = 0
        self.highest = -1
        self.told = 0
        self.lost = 0
        self.whole = 0

    @property
    def sent(self) -> int:
        """Numbers given out, as far as is known."""
        return max(self.told, self.highest + 1)

    @property
    def missing(self) -> int:
        """Numbers given out that are not here."""
        return max(self.sent - self.arrived, 0)

    def take(self, partial: ArrivalPartial) -> None:
        """Take the count of one input partition; within a generation it never shrinks."""
        origin, arrived, highest = partial.origin, partial.arrived, partial.highest_seq
        place = (origin.topic, origin.partition)
        told = self.parts.get(place)
        if told is None:
            self.arrived += arrived
        else:
            generation, before = told
            if arrived < before and generation == origin.generation:
                arrived = before
            self.arrived += arrived - before
        self.parts[place] = (origin.generation, arrived)
        self.highest = max(self.highest, highest)
        self.check()

    def check(self) -> None:
        """See whether nothing is missing up to the highest number here, or up to the highest told."""
        sent = self.sent
        missing = sent - self.arrived
        if missing <= self.lost:
            self.lost = max(missing, 0)
            self.whole = sent
        elif self.arrived + self.lost >= self.highest + 1:
            self.whole = max(self.whole, self.highest + 1)

    def write_off(self, told: int) -> None:
        """Take as lost what is not here of the numbers below `told`; none at or above it has come yet."""
        self.lost = max(told - self.arrived, 0)
        self.whole = max(self.whole, told)
        self.check()


class Beat(NamedTuple):
    """A heartbeat that waits for its events. `moment` is its time by our reckoning."""

    moment: float
    next_seq: dict[str, int]


class Run:
    """One run of a source."""

    __slots__ = ("beats", "begins_at", "begun", "counts", "covered_until", "incomplete")

    def __init__(self) -> None:
        self.counts: dict[str, Count] = {}
        self.beats: deque[Beat] = deque()
        self.covered_until = -inf
        self.begins_at: float | None = None
        self.incomplete = False
        self.begun = False

    def count(self, topic: str) -> Count:
        """Give the count of a topic."""
        count = self.counts.get(topic)
        if count is None:
            count = self.counts[topic] = Count()
        return count

    def beat(self, beat: Beat) -> None:
        """Take in how far the source has counted. A topic that is not named has no events yet."""
        for topic, told in beat.next_seq.items():
            count = self.count(topic)
            count.told = max(count.told, told)
            count.check()
        self.beats.append(beat)
        if len(self.beats) > PENDING_BEATS:
            self.beats = deque([*list(self.beats)[:-1:2], beat])
        self.advance()

    def advance(self) -> None:
        """Move on over the heartbeats whose events are all here."""
        while self.beats and not self.short(self.beats[0]):
            self.covered_until = max(self.covered_until, self.beats.popleft().moment)

    def short(self, beat: Beat) -> list[str]:
        """List the topics of which something is missing that was sent before a heartbeat."""
        return [topic for topic, told in beat.next_seq.items() if self.counts[topic].whole < told]

    def write_off(self, inflow: Inflow, now: float) -> None:
        """Wait no longer for what should have come long ago."""
        while self.beats and now >= self.beats[0].moment + LOST_SECONDS:
            oldest = self.beats[0]
            moment = oldest.moment + LOST_SECONDS
            if not all(inflow.passed(topic, moment, now) for topic in self.short(oldest)):
                break
            self.covered_until = max(self.covered_until, oldest.moment)
            self.beats.popleft()
            self.incomplete = True
        if self.incomplete:
            self.count_lost(inflow, now)

    def count_lost(self, inflow: Inflow, now: float) -> None:
        """Learn exactly how much is lost: at a heartbeat that all have passed, with nothing later here."""
        for beat in islice(reversed(self.beats), COMPARED_BEATS):
            for topic in self.short(beat):
                count, told = self.counts[topic], beat.next_seq[topic]
                if told > count.highest and inflow.passed(topic, beat.moment + TAIL_SECONDS, now):
                    count.write_off(told)
        self.advance()

    def may_begin(self, topics: Collection[str], inflow: Inflow, now: float) -> bool:
        """Say whether what its source sent before it spoke, in whatever run, has come through."""
        if not self.begun and self.begins_at is not None:
            moment = self.begins_at + TAIL_SECONDS
            used = [topic for topic in topics if inflow.knows(topic)]
            self.begun = bool(used) and all(inflow.passed(topic, moment, now) for topic in used)
        return self.begun


class SourceRuns:
    """The runs of one source in the order of their first heartbeats, and what follows from them.

    Times are seconds since 1970.
    """

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}
        self._spoken: list[str] = []
        self._spooled = 0
        self._spoke_at = -inf
        self._covered = -inf

    def arrive(self, partial: ArrivalPartial) -> None:
        """Take in how much has arrived of a run."""
        run = self._run(partial.run)
        run.count(partial.topic).take(partial)
        run.advance()

    def beat(self, heartbeat: Heartbeat, moment: float) -> None:
        """Take in a heartbeat; `moment` is its time by our reckoning."""
        self._spooled = heartbeat.spooled
        run = self._run(heartbeat.run)
        if heartbeat.run != self.current_run:
            if heartbeat.run in self._spoken and moment < self._spoke_at:
                return  # it comes late, and another run has begun since
            self._spoken = [name for name in self._spoken if name != heartbeat.run] + [heartbeat.run]
            run.begins_at, run.begun = None, False
        self._spoke_at = max(self._spoke_at, moment)
        # a spool may hold events of runs before
        if run.begins_at is None and not heartbeat.spooled:
            run.begins_at = moment
        run.beat(Beat(moment, heartbeat.next_seq))

    def _run(self, name: str) -> Run:
        """Give a run, and forget the oldest one if there are too many."""
        run = self._runs.get(name)
        if run is None:
            run = self._runs[name] = Run()
            if len(self._runs) > KEPT_RUNS:
                oldest = next(iter(self._runs))
                del self._runs[oldest]
                if oldest in self._spoken:
                    self._spoken.remove(oldest)
        return run

    @property
    def current_run(self) -> str | None:
        """The run of its last heartbeat; None if it never sent one."""
        return self._spoken[-1] if self._spoken else None

    def covered_until(self, inflow: Inflow, now: float) -> float:
        """Give the moment before which all its events are here or count as lost; −inf if not known."""
        topics = self._topics()
        for name in reversed(self._spoken):
            run = self._runs[name]
            if run.beats and not self._spooled:
                run.write_off(inflow, now)
            if run.may_begin(topics, inflow, now):
                self._covered = max(self._covered, run.covered_until)
                break
        return self._covered

    def nothing_to_come(self, inflow: Inflow, moment: float, now: float) -> bool:
        """Say whether all that was sent before a moment is here or lost, if nothing was sent since."""
        return all(inflow.passed(topic, moment, now) for topic in self._topics() if inflow.knows(topic))

    def _topics(self) -> set[str]:
        """List what it numbers."""
        return {topic for run in self._runs.values() for topic in run.counts}

    def current(self) -> Shortfall:
        """Count what the current run has sent, and what of it is missing."""
        name = self.current_run
        return Shortfall(0, 0) if name is None else shortfall(self._runs[name])

    def all(self) -> Shortfall:
        """Count over all runs that are kept."""
        several = [shortfall(run) for run in self._runs.values()]
        return Shortfall(sum(one.sent for one in several), sum(one.missing for one in several))


def shortfall(run: Run) -> Shortfall:
    """Count over the topics of a run."""
    counts = run.counts.values()
    return Shortfall(sum(count.sent for count in counts), sum(count.missing for count in counts))
