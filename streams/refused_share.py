"""When too many records are refused, the fault is not in the records."""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from schemas.errors import Stop
from streams.batch import Batch

__all__ = ["RefusedShare"]

WINDOW_SECONDS = 300.0
SLICE_SECONDS = 10.0
MIN_RECORDS = 500
"""Fewer in the window prove nothing: one bad record in a quiet hour stops nobody. Chosen, not tuned."""
MOST_REASONS = 20
LONGEST_REASON = 300


@dataclass
class Slice:
    """Ten seconds of one topic."""

    began: float
    records: int = 0
    refused: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


class RefusedShare:
    """The share of dead letters among the records of the last 5 minutes, per topic.

    It is asked before a batch is written: a batch that stops the worker is neither written nor committed, so
    a worker that can read it finds it untouched.

    Parameters
    ----------
    limit
        The largest share that is borne; 1 = any.

    Cost: see `Isolation`. Memory: 30 slices of a topic with 20 reasons each.

    """

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._slices: dict[str, deque[Slice]] = {}

    def count(self, batches: Sequence[Batch[Any]], now: float) -> None:
        """Count batches of which outputs are to be written; `now` in seconds of a clock that never jumps.

        Raises
        ------
        Stop
            The share is past the limit.

        """
        for batch in batches:
            if not batch.emit:
                continue
            slices = self._slices.setdefault(batch.topic.name, deque())
            while slices and slices[0].began <= now - WINDOW_SECONDS:
                slices.popleft()
            if not slices or slices[-1].began <= now - SLICE_SECONDS:
                slices.append(Slice(now))
            slices[-1].records += len(batch)
            if batch.refused:
                slices[-1].refused += batch.refused
                for reason, times in batch.reasons.most_common(MOST_REASONS):
                    if reason in slices[-1].reasons or len(slices[-1].reasons) < MOST_REASONS:
                        slices[-1].reasons[reason] += times
                self._check(batch.topic.name, slices)

    def _check(self, topic: str, slices: Sequence[Slice]) -> None:
        records = sum(one.records for one in slices)
        refused = sum(one.refused for one in slices)
        if records < MIN_RECORDS or refused <= self._limit * records:
            return
        reason, times = sum((one.reasons for one in slices), Counter[str]()).most_common(1)[0]
        raise Stop(
            f"{refused:,} of the last {records:,} records of {topic} ({WINDOW_SECONDS / 60:g} minutes) were "
            f"refused, more than TILLWATCH_MAX_REFUSED_RATIO = {self._limit:g} allows; most often ({times:,} "
            f"times): {reason[:LONGEST_REASON]}. The last of them are not committed. Correct the sender, or "
            "start a version that knows its records; to set them all aside in dead-letters, start with "
            "TILLWATCH_MAX_REFUSED_RATIO=1"
        )
