"""The payments of the last day, to be looked at again when something is learnt about them."""

from collections.abc import Iterator

from detectors.watch.paid import Paid
from detectors.watermark import DAY_SECONDS

__all__ = ["RecentPaid"]


class RecentPaid:
    """Every payment of the last 24 to 48 hours of event time, by event id.

    Two generations instead of a search for what is old. Cost: .2 µs a payment; about 900 bytes each.
    """

    def __init__(self) -> None:
        self._recent: dict[int, Paid] = {}
        self._aging: dict[int, Paid] = {}
        self._rotate_at = 0.0

    def __len__(self) -> int:
        """Count the payments remembered."""
        return len(self._recent) + len(self._aging)

    def add(self, one: Paid, watermark: float) -> bool:
        """Remember a payment; say whether it is new."""
        if watermark >= self._rotate_at:
            self._aging, self._recent = self._recent, {}
            self._rotate_at = watermark + DAY_SECONDS
        if one.event in self._recent or one.event in self._aging:
            return False
        self._recent[one.event] = one
        return True

    def get(self, event: int) -> Paid | None:
        """Give a payment, if it is remembered."""
        return self._recent.get(event) or self._aging.get(event)

    def day_before(self, seconds: float) -> Iterator[Paid]:
        """Go through the payments of the day before a moment."""
        for generation in (self._aging, self._recent):
            for one in generation.values():
                if seconds - DAY_SECONDS < one.seconds <= seconds:
                    yield one
