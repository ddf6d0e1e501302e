"""The sources of one store: which of them are silent although they should speak."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from detectors.watch.signs_of_life import UsualGap
from detectors.watch.source_runs import SourceRuns
from detectors.watch.stores import StoreBook

__all__ = ["LEAST_SILENCE_SECONDS", "OPENING_SECONDS", "Source", "StoreSilence", "opening", "silence_of"]

LEAST_SILENCE_SECONDS = 360.0
"""Never called silent before. Three heartbeats of a till that speaks every two minutes."""

GAPS_OF_SILENCE = 3.0
"""Usual gaps without a sign of life. Chosen: two lost heartbeats are no silence."""

OPENING_SECONDS = 600.0
"""So long after opening time a source may still be starting. Chosen."""

MARGIN_MINUTES = 10.0
"""Around opening and closing time sources are switched on and off. Chosen."""

FRESH_GAPS = 1.5
"""A source heard within so many of its usual gaps is alive beyond doubt. Chosen."""

SHIFT_SECONDS = 43_200.0
"""Sources that were heard so long before the last one of their store belong to an earlier day. Chosen."""

DAY_SECONDS = 86_400.0


@dataclass(eq=False)
class Source:
    """One source: when it was heard last, how often it speaks, and what it has sent. Seconds since 1970."""

    name: str
    store_id: str | None = None
    heard: float = -inf
    last_beat: tuple[str, float] = ("", -inf)
    gap: UsualGap = field(default_factory=UsualGap)
    runs: SourceRuns = field(default_factory=SourceRuns)
    spared_until: float = -inf
    payments_per_hour: float | None = None
    first_of_run: tuple[str, float, int] = ("", -inf, 0)

    @property
    def limit(self) -> float | None:
        """Seconds without a sign of life after which it is silent; None if its rhythm is not known."""
        usual = self.gap.seconds
        return None if usual is None else max(GAPS_OF_SILENCE * usual, LEAST_SILENCE_SECONDS)


def opening(stores: StoreBook, store_id: str, now: float) -> float:
    """Give the moment at which a store opened or opens today; a day ago where it never closes."""
    hours = stores.hours(store_id, now)
    if hours is None:
        return inf
    return now - DAY_SECONDS if hours[1] - hours[0] > DAY_SECONDS - 3_600.0 else hours[0]


class StoreSilence(NamedTuple):
    """The sources of a store that should speak now, and those of them that do not."""

    expected: tuple[Source, ...]
    silent: tuple[Source, ...]
    fresh: int

    @property
    def whole_store(self) -> bool:
        """Whether most of the store is silent."""
        return 2 * len(self.silent) > len(self.expected)

    @property
    def others_speak(self) -> bool:
        """Whether the silent ones are alone with it beyond doubt."""
        return 2 * self.fresh >= len(self.expected) - len(self.silent) and self.fresh > 0


NOTHING = StoreSilence((), (), 0)


def silence_of(stores: StoreBook, store_id: str, sources: Iterable[Source], now: float) -> StoreSilence:
    """Look at a store. Of one that is closed, or whose hours nobody told, nothing is expected."""
    if store_id not in stores or not stores.is_open(store_id, now, margin_minutes=MARGIN_MINUTES):
        return NOTHING
    opened = opening(stores, store_id, now)
    known = [source for source in sources if source.limit is not None]
    last = max((source.heard for source in known), default=-inf)
    # of the last day on which anybody spoke; whoever has not spoken since is switched off
    since = max(last - SHIFT_SECONDS, opened - OPENING_SECONDS) if last >= opened else last - SHIFT_SECONDS
    expected = tuple(source for source in known if source.heard >= since)
    silent = []
    fresh = 0
    for source in expected:
        limit, gap = source.limit, source.gap.seconds
        if limit is None or gap is None:
            continue
        quiet_since = max(source.heard, source.spared_until)
        if source.heard < opened:
            quiet_since = max(quiet_since, opened + OPENING_SECONDS)
        if now - quiet_since > limit:
            silent.append(source)
        elif now - source.heard <= FRESH_GAPS * gap:
            fresh += 1
    return StoreSilence(expected, tuple(silent), fresh)
