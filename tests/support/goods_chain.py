"""A made chain whose payments are each for one piece of goods of some category."""

from collections.abc import Mapping
from datetime import timedelta

from schemas.metric_partial import MetricPartial
from schemas.origin import Origin
from tests.support.made_chain import BEGIN, Happened, MadeChain

__all__ = ["GoodsChain", "goods_partial"]


class GoodsChain(MadeChain):
    """`shares` of the payments are for goods of a category, in an order that is always the same."""

    def __init__(
        self, seed: int, days: int, shares: Mapping[str, float], *, numbers: tuple[int, ...]
    ) -> None:
        super().__init__(seed, days, numbers=numbers)
        self.shares = shares

    def category(self, one: Happened) -> str:
        """Say of which category the goods of a payment are; all its series agree."""
        left = (one.at * 7_919 + len(one.store_id) * 101 + ord(one.store_id[-1])) % 9_973 / 9_973
        for category, share in self.shares.items():
            left -= share
            if left < 0:
                return category
        return category

    def partials(self) -> list[tuple[int, MetricPartial]]:
        """Give those of the goods too."""
        sums: dict[tuple[int, str, str], list[int]] = {}
        for one in self.happened:
            if one.series == "orders":
                told = sums.setdefault((one.at // 60, one.channel, self.category(one)), [0, 0])
                told[0] += 1
                told[1] += one.total
        goods = [
            (minute * 60 + 60, goods_partial(channel, category, minute, count=count, total=total))
            for (minute, channel, category), (count, total) in sums.items()
        ]
        return sorted([*super().partials(), *goods], key=lambda pair: pair[0])


def goods_partial(
    channel: str, category: str, minute: int, *, count: int = 1, total: int = 1_000
) -> MetricPartial:
    """Make a partial of goods; minutes are counted from the beginning of the chain."""
    return MetricPartial.model_construct(
        series="goods", store_id="", channel=channel, category=category,
        minute=BEGIN + timedelta(minutes=minute), count=count, total=total,
        origin=Origin.model_construct(generation="topic:0", topic="scores", partition=0, offset=minute),
        schema_version=1,
    )  # fmt: skip
