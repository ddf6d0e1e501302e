"""What a sink has done since it started, for its log."""

from collections import Counter
from dataclasses import dataclass, field

__all__ = ["Tally"]


@dataclass
class Tally:
    """Counts, all from the start of the process.

    Parameters
    ----------
    rows
        Written, by table; a range that was written again counts again.
    inserts
        Made.
    batches_again
        Batches that a predecessor, or this sink before a rebalance, had announced.
    rows_already_there
        Rows of those that ClickHouse already held, and so dropped the second time.
    refused
        Records that break their contract.
    repeats, gaps
        Of dense topics: records dropped because their origin was counted before; origins that never came.

    """

    rows: Counter[str] = field(default_factory=Counter)
    inserts: int = 0
    batches_again: int = 0
    rows_already_there: int = 0
    refused: int = 0
    repeats: int = 0
    gaps: int = 0

    def fields(self) -> dict[str, object]:
        """Give all as fields of a log line."""
        return {**vars(self), "rows": dict(self.rows)}
