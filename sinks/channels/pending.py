"""Alerts, and what explains them, that wait for their delivery, each in its newest state."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from aiokafka import TopicPartition

from sinks.channels.backoff import Backoff

__all__ = ["Pending", "Place", "Waiting"]


class Place(NamedTuple):
    """Where a record stands."""

    partition: TopicPartition
    offset: int


@dataclass
class Waiting:
    """An alert, or what explains one, that is not delivered in its newest state.

    Parameters
    ----------
    alert_id
        The records' key.
    first
        The oldest record that is not delivered; a restart begins there.
    newest
        The record whose state is `body`.
    since
        Seconds of the loop's clock at which the oldest one came.
    due_at
        When to try, on the same clock.
    after
        Of what explains: the place in the alerts up to which is read before this may go, because the alert
        itself is before it.

    """

    alert_id: str
    first: Place
    newest: Place
    body: bytes
    since: float
    due_at: float
    after: Place | None = field(default=None)
    failures: int = field(default=0)

    @property
    def topic(self) -> str:
        """The records' topic."""
        return str(self.newest.partition.topic)


class Pending:
    """What is read and not delivered. An update replaces the state that waits: only the newest is posted.

    An explanation goes after its alert. All times are seconds of one monotonic clock, passed in.

    Parameters
    ----------
    backoff
        How long to wait after failures; each alert counts its own, so one that the receiver chokes on does
        not hold up the others.

    """

    def __init__(self, backoff: Backoff) -> None:
        self._backoff = backoff
        self._waiting: dict[tuple[str, str], Waiting] = {}
        self._read_to: dict[TopicPartition, int] = {}
        self._not_before = float("-inf")

    def __len__(self) -> int:
        """Count what waits."""
        return len(self._waiting)

    def begin(self, positions: dict[TopicPartition, int]) -> None:
        """Start over with the partitions that are ours and the offsets to read from."""
        self._waiting.clear()
        self._read_to = dict(positions)

    def take(
        self, place: Place, alert_id: str, body: bytes, *, now: float, after: Place | None = None
    ) -> None:
        """Add a record; it replaces an older state of the same, which keeps its place and its patience."""
        self._read_to[place.partition] = place.offset + 1
        key = place.partition.topic, alert_id
        waiting = self._waiting.get(key)
        if waiting is None:
            self._waiting[key] = Waiting(alert_id, place, place, body, since=now, due_at=now, after=after)
        else:
            waiting.newest, waiting.body, waiting.after = place, body, after

    def skip(self, partition: TopicPartition, offset: int) -> None:
        """Pass over a record that nobody is told of."""
        self._read_to[partition] = offset + 1

    def due(self, now: float) -> Waiting | None:
        """Give what has been due for longest, if something is."""
        if now < self._not_before:
            return None
        due = [waiting for waiting in self._free() if waiting.due_at <= now]
        return min(due, key=lambda waiting: waiting.due_at, default=None)

    def seconds_until_due(self, now: float, *, at_most: float) -> float:
        """Return how long nothing is due."""
        first = min((waiting.due_at for waiting in self._free()), default=None)
        if first is None:
            return at_most
        due_at = max(self._not_before, first)
        return min(max(due_at - now, 0.0), at_most)

    def _free(self) -> Iterator[Waiting]:
        """Give what does not have to wait for its alert."""
        for waiting in self._waiting.values():
            after = waiting.after
            if after is None or (
                # a partition that is not ours is read by somebody else
                self._read_to.get(after.partition, after.offset) >= after.offset
                and (after.partition.topic, waiting.alert_id) not in self._waiting
            ):
                yield waiting

    def done(self, waiting: Waiting) -> None:
        """Forget what is delivered in its newest state, or set aside."""
        del self._waiting[waiting.topic, waiting.alert_id]

    def failed(self, waiting: Waiting, *, now: float, wait_seconds: float) -> None:
        """Put one off; `wait_seconds` is what the receiver asked for, and holds for all."""
        waiting.failures += 1
        waiting.due_at = now + self._backoff.seconds(waiting.failures)
        self._not_before = max(self._not_before, now + wait_seconds)

    def safe_offsets(self) -> dict[TopicPartition, int]:
        """Return per partition the offset before which everything is delivered."""
        safe = dict(self._read_to)
        for waiting in self._waiting.values():
            partition, offset = waiting.first
            safe[partition] = min(safe[partition], offset)
        return safe
