"""Do payments become alerts? The last synthetic one that came through."""

from dataclasses import dataclass
from datetime import datetime

from console.query import Query

__all__ = ["LATE_SECONDS", "SYNTHETIC", "SyntheticRow", "silent_for"]

LATE_SECONDS = 180.0
"""One is sent a minute: three in a row did not come through (chosen, not tuned)."""


@dataclass(frozen=True)
class SyntheticRow:
    """When the last one was answered by the judge, and from Kafka's append to its score and to the answer."""

    last_at: datetime
    score_ms: int
    answer_ms: int


SYNTHETIC = Query("synthetic", SyntheticRow, every_seconds=2)


def silent_for(last: SyntheticRow | None, wall: datetime) -> float | None:
    """Give the seconds since one came through if that is too long; where none are sent nobody misses them."""
    silent = (wall - last.last_at).total_seconds() if last else 0.0
    return silent if silent > LATE_SECONDS else None
