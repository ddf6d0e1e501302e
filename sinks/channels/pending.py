"""Alerts that wait for their delivery, each in its newest state."""

from dataclasses import dataclass, field
from typing import NamedTuple

from sinks.channels.backoff import Backoff

__all__ = ["Pending", "Waiting"]


class Place(NamedTuple):
    """Where a record stands in the topic."""

    partition: int
    offset: int


@dataclass
class Waiting:
    """An alert that is not delivered in its newest state.

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

    """

    alert_id: str
    first: Place
    newest: Place
    body: bytes
    since: float
    due_at: float
    failures: int = field(default=0)


class Pending:
    """What is read and not delivered. An update replaces the state that waits: only the newest is posted.

    All times are seconds of one monotonic clock, passed in.

    Parameters
    ----------
    backoff
        How long to wait after failures; each alert counts its own, so one that the receiver chokes on does
        not hold up the others.

    """

    def __init__(self, backoff: Backoff) -> None:
        self._backoff = backoff
        self._waiting: dict[str, Waiting] = {}
        self._read_to: dict[int, int] = {}
        self._not_before = float("-inf")

    def __len__(self) -> int:
        """Count the alerts that wait."""
        return len(self._waiting)

    def begin(self, positions: dict[int, int]) -> None:
        """Start over with the partitions that are ours and the offsets to read from."""
        self._waiting.clear()
        self._read_to = dict(positions)

    def take(self, partition: int, offset: int, alert_id: str, body: bytes, *, now: float) -> None:
        """Add a record; it replaces an older state of its alert, which keeps its place and its patience."""
        place = Place(partition, offset)
        self._read_to[partition] = offset + 1
        waiting = self._waiting.get(alert_id)
        if waiting is None:
            self._waiting[alert_id] = Waiting(alert_id, place, place, body, since=now, due_at=now)
        else:
            waiting.newest, waiting.body = place, body

    def skip(self, partition: int, offset: int) -> None:
        """Pass over a record that nobody is told of."""
        self._read_to[partition] = offset + 1

    def due(self, now: float) -> Waiting | None:
        """Give the alert that has been due for longest, if one is."""
        if now < self._not_before or not self._waiting:
            return None
        first = min(self._waiting.values(), key=lambda waiting: waiting.due_at)
        return first if first.due_at <= now else None

    def seconds_until_due(self, now: float, *, at_most: float) -> float:
        """Return how long nothing is due."""
        if not self._waiting:
            return at_most
        due_at = max(self._not_before, min(waiting.due_at for waiting in self._waiting.values()))
        return min(max(due_at - now, 0.0), at_most)

    def done(self, waiting: Waiting) -> None:
        """Forget an alert whose newest state is delivered or set aside."""
        del self._waiting[waiting.alert_id]

    def failed(self, waiting: Waiting, *, now: float, wait_seconds: float) -> None:
        """Put an alert off; `wait_seconds` is what the receiver asked for, and holds for all."""
        waiting.failures += 1
        waiting.due_at = now + self._backoff.seconds(waiting.failures)
        self._not_before = max(self._not_before, now + wait_seconds)

    def safe_offsets(self) -> dict[int, int]:
        """Return per partition the offset before which everything is delivered."""
        safe = dict(self._read_to)
        for waiting in self._waiting.values():
            partition, offset = waiting.first
            safe[partition] = min(safe[partition], offset)
        return safe
