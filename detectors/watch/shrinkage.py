"""Counts that find fewer pieces than movements say."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf

from detectors.watch.completeness import Completeness
from detectors.watch.finding import Finding
from detectors.watch.stores import StoreBook
from detectors.watch.unit_prices import UnitPrices
from detectors.watch.wording import count, money
from schemas.alert import AlertReason
from schemas.stock_level import StockLevel

__all__ = ["ShrinkageWatch"]

DETECTOR = "shrinkage/1"

LEAST_PIECES = 5
LEAST_PIECES_WITHOUT_PRICE = 8
LEAST_MONEY_MINOR = 10_000
"""Below, nobody would go and look. Chosen."""

LEAST_SHARE = 0.05
"""Of what was expected: a large stock is counted less exactly. Chosen."""

USUAL_FACTOR = 6.0
COUNTS_KEPT = 50
ERROR_FLOOR = 0.5
"""Pieces by which counts of a place are taken to be wrong at least. Chosen."""

SETTLE_SECONDS = 600.0
"""A count waits so long for movements from before it that are still on their way. Chosen."""

WAIT_SECONDS = 86_400.0
"""And no longer than a day for a store whose sources are silent. Chosen."""

KEEP_SECONDS = 30 * 86_400.0
"""What was told is corrected by late movements and found pieces for so long. Chosen."""


@dataclass
class Loss:
    """A count that found too little. `seen_at` is event time when it was seen; `finding` once told."""

    level: StockLevel
    counted: int | None
    usual_error: float
    seen_at: float
    finding: Finding | None = None


class ShrinkageWatch:
    """Watches what counts find.

    Counts of a place agree with movements within a small error, which is learnt. One that finds fewer pieces
    by far more than that, worth the trouble, is a finding once movements from before it can no longer come:
    ten minutes later, and when all events of the store up to the count are here. Movements that come later
    still and explain it end it, and so does a later count that finds the pieces again.

    Parameters
    ----------
    stores
        Names of places.
    prices
        For the money; none = findings without money.
    sources
        How complete each store is; none = the ten minutes must do.

    Cost: about 1 µs a level. Memory: 50 numbers a place, and each loss for 30 days.

    """

    def __init__(
        self, stores: StoreBook, prices: UnitPrices | None = None, sources: Completeness | None = None
    ) -> None:
        self._stores = stores
        self._prices = UnitPrices() if prices is None else prices
        self._sources = sources
        self._errors: dict[str, deque[int]] = {}
        self._last_count: dict[tuple[str, str], float] = {}
        self._losses: dict[tuple[str, str], Loss] = {}
        self._found: list[Finding] = []

    def __len__(self) -> int:
        """Count the losses remembered."""
        return len(self._losses)

    def levels(self, levels: Sequence[StockLevel]) -> None:
        """Take in levels of stock."""
        for level in levels:
            if level.counted_at is None or level.count_difference is None:
                continue
            key = (level.place_id, level.sku)
            counted_at = level.counted_at.timestamp()
            before = self._last_count.get(key, -inf)
            if counted_at > before:
                self._last_count[key] = counted_at
                self._counted(key, level)
            elif counted_at == before and key in self._losses:
                self._corrected(key, level)

    def findings(self, now: float) -> list[Finding]:
        """Give what is new or changed about pieces that are missing."""
        for key, loss in list(self._losses.items()):
            if loss.seen_at == inf:
                loss.seen_at = now
            if loss.finding is None:
                if self._is_settled(loss, now):
                    self._tell(loss, now)
            elif now > loss.seen_at + KEEP_SECONDS:
                del self._losses[key]
        found, self._found = self._found, []
        return found

    def _counted(self, key: tuple[str, str], level: StockLevel) -> None:
        difference = level.count_difference or 0
        errors = self._errors.setdefault(level.place_id, deque(maxlen=COUNTS_KEPT))
        usual = max(sum(errors) / len(errors) if errors else 0.0, ERROR_FLOOR)
        earlier = self._losses.get(key)
        if earlier is not None and difference * 2 >= -(earlier.level.count_difference or 0):
            del self._losses[key]
            self._close(earlier, level, f"{count(difference, 'piece')} of {level.sku} found again")
        counted = level.level if level.as_of == level.counted_at else None
        if self._is_unusual(level, counted, usual):
            self._losses[key] = Loss(level, counted, usual, inf)
        else:
            errors.append(abs(difference))

    def _is_unusual(self, level: StockLevel, counted: int | None, usual: float) -> bool:
        missing = -(level.count_difference or 0)
        if missing < max(LEAST_PIECES, USUAL_FACTOR * usual):
            return False
        if counted is not None and missing < LEAST_SHARE * (counted + missing):
            return False
        price = self._prices.minor(level.sku)
        if price is None:
            return missing >= LEAST_PIECES_WITHOUT_PRICE
        return missing * price >= LEAST_MONEY_MINOR

    def _corrected(self, key: tuple[str, str], level: StockLevel) -> None:
        """Take notice that a movement from before the count has come late."""
        loss = self._losses[key]
        if level.count_difference == loss.level.count_difference:
            return
        loss.level = level
        if not self._is_unusual(level, loss.counted, loss.usual_error):
            del self._losses[key]
            self._close(loss, level, f"movements that came late explain what was missing of {level.sku}")
        elif loss.finding is not None:
            self._tell(loss, level.as_of.timestamp())

    def _close(self, loss: Loss, level: StockLevel, why: str) -> None:
        if loss.finding is None:
            return
        at = max(level.as_of.timestamp(), loss.finding.last_at)
        sentence = f"{why[0].upper()}{why[1:]} at {self._stores.name(level.place_id)}"
        self._found.append(replace(loss.finding, sentence=sentence, last_at=at, until=at))

    def _is_settled(self, loss: Loss, now: float) -> bool:
        """Say whether no movement from before the count is still on its way."""
        place, counted_at = loss.level.place_id, self._last_count[loss.level.place_id, loss.level.sku]
        if now < loss.seen_at + SETTLE_SECONDS:
            return False
        if self._sources is None or place not in self._stores:
            return True
        return self._sources.complete_until(place) >= counted_at or now > loss.seen_at + WAIT_SECONDS

    def _worth(self, loss: Loss, missing: int, price: float | None) -> Iterator[AlertReason]:
        """Say what was counted, and what the missing pieces are worth."""
        if loss.counted is not None:
            expected = loss.counted + missing
            yield AlertReason(
                text=f"counted {loss.counted}, movements say {expected}",
                value=float(loss.counted),
                usual=float(expected),
                unit="pieces",
                weight=0.2,
            )
        if price is not None:
            worth = money(missing * price)
            yield AlertReason(
                text=f"worth {worth} at the last price", value=missing * price / 100, unit="EUR", weight=0.1
            )

    def _tell(self, loss: Loss, now: float) -> None:
        level = loss.level
        counted_at = self._last_count[level.place_id, level.sku]
        missing = -(level.count_difference or 0)
        price = self._prices.minor(level.sku)
        error = count(max(round(loss.usual_error), 1), "piece")
        against = (
            "than movements say"
            if loss.counted is None
            else f"counted {loss.counted}, movements say {loss.counted + missing}"
        )
        worth = "" if price is None else f", {money(missing * price)}"
        name = self._stores.name(level.place_id)
        loss.finding = Finding(
            kind="shrinkage",
            entity_type="sku",
            entity=level.sku,
            window=f"{level.place_id} {counted_at:.0f}",
            store_id=level.place_id,
            sentence=f"{count(missing, 'piece')} of {level.sku} missing at {name}{worth}: {against}; "
            f"counts there usually agree within {error}",
            since=counted_at,
            last_at=max(now, counted_at),
            reasons=(
                AlertReason(
                    text=f"{count(missing, 'piece')} fewer than expected, usually {loss.usual_error:.1f} off",
                    value=float(missing),
                    usual=round(loss.usual_error, 1),
                    unit="pieces",
                    weight=0.7,
                ),
                *self._worth(loss, missing, price),
            ),
            count=missing,
            money_at_risk_minor=0 if price is None else missing * price,
            detector=DETECTOR,
        )
        self._found.append(loss.finding)
