"""Tells of silent stores and sources: when it begins, when it ends, and what came of the events meanwhile."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from statistics import median

from detectors.watch.finding import Finding
from detectors.watch.silence import Source, StoreSilence
from detectors.watch.stores import StoreBook
from detectors.watch.wording import count, duration
from schemas.alert import AlertReason, WatchedSeries

__all__ = ["SilenceReport"]

DETECTOR = "silent-source/1"

SETTLE_SECONDS = 900.0
"""After the first sign of life a spool drains for so long at most before what is missing is told. Chosen."""

SPARED_SECONDS = 360.0
"""Once most of a store speaks again, the others have so long to follow. Chosen."""


@dataclass(eq=False)
class Absence:
    """A silence that was told. Times are seconds since 1970."""

    finding: Finding
    sources: dict[str, Source]
    expected: int
    heard: dict[str, float]
    sent: dict[str, int]
    kept: dict[str, int] = field(default_factory=dict)
    until: float | None = None
    """First sign of life of whoever came back first; none before."""

    def came_back(self, name: str, silent: Sequence[Source]) -> bool:
        """Say whether a source speaks again."""
        source = self.sources[name]
        return source.heard > self.heard[name] and all(one is not source for one in silent)

    def note_kept(self) -> None:
        """Learn from each source's first heartbeat how much it numbered meanwhile."""
        for name, source in self.sources.items():
            if name not in self.kept and source.last_beat[1] > self.heard[name]:
                self.kept[name] = max(source.runs.all().sent - self.sent[name], 0)

    def missing(self) -> int:
        """Count those of the events kept meanwhile that are not here yet."""
        return sum(
            min(kept, self.sources[name].runs.all().missing) for name, kept in self.kept.items() if kept
        )


