"""A made chain with the judge of its figures, as time passes."""

from copy import copy
from functools import cache
from random import Random

from detectors.watch.finding import Finding
from detectors.watch.sales import SeriesWatch
from schemas.expectation import Expectation
from tests.support.made_chain import BEGIN, DAY, Everything, MadeChain

__all__ = ["DAYS", "HOUR", "TODAY", "Watched", "watched"]

TODAY = 7 * DAY
DAYS = 8
HOUR = 3_600


class Watched:
    """A chain and what its watcher has said so far."""

    def __init__(self, chain: MadeChain, *, order: Random | None = None) -> None:
        self.sources = Everything()
        self.watch = SeriesWatch(chain.stores, self.sources)
        self.partials = chain.partials()
        self.found: dict[str, Finding] = {}
        self.first_told: dict[str, float] = {}
        self.log: list[tuple[float, Finding]] = []
        self.published: list[list[Expectation]] = []
        self._order = order
        self._at = 0

    def run(self, until: int, *, begin: int = TODAY, step: int = 300) -> None:
        """Let time pass from `begin` to `until`, in seconds from the beginning."""
        for now in range(begin, until + 1, step):
            batch = []
            while self._at < len(self.partials) and self.partials[self._at][0] <= now:
                batch.append(self.partials[self._at][1])
                self._at += 1
            if self._order is not None:
                self._order.shuffle(batch)
            self.watch.partials(batch)
            self.sources.now = BEGIN.timestamp() + now
            for finding in self.watch.findings(self.sources.now):
                self.found[finding.alert_id] = finding
                self.first_told.setdefault(finding.alert_id, now)
                self.log.append((now, finding))
            published = self.watch.expectations(self.sources.now)
            if published:
                self.published.append(published)


def watched(days: int = DAYS) -> MadeChain:
    chain = copy(made(days))
    chain.happened = list(chain.happened)
    return chain


@cache
def made(days: int) -> MadeChain:
    return MadeChain(1, days)
