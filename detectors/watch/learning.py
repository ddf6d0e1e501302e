"""When to learn what is usual again, and from what."""

from collections.abc import Sequence
from math import inf

from detectors.watch.completeness import Completeness
from detectors.watch.finding import Finding
from detectors.watch.minute_book import MinuteBook
from detectors.watch.seasonal import Exclusion, Profile, learn
from detectors.watch.stores import StoreBook

__all__ = ["Learning"]

WAIT_SECONDS = 3_600.0
"""How long a new day waits for the last figures of the old one."""

KEPT_SECONDS = 29 * 86_400.0


class Learning:
    """The profile of the day, learnt anew when a local day begins from the finished days before it.

    Parameters
    ----------
    stores, book
        The stores and their figures.

    """

    def __init__(self, stores: StoreBook, book: MinuteBook) -> None:
        self._stores = stores
        self._book = book
        self._day = -inf
        self._complete_until: dict[str, float] = {}
        self._unusual: dict[str, Exclusion] = {}
        self.profile: Profile | None = None

    def exclude(self, findings: Sequence[Finding]) -> None:
        """Remember stretches that were not normal: nothing is learnt from them."""
        for finding in findings:
            until = inf if finding.until is None else finding.until
            self._unusual[finding.alert_id] = Exclusion(finding.store_id or "", finding.since, until)

    @property
    def learnt_days(self) -> int:
        """The whole days that the profile rests on."""
        return 0 if self.profile is None else self.profile.learnt_days

    @property
    def unusual(self) -> list[Exclusion]:
        """The stretches that were not normal."""
        return list(self._unusual.values())

    def refresh(self, now: float, sources: Completeness) -> bool:
        """Learn if a day has begun; say so if it was."""
        day = self._stores.day_start(None, now)
        if day <= self._day or self._book.first_minute == inf:
            return False
        if sources.complete_until("") < day and now < day + WAIT_SECONDS:
            return False
        for store_id in self._stores.ids:
            until = sources.complete_until(store_id)
            self._complete_until[store_id] = max(until, self._complete_until.get(store_id, -inf))
        if max(self._complete_until.values(), default=-inf) == -inf:
            return False
        self._day = day
        self._unusual = {
            key: stretch for key, stretch in self._unusual.items() if stretch.end > now - KEPT_SECONDS
        }
        self.profile = learn(
            self._book,
            self._stores,
            until=day,
            complete_until=self._complete_until,
            excluded=self.unusual,
        )
        return True