class SilenceReport:
    """Turns who is silent into findings: one per store if most of it is, else one per source.

    A single source is told of only while others of its store speak, so that the first one of a store that
    falls silent is not told alone.
    """

    def __init__(self, stores: StoreBook) -> None:
        self._stores = stores
        self._whole: dict[str, Absence] = {}
        self._single: dict[str, Absence] = {}
        self._settling: list[Absence] = []
        self._found: list[Finding] = []

    def take(self) -> list[Finding]:
        """Hand out what is new or changed."""
        found, self._found = self._found, []
        return found

    def look(
        self,
        store_id: str,
        sources: Mapping[str, Source],
        silence: StoreSilence,
        now: float,
        completeness: Callable[[str], float | None],
    ) -> None:
        """Compare a store with what was told of it."""
        self._settle(store_id, now, completeness)
        whole = self._whole.get(store_id)
        if whole is not None:
            self._follow(store_id, whole, silence, now, completeness)
        elif silence.silent and silence.whole_store:
            self._begin_store(store_id, silence, now, completeness)
        elif silence.silent and silence.others_speak:
            for source in silence.silent:
                if source.name not in self._single:
                    self._begin_source(store_id, source, silence, now, completeness)
        for name in [name for name, one in self._single.items() if one.finding.store_id == store_id]:
            self._follow_source(name, sources, silence, now, completeness)

    def _begin_store(
        self,
        store_id: str,
        silence: StoreSilence,
        now: float,
        completeness: Callable[[str], float | None],
    ) -> None:
        since = max(source.heard for source in silence.silent)
        finding = Finding(
            kind="source_silent",
            entity_type="store",
            entity=store_id,
            window=f"{since:.0f}",
            store_id=store_id,
            sentence=self._store_sentence(store_id, silence, since),
            since=since,
            last_at=now,
            reasons=reasons(silence.silent, len(silence.expected), since, now),
            count=len(silence.silent),
            completeness=completeness(store_id),
            watched=WatchedSeries(series="revenue", store_id=store_id),
            detector=DETECTOR,
        )
        self._whole[store_id] = absence(finding, silence.expected, len(silence.expected))
        for name in [name for name, one in self._single.items() if one.finding.store_id == store_id]:
            single = self._single.pop(name)
            name_of_store = self._stores.name(store_id)
            sentence = f"{name} is silent as most of {name_of_store} is: see there"
            self._found.append(replace(single.finding, sentence=sentence, last_at=now, until=now))
        self._found.append(finding)

    def _begin_source(
        self,
        store_id: str,
        source: Source,
        silence: StoreSilence,
        now: float,
        completeness: Callable[[str], float | None],
    ) -> None:
        others = len(silence.expected) - len(silence.silent)
        clock = self._stores.clock(store_id, source.heard)
        usual = duration(source.gap.seconds or 0.0)
        finding = Finding(
            kind="source_silent",
            entity_type="source",
            entity=source.name,
            window=f"{source.heard:.0f}",
            store_id=store_id,
            sentence=f"{source.name} at {self._stores.name(store_id)} silent since {clock}: usually a sign "
            f"of life every {usual}; {count(others, 'other source speaks', 'other sources speak')}",
            since=source.heard,
            last_at=now,
            reasons=reasons((source,), len(silence.expected), source.heard, now),
            completeness=completeness(store_id),
            detector=DETECTOR,
        )
        self._single[source.name] = absence(finding, (source,), 1)
        self._found.append(finding)

    def _follow(
        self,
        store_id: str,
        whole: Absence,
        silence: StoreSilence,
        now: float,
        completeness: Callable[[str], float | None],
    ) -> None:
        """Tell of a store's silence what has changed, or that it is over."""
        whole.note_kept()
        store = self._stores.get(store_id)
        if store is not None and not store.hours:
            sentence = f"{self._stores.name(store_id)} is closed for good: nothing more is expected of it"
            self._found.append(replace(whole.finding, sentence=sentence, last_at=now, until=now))
            del self._whole[store_id]
            return
        back = [name for name in whole.sources if whole.came_back(name, silence.silent)]
        if back and whole.until is None:
            whole.until = min(whole.sources[name].heard for name in back)
        if 2 * len(back) >= whole.expected:
            for source in whole.sources.values():
                source.spared_until = now + SPARED_SECONDS
            del self._whole[store_id]
            self._end(whole, now, completeness)
        elif whole.until is None and len(silence.silent) > whole.finding.count:
            since = whole.finding.since
            whole.finding = replace(
                whole.finding,
                sentence=self._store_sentence(store_id, silence, since),
                reasons=reasons(silence.silent, len(silence.expected), since, now),
                count=len(silence.silent),
                last_at=now,
                completeness=completeness(store_id),
            )
            self._found.append(whole.finding)

    def _follow_source(
        self,
        name: str,
        sources: Mapping[str, Source],
        silence: StoreSilence,
        now: float,
        completeness: Callable[[str], float | None],
    ) -> None:
        """Tell that a single source speaks again, or that it is gone for good."""
        single = self._single[name]
        single.note_kept()
        if name not in sources:
            sentence = f"{name} has not been heard for two weeks: nothing more is expected of it"
            self._found.append(replace(single.finding, sentence=sentence, last_at=now, until=now))
            del self._single[name]
        elif single.came_back(name, silence.silent):
            single.until = sources[name].heard
            del self._single[name]
            self._end(single, now, completeness)

    def _end(self, gone: Absence, now: float, completeness: Callable[[str], float | None]) -> None:
        self._tell_end(gone, now, completeness)
        self._settling.append(gone)

    def _settle(self, store_id: str, now: float, completeness: Callable[[str], float | None]) -> None:
        """Tell once what came of the events, when all are here or have had the time."""
        for gone in [one for one in self._settling if one.finding.store_id == store_id]:
            gone.note_kept()
            told_by_all = len(gone.kept) == len(gone.sources)
            late = now > (gone.until or -inf) + SETTLE_SECONDS
            if late or (told_by_all and gone.missing() == 0):
                self._settling.remove(gone)
                self._tell_end(gone, now, completeness)

    def _tell_end(self, gone: Absence, now: float, completeness: Callable[[str], float | None]) -> None:
        finding = gone.finding
        until = now if gone.until is None else gone.until
        kept, missing = sum(gone.kept.values()), gone.missing()
        who = (
            self._stores.name(finding.entity)
            if finding.entity_type == "store"
            else f"{finding.entity} at {self._stores.name(finding.store_id or '')}"
        )
        came = f"; {kept - missing:,} of {count(kept, 'event')} kept meanwhile arrived" if kept else ""
        gone.finding = replace(
            finding,
            sentence=f"{who} back since {self._stores.clock(finding.store_id, until)} after "
            f"{duration(until - finding.since)} without a sign of life{came}",
            last_at=max(now, finding.last_at),
            until=until,
            completeness=completeness(finding.store_id or ""),
        )
        if gone.finding.sentence != finding.sentence:
            self._found.append(gone.finding)

    def _store_sentence(self, store_id: str, silence: StoreSilence, since: float) -> str:
        gaps = [source.gap.seconds for source in silence.silent if source.gap.seconds is not None]
        rates = [source.payments_per_hour or 0.0 for source in silence.silent]
        hourly = round(sum(rates))
        unseen = f"; about {count(hourly, 'payment')} an hour not visible" if hourly else ""
        return (
            f"{self._stores.name(store_id)} silent since {self._stores.clock(store_id, since)}: "
            f"{len(silence.silent)} of {count(len(silence.expected), 'source')}, usually a sign of life "
            f"every {duration(median(gaps))}{unseen}"
        )


def absence(finding: Finding, sources: Sequence[Source], expected: int) -> Absence:
    """Note what each source had sent when its silence was told."""
    return Absence(
        finding,
        {source.name: source for source in sources},
        expected,
        {source.name: source.heard for source in sources},
        {source.name: source.runs.all().sent for source in sources},
    )


def reasons(silent: Sequence[Source], expected: int, since: float, now: float) -> tuple[AlertReason, ...]:
    """Say why, in figures."""
    usual = median([source.gap.seconds or 0.0 for source in silent])
    hourly = sum(source.payments_per_hour or 0.0 for source in silent)
    quiet = now - since
    return (
        AlertReason(
            text=f"no sign of life for {duration(quiet)}, usually one every {duration(usual)}",
            value=round(quiet / 60, 1),
            usual=round(usual / 60, 1),
            unit="minutes",
            weight=0.6,
        ),
        AlertReason(
            text=f"{len(silent)} of {count(expected, 'source')} of the store silent",
            value=float(len(silent)),
            usual=0.0,
            unit="sources",
            weight=0.3,
        ),
        AlertReason(
            text=f"no payment to be seen, usually {hourly:.0f} an hour from there",
            value=0.0,
            usual=hourly,
            unit="payments an hour",
            weight=0.1,
        ),
    )
