"""Levels and days of cover, from movements and counts."""

from collections.abc import Sequence
from datetime import UTC, datetime
from math import exp, expm1, inf

from detectors.watermark import DAY_SECONDS, Watermark
from schemas.origin import Origin
from schemas.stock_level import StockLevel
from schemas.stock_movement import StockMovement

__all__ = ["StockLevels"]

DEMAND_DAYS = 7.0
"""Time constant of the demand: a week, so that every weekday has its say. Chosen, not tuned."""

LEAST_DEMAND = 1e-6
"""Pieces a day. Below one sale in three thousand years "days of cover" says nothing, and would overflow."""

HOUR_SECONDS = 3_600.0

LATE_SECONDS = 2 * DAY_SECONDS
"""A count that arrives so late still knows the movements after it. Chosen, not tuned."""

AHEAD_SECONDS = 30 * DAY_SECONDS
"""A clock that runs farther ahead is not believed: its count would overrule all movements until then. Not
less, because the watermark of a partition with few events is days behind. Chosen, not tuned."""


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


class StockLevels:
    """The level of every SKU at every place of one input partition.

    A count, or a level that the source states, replaces what movements had added up to; movements from
    before it that arrive later no longer change it. Demand fades with a time constant of a week.

    Parameters
    ----------
    generation, topic, partition
        Where the movements come from, for the origin of what comes out.

    Cost: about 3 µs a movement, 6 µs a level. Memory: one entry per SKU and place for ever, since a level
    must not be forgotten, and its movements of the last two days.

    """

    def __init__(self, generation: str, topic: str, partition: int) -> None:
        self._generation = generation
        self._topic = topic
        self._partition = partition
        self._articles: dict[tuple[str, str], Article] = {}
        self._watermark = Watermark()

    def __len__(self) -> int:
        """Count the articles and the movements remembered."""
        return len(self._articles) + sum(
            len(article.changes) + len(article.sales) for article in self._articles.values()
        )

    def observe(self, batch: Sequence[tuple[int, StockMovement]]) -> list[StockLevel]:
        """Apply movements, each with its offset, in offset order.

        Returns
        -------
        list of StockLevel
            One for each article touched, as it is after the batch.

        """
        touched: dict[tuple[str, str], int] = {}
        for offset, movement in batch:
            key = (movement.place_id, movement.sku)
            self._apply(key, movement)
            touched[key] = offset
        return [self._level(key, offset) for key, offset in touched.items()]

    def _apply(self, key: tuple[str, str], movement: StockMovement) -> None:
        seconds = movement.occurred_at.timestamp()
        watermark = self._watermark.advance(seconds)
        forgotten = watermark - LATE_SECONDS
        if seconds > watermark + AHEAD_SECONDS > 0:
            seconds = watermark + AHEAD_SECONDS
        article = self._articles.get(key)
        if article is None:
            article = self._articles[key] = Article(seconds)
        if movement.kind == "sale":
            article.sell(seconds, movement.quantity)
        else:
            article.advance(seconds)
        if movement.kind == "count":
            article.count(seconds, movement.quantity)
        elif movement.level_after is not None:
            if not article.state(seconds, movement.level_after):
                article.explain(seconds, movement.change())
        else:
            article.move(seconds, movement.change())
        article.as_of = max(article.as_of, seconds)
        article.since = min(article.since, seconds)
        if movement.kind == "receipt":
            article.last_receipt_at = max(article.last_receipt_at or seconds, seconds)
        if article.sales:
            article.sales = [(at, sold) for at, sold in article.sales if at > article.as_of - HOUR_SECONDS]
        if len(article.changes) >= 64 and article.changes[len(article.changes) // 2][0] <= forgotten:
            article.changes = [(at, change) for at, change in article.changes if at > forgotten]

    def _level(self, key: tuple[str, str], offset: int) -> StockLevel:
        article = self._articles[key]
        demand = article.daily_demand()
        return StockLevel(
            place_id=key[0],
            sku=key[1],
            level=article.level,
            counted_at=moment(article.counted_at),
            as_of=datetime.fromtimestamp(article.as_of, UTC),
            daily_demand=demand,
            days_of_cover=max(article.level, 0) / demand if demand > LEAST_DEMAND else None,
            sold_last_hour=sum(pieces for _, pieces in article.sales),
            sales_last_hour=len(article.sales),
            last_receipt_at=moment(article.last_receipt_at),
            count_difference=article.difference,
            origin=Origin(
                generation=self._generation, topic=self._topic, partition=self._partition, offset=offset
            ),
        )


def moment(seconds: float | None) -> datetime | None:
    """Turn seconds since 1970 into a moment."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
