"""Labels in the order in which they became known, though partitions are read at different speeds."""

import heapq
from itertools import count, groupby
from math import inf, nextafter
from typing import Any

from detectors.errors import SnapshotRefused
from detectors.graph.reading import graph_of
from detectors.graph.writing import graph_parts
from detectors.snapshot import Parts
from schemas.label import Label
from schemas.topics import LABELS, SCORES, Topic
from streams.batch import Batch
from streams.batch_source import BatchSource

__all__ = ["LabelOrder"]

HOUR_SECONDS = 3_600


class LabelOrder:
    """Holds labels back until nothing earlier can come.

    A backlog is read partition by partition. Without this the trainer would learn the labels of one
    partition up to today, publish a model of an eighth of what is known, and find no reason for a better
    one. A label is handed out once every partition of `labels` has come to its `known_at`, and every one of
    `scores` to its payment. A partition that is read to its end holds nothing back, but no label comes
    before the payments have come so far at all: the worker may be behind, and its scores not written yet. A
    label that claims to be known before its payment waits for the payment and holds no other back.
    """

    def __init__(self) -> None:
        self._held: list[tuple[float, int, Label]] = []
        self._tie = count()
        self._reached: dict[tuple[str, int], tuple[int, float]] = {}
        self._ends: dict[tuple[str, int], int] = {}

    def __len__(self) -> int:
        """Count the labels held back."""
        return len(self._held)

    def snapshot(self) -> Parts:
        """Copy what is held and how far partitions were read."""
        return graph_parts([self._held, self._tie, self._reached])

    def restore(self, parts: Parts) -> None:
        """Go on from a copy.

        Raises
        ------
        SnapshotRefused
            Arrays that do not fit together.

        """
        found = graph_of(parts)
        if not isinstance(found, list) or len(found) != 3:
            raise SnapshotRefused("it holds no labels in their order")
        self._held, self._tie, self._reached = found

    async def ask_ends(self, source: BatchSource[Any]) -> None:
        """Find out where the partitions end now; asked after every fetch."""
        self._ends = await source.end_offsets()

    def hold(self, label: Label) -> None:
        """Take in a label."""
        due = max(label.known_at, label.occurred_at).timestamp()
        heapq.heappush(self._held, (due, next(self._tie), label))

    def reached(self, batch: Batch[Any], seconds: float) -> None:
        """Note how far a partition was read, in offsets and in event time."""
        key = (batch.topic.name, batch.partition)
        before = self._reached.get(key, (0, -inf))[1]
        self._reached[key] = (batch.offsets[-1] + 1, max(before, seconds))

    def known(self) -> list[list[Label]]:
        """Hand out what nothing earlier can come before, hour by hour of `known_at`."""
        labels_to, scores_to = self._low(LABELS, inf), self._scores_to()
        out = []
        while self._held and self._held[0][0] <= labels_to:
            if self._held[0][2].occurred_at.timestamp() > scores_to:
                break
            out.append(heapq.heappop(self._held))
        return [
            [label for *_, label in hour]
            for _, hour in groupby(out, key=lambda held: held[0] // HOUR_SECONDS)
        ]

    def complete_to(self) -> float:
        """Say up to which event time all payments were read, and all labels known by then handed out."""
        low = min(self._low(LABELS, inf), self._scores_to())
        # One that is held may be handed out in the very moment at which it is due.
        return min(low, nextafter(self._held[0][0], -inf)) if self._held else low

    def _scores_to(self) -> float:
        scored = (seconds for (name, _), (_, seconds) in self._reached.items() if name == SCORES.name)
        return self._low(SCORES, max(scored, default=-inf))

    def _low(self, topic: Topic, low: float) -> float:
        """Find the event time up to which all partitions of a topic were read, at most `low`."""
        for (name, partition), end in self._ends.items():
            next_offset, seconds = self._reached.get((name, partition), (0, -inf))
            if name == topic.name and next_offset < end:
                low = min(low, seconds)
        return low
