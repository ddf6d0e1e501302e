"""How new and how complete the figures are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.query import Query

__all__ = ["COMPLETENESS", "FRESHNESS", "CompletenessRow", "FreshnessRow", "completeness"]


@dataclass(frozen=True)
class FreshnessRow:
    """When the newest record of any kind was appended to Kafka, of those that the store holds."""

    newest: datetime | None


@dataclass(frozen=True)
class CompletenessRow:
    """Events that the sources say they sent, by their heartbeats, and those of them that are here."""

    expected: int
    received: int


FRESHNESS = Query("freshness", FreshnessRow)
COMPLETENESS = Query("completeness", CompletenessRow, every_seconds=5)


def completeness(rows: Sequence[CompletenessRow]) -> float | None:
    """Compute the share of events that arrived, in [0, 1]; None if no source says how many it sent."""
    if not rows or not rows[0].expected:
        return None
    return min(1.0, rows[0].received / rows[0].expected)
