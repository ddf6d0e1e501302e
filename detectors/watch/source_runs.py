"""What one source has sent, run by run, and until when all of it is here."""

from collections import deque
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

KEPT_RUNS = 16
"""Of each source. One that starts more often within days has other troubles. Chosen."""


class Shortfall(NamedTuple):
    """Events sent, and those of them that are missing."""

    sent: int
    missing: int


class Count:
    """Distinct events of one topic. `whole` = all numbers below it are here, or count as lost."""

    __slots__ = ("arrived", "fewest_missing", "highest", "lost", "parts", "told", "whole")

    def __init__(self) -> None:
        self.parts: dict[tuple[str, int], tuple[str, int]] = {}
        self.arrived = 0
        self.highest = -1
        self.told = 0
        self.lost = 0
        self.whole = 0
        self.fewest_missing: int | None = None

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
        place = (partial.origin.topic, partial.origin.partition)
        generation, before = self.parts.get(place, (partial.origin.generation, 0))
        arrived = max(before, partial.arrived) if generation == partial.origin.generation else partial.arrived
        self.parts[place] = (partial.origin.generation, arrived)
        self.arrived += arrived - before
        self.highest = max(self.highest, partial.highest_seq)
        self.check()

    def check(self) -> None:
        """See whether nothing is missing up to the highest number here, or up to the highest told."""
        missing = self.missing
        self.lost = min(self.lost, missing)
        if self.fewest_missing is not None:
            self.fewest_missing = min(self.fewest_missing, missing)
        if missing <= self.lost:
            self.whole = self.sent
        elif self.arrived + self.lost >= self.highest + 1:
            self.whole = max(self.whole, self.highest + 1)

    def write_off(self) -> None:
        """Stop to wait for what has been missing all the time; what is only on its way is not meant."""
        if self.fewest_missing is not None:
            self.lost = max(self.lost, self.fewest_missing)
        self.check()


class Beat(NamedTuple):
    """A heartbeat that waits for its events. `moment` is its time by our reckoning."""

    moment: float
    next_seq: dict[str, int]


class Run:
    """One run of a source."""

    __slots__ = ("beats", "counts", "covered_until", "first_moment", "replaced_at")

    def __init__(self) -> None:
        self.counts: dict[str, Count] = {}
        self.beats: deque[Beat] = deque()
        self.covered_until = -inf
        self.first_moment = -inf
        self.replaced_at: float | None = None

    def count(self, topic: str) -> Count:
        """Give the count of a topic."""
        return self.counts.setdefault(topic, Count())

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
        moved = False
        while self.beats and all(
            self.counts[topic].whole >= told for topic, told in self.beats[0].next_seq.items()
        ):
            self.covered_until = max(self.covered_until, self.beats.popleft().moment)
            moved = True
        if moved:
            for count in self.counts.values():
                count.fewest_missing = None
        if self.beats:
            for topic in self.beats[0].next_seq:
                count = self.counts[topic]
                if count.fewest_missing is None:
                    count.fewest_missing = count.missing

    def write_off(self, inflow: Inflow, now: float) -> None:
        """Count as lost what should have come long ago."""
        while self.beats:
            oldest = self.beats[0]
            short = [t for t, told in oldest.next_seq.items() if self.counts[t].whole < told]
            if now < oldest.moment + LOST_SECONDS or not all(
                inflow.passed(topic, oldest.moment + LOST_SECONDS, now) for topic in short
            ):
                return
            for topic in short:
                self.counts[topic].write_off()
            self.advance()
            if self.beats and self.beats[0] is oldest:
                return

    def is_over(self, inflow: Inflow, now: float) -> bool:
        """Say whether nothing of a replaced run can still come, but by a spool that nobody told of."""
        if self.replaced_at is None or any(count.whole < count.sent for count in self.counts.values()):
            return False
        end = self.replaced_at + TAIL_SECONDS
        return all(inflow.passed(topic, end, now) for topic, count in self.counts.items() if count.sent)


class SourceRuns:
    """The runs of one source in the order of their first heartbeats, and what follows from them.

    Times are seconds since 1970.
    """

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}
        self._spoken: list[str] = []
        self._spooled = 0
        self._covered = -inf

    def arrive(self, partial: ArrivalPartial) -> None:
        """Take in how much has arrived of a run."""
        run = self._run(partial.run)
        run.count(partial.topic).take(partial)
        run.advance()

    def beat(self, heartbeat: Heartbeat, moment: float) -> None:
        """Take in a heartbeat; `moment` is its time by our reckoning."""
        run = self._run(heartbeat.run)
        if heartbeat.run not in self._spoken:
            self._spoken.append(heartbeat.run)
            run.first_moment = moment
        current = self._runs[self._spoken[-1]]
        self._spooled = heartbeat.spooled
        if run is not current:
            if run.first_moment > -inf and moment < current.first_moment:
                run.beat(Beat(moment, heartbeat.next_seq))
                return
            self._spoken.remove(heartbeat.run)
            self._spoken.append(heartbeat.run)
            run.replaced_at = None
        run.beat(Beat(moment, heartbeat.next_seq))
        if heartbeat.spooled == 0:
            for name in self._spoken[:-1]:
                older = self._runs[name]
                if older.replaced_at is None:
                    older.replaced_at = moment

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
    def spoken(self) -> bool:
        """Whether it ever sent a heartbeat."""
        return bool(self._spoken)

    @property
    def spooled(self) -> int:
        """Events that wait on its disk, by its last heartbeat."""
        return self._spooled

    def covered_until(self, inflow: Inflow, now: float) -> float:
        """Give the moment before which all its events are here or count as lost; −inf if not known."""
        for name in self._spoken:
            run = self._runs[name]
            if run.beats and not self._spooled:
                run.write_off(inflow, now)
            self._covered = max(self._covered, run.covered_until)
            if name != self._spoken[-1] and not run.is_over(inflow, now):
                break
        return self._covered

    def nothing_to_come(self, inflow: Inflow, moment: float, now: float) -> bool:
        """Say whether all that was sent before a moment is here or lost, if nothing was sent since."""
        for name in self._spoken:
            self._runs[name].write_off(inflow, now)
        counts = [(topic, count) for name in self._spoken for topic, count in self._runs[name].counts.items()]
        return all(
            count.whole >= count.sent and (not count.sent or inflow.passed(topic, moment, now))
            for topic, count in counts
        )

    def current(self) -> Shortfall:
        """Count what the current run has sent, and what of it is missing."""
        if not self._spoken:
            return Shortfall(0, 0)
        return shortfall(self._runs[self._spoken[-1]])

    def all(self) -> Shortfall:
        """Count over all runs that are kept."""
        several = [shortfall(run) for run in self._runs.values()]
        return Shortfall(sum(one.sent for one in several), sum(one.missing for one in several))


def shortfall(run: Run) -> Shortfall:
    """Count over the topics of a run."""
    counts = run.counts.values()
    return Shortfall(sum(count.sent for count in counts), sum(count.missing for count in counts))
