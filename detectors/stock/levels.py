"""Levels and days of cover, from movements and counts."""

from collections.abc import Sequence
from datetime import UTC, datetime

from detectors.snapshot import Parts
from detectors.stock.article import Article
from detectors.stock.article_columns import article_parts, articles_of
from detectors.watermark import DAY_SECONDS, Watermark
from schemas.origin import Origin
from schemas.stock_level import StockLevel
from schemas.stock_movement import StockMovement, level_change

__all__ = ["StockLevels"]

LEAST_DEMAND = 1e-6
"""Pieces a day. Below one sale in three thousand years "days of cover" says nothing, and would overflow."""

HOUR_SECONDS = 3_600.0

LATE_SECONDS = 2 * DAY_SECONDS
"""A count that arrives so late still knows the movements after it. Chosen, not tuned."""

AHEAD_SECONDS = 30 * DAY_SECONDS
"""A clock that runs farther ahead is not believed: its count would overrule all movements until then. Not
less, because the watermark of a partition with few events is days behind. Chosen, not tuned."""


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

    def snapshot(self) -> Parts:
        """Copy all articles."""
        return {**article_parts(self._articles), **self._watermark.snapshot()}

    def restore(self, parts: Parts) -> None:
        """Go on from a copy, in an object that has seen nothing yet.

        Raises
        ------
        SnapshotRefused
            Arrays that do not fit together.

        """
        self._articles = articles_of(parts)
        self._watermark.restore(parts)

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
                article.explain(seconds, level_change(movement))
        else:
            article.move(seconds, level_change(movement))
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
