"""One article at one place: its level, what moved it lately, and how fast it sells."""

from math import exp, expm1, inf

from detectors.watermark import DAY_SECONDS

__all__ = ["Article"]

DEMAND_DAYS = 7.0
"""Time constant of the demand: a week, so that every weekday has its say. Chosen, not tuned."""


class Article:
    """One SKU at one place. Times are in seconds since 1970.

    `changes` holds the movements of the last two days, so that a count that arrives late can be carried
    forward; `sold` is the sum of sales, each faded by its age at `as_of`; `sales` holds those of the last
    hour. `difference` is what the last count found, against what was expected since `count_covers_from`.
    """

    __slots__ = (
        "as_of",
        "changes",
        "count_covers_from",
        "counted_at",
        "difference",
        "last_receipt_at",
        "level",
        "sales",
        "since",
        "sold",
        "stated_at",
    )

    def __init__(self, seconds: float) -> None:
        self.level = 0
        self.stated_at = -inf
        self.counted_at: float | None = None
        self.changes: list[tuple[float, int]] = []
        self.difference: int | None = None
        self.count_covers_from = -inf
        self.last_receipt_at: float | None = None
        self.sales: list[tuple[float, int]] = []
        self.sold = 0.0
        self.since = seconds
        self.as_of = seconds

    def move(self, seconds: float, change: int) -> None:
        """Apply a movement, unless the last count has already seen it; then it explains what that found."""
        if change and seconds > self.stated_at:
            self.level += change
            self.changes.append((seconds, change))
        else:
            self.explain(seconds, change)

    def explain(self, seconds: float, change: int) -> None:
        """Correct what the last count found by a movement from before it, which it expected too late."""
        counted = self.counted_at
        if (
            self.difference is not None
            and counted is not None
            and self.count_covers_from < seconds <= counted
        ):
            self.difference -= change

    def count(self, seconds: float, pieces: int) -> None:
        """Believe a count, and note by how much it differs from what movements say."""
        expected = self.level - sum(change for at, change in self.changes if at > seconds)
        before = self.stated_at
        if self.state(seconds, pieces):
            self.counted_at = seconds
            self.count_covers_from = before
            self.difference = None if before == -inf else pieces - expected

    def state(self, seconds: float, level: int) -> bool:
        """Believe a stated level and carry it forward; say whether it was the newest."""
        if seconds < self.stated_at:
            return False
        self.changes = [(at, change) for at, change in self.changes if at > seconds]
        self.level = level + sum(change for _, change in self.changes)
        self.stated_at = seconds
        return True

    def sell(self, seconds: float, pieces: int) -> None:
        """Take a sale into the demand; a late one has faded already."""
        if pieces:
            self.sales.append((seconds, pieces))
        days = (seconds - self.as_of) / DAY_SECONDS
        if days > 0:
            self.sold = self.sold * exp(-days / DEMAND_DAYS) + pieces
        else:
            self.sold += pieces * exp(days / DEMAND_DAYS)

    def advance(self, seconds: float) -> None:
        """Let time pass up to a movement that sells nothing."""
        if seconds > self.as_of:
            self.sold *= exp(-(seconds - self.as_of) / DAY_SECONDS / DEMAND_DAYS)

    def daily_demand(self) -> float:
        """Pieces sold a day. A constant rate comes out exactly, from the first day on."""
        days = max((self.as_of - self.since) / DAY_SECONDS, 1.0)
        return self.sold / (-expm1(-days / DEMAND_DAYS) * DEMAND_DAYS)
