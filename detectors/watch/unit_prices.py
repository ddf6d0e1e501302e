"""What an article costs, for the money behind pieces."""

from collections import deque
from collections.abc import Sequence
from itertools import islice

from schemas.score import Score

__all__ = ["UnitPrices"]

KEPT = 41
"""The middle of so many receipts is the usual price: an hour of wrong ones does not change it. Chosen."""

LATEST = 3
ODD_SHARE = 0.35
"""The latest receipts below this share of the usual price: a wrong price, and no reduction. Chosen."""


class UnitPrices:
    """The usual price of each article in the reporting currency, from the lines of receipts.

    Cost: about .3 µs a line. Memory: 41 numbers an article.
    """

    def __init__(self) -> None:
        self._seen: dict[str, deque[int]] = {}

    def take(self, scores: Sequence[Score]) -> None:
        """Learn from scores' payments that were made in the reporting currency."""
        for score in scores:
            payment = score.payment
            if payment is None or payment.reporting_minor != payment.amount_minor:
                continue
            for line in payment.lines:
                sku = line.sku
                seen = self._seen.get(sku)
                if seen is None:
                    seen = self._seen[sku] = deque(maxlen=KEPT)
                seen.appendleft(line.unit_price_minor)

    def minor(self, sku: str) -> int | None:
        """Give the usual price of a piece in minor units; None if it was never sold."""
        seen = self._seen.get(sku)
        return None if seen is None else sorted(seen)[len(seen) // 2]

    def is_odd(self, sku: str) -> bool:
        """Say whether an article goes for far less than usual just now."""
        seen, usual = self._seen.get(sku), self.minor(sku)
        if seen is None or usual is None:
            return False
        return sorted(islice(seen, LATEST))[min(LATEST, len(seen)) // 2] < ODD_SHARE * usual
