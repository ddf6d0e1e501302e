"""Brings each scored payment together with its label, whichever comes first."""

from heapq import heappop, heappush
from typing import NamedTuple

from detectors.watermark import DAY_SECONDS, Watermark

__all__ = ["Example", "LabelJoin"]


class Example(NamedTuple):
    """A payment whose verdict is known. Times are in seconds since 1970."""

    occurred: float
    known: float
    features: tuple[float, ...]
    score: float | None
    """What the models of its time said; none for a cold start."""
    fraud: bool


class Payment(NamedTuple):
    """A scored payment that waits for its label."""

    features: tuple[float, ...]
    score: float | None


class Verdict(NamedTuple):
    """A label that waits for its payment's score."""

    known: float
    fraud: bool


class LabelJoin:
    """Joins by event id. Each payment comes out once, however often its score and label are delivered.

    Both wait in one bucket per day of payment; whole buckets are dropped once they are older than
    `keep_days` behind the payments' watermark, so memory is bounded by event time.

    A label may be known at most `keep_days` after the newest payments; a later one waits for them. So a
    label with a broken clock cannot push a model's `valid_from` into a far future.
    """

    def __init__(self, keep_days: float = 60.0) -> None:
        self._keep = keep_days * DAY_SECONDS
        self._days: dict[int, dict[int, Payment | Verdict | None]] = {}
        self._ahead: list[tuple[float, int, float, bool]] = []
        self._watermark = Watermark()
        self._oldest_day = 0
        self.dropped = 0
        """Scores and labels that came too late to be joined."""

    def __len__(self) -> int:
        """Count the payments and labels remembered, joined ones included."""
        return sum(map(len, self._days.values())) + len(self._ahead)

    def scored(
        self, event: int, occurred: float, features: tuple[float, ...], score: float | None
    ) -> Example | None:
        """Take in a scored payment; give the example if its label is here already."""
        watermark = self._watermark.advance(occurred)
        if watermark - self._keep >= (self._oldest_day + 1) * DAY_SECONDS:
            self._drop_old(watermark)
        day = self._day(occurred)
        if day is None:
            return None
        if event not in day:
            day[event] = Payment(features, score)
            return None
        waiting = day[event]
        if not isinstance(waiting, Verdict):
            return None  # a repeat
        day[event] = None
        return Example(occurred, waiting.known, features, score, waiting.fraud)

    def labelled(self, event: int, occurred: float, known: float, fraud: bool) -> Example | None:
        """Take in a label; give the example if its payment was scored already."""
        if known > self._watermark.seconds + self._keep > 0:
            heappush(self._ahead, (known, event, occurred, fraud))
            return None
        day = self._day(occurred)
        if day is None:
            return None
        if event in day:
            waiting = day[event]
            if isinstance(waiting, Payment):
                day[event] = None
                return Example(occurred, known, waiting.features, waiting.score, fraud)
            if waiting is None or waiting >= (known, fraud):
                return None  # learnt already, or contradicted by a later one
        day[event] = Verdict(known, fraud)
        return None

    def released(self) -> list[Example]:
        """Give the examples of labels that the payments have caught up with."""
        examples = []
        while self._ahead and self._ahead[0][0] <= self._watermark.seconds + self._keep:
            known, event, occurred, fraud = heappop(self._ahead)
            example = self.labelled(event, occurred, known, fraud)
            if example is not None:
                examples.append(example)
        return examples

    def _day(self, occurred: float) -> dict[int, Payment | Verdict | None] | None:
        number = int(occurred // DAY_SECONDS)
        if number < self._oldest_day:
            self.dropped += 1
            return None
        return self._days.setdefault(number, {})

    def _drop_old(self, watermark: float) -> None:
        self._oldest_day = int((watermark - self._keep) // DAY_SECONDS)
        for number in [number for number in self._days if number < self._oldest_day]:
            del self._days[number]
