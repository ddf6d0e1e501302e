"""The payments of the last hours by where they were made."""

from bisect import bisect_left, bisect_right, insort
from operator import attrgetter

from detectors.watch.paid import Paid

__all__ = ["RecentPlaces", "SpanOfPlace"]

SECONDS = attrgetter("seconds")


class SpanOfPlace:
    """The payments of a place within some seconds up to a moment: `paid[first:end]`, by time."""

    __slots__ = ("end", "first", "paid")

    def __init__(self, paid: list[Paid], span: float, kept: float, until: float) -> None:
        self.paid = paid
        self.end = bisect_right(paid, until, key=SECONDS)
        self.first = bisect_right(paid, until - span, key=SECONDS)
        if paid and paid[-1].seconds - kept > until - span:
            self.first = bisect_left(paid, paid[-1].seconds - kept, key=SECONDS)

    def __len__(self) -> int:
        """Count them."""
        return max(0, self.end - self.first)

    def payments(self) -> list[Paid]:
        """List them, the oldest first."""
        return self.paid[self.first : self.end]


class RecentPlaces:
    """Payments by place, sorted by time, those of the last hours of each.

    Two generations instead of a search for places that are gone. The oldest payments of a place are dropped
    when there are as many hours of them again as are asked for: dropping each alone would move all others.

    Parameters
    ----------
    kept
        Seconds before the newest payment of a place beyond which nothing is given.

    Cost: .3 µs a payment. Memory: payments of two to four times as long.

    """

    def __init__(self, kept: float) -> None:
        self._kept = kept
        self._recent: dict[str, list[Paid]] = {}
        self._aging: dict[str, list[Paid]] = {}

    def __len__(self) -> int:
        """Count the payments."""
        return sum(map(len, self._recent.values())) + sum(map(len, self._aging.values()))

    def rotate(self) -> None:
        """Forget the places that were not paid at since this was called last."""
        self._aging, self._recent = self._recent, {}

    def add(self, place: str, one: Paid) -> None:
        """Take in a payment."""
        recent = self._recent.get(place)
        if recent is None:
            if place not in self._aging:
                self._recent[place] = [one]
                return
            recent = self._recent[place] = self._aging.pop(place)
        newest = recent[-1].seconds
        if one.seconds >= newest:
            recent.append(one)
            newest = one.seconds
        else:
            insort(recent, one, key=SECONDS)
        if recent[0].seconds < newest - 2 * self._kept:
            del recent[: bisect_left(recent, newest - self._kept, key=SECONDS)]

    def within(self, place: str, span: float, until: float) -> SpanOfPlace:
        """Give the payments of less than `span` seconds up to a moment."""
        return SpanOfPlace(self._recent.get(place, []), span, self._kept, until)
