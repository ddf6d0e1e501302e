"""One picture a second for all who look at the same: the store is asked once, however many they are."""

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Any

import orjson

from console.compose import compose, day_of
from console.cue_sheet_file import CueSheetFile
from console.masking import without
from console.now import Now
from console.panels.open_alerts import OF_PEOPLE, OPEN_ALERTS
from console.panels.stores import STORES
from console.query import Parameter, query_parameters
from console.reader import MAX_VIEWS, Readings, StoreReader
from console.selection import EVERYTHING, Choice, Selection, choices, refuse_unknown, selection_parameters
from console.settings import ConsoleSettings
from console.trading_day import TradingDay, trading_day
from producers.clock import Clock, read_clock
from producers.errors import ClockUnreadable

__all__ = ["Feed", "Picture"]

logger = logging.getLogger(__name__)

TICK_SECONDS = 1.0
MAX_SELECTIONS = 12
"""Different selections watched at once. Each costs the store its own questions, one after another, so with
all of them a picture is still only a few seconds old (chosen, not tuned)."""


LINGER_SECONDS = 60.0
LINGER_TICK_SECONDS = 5.0
"""So long, and so often, pictures are taken on of what the last viewer looked at: who comes back from another
page does not wait for the store, which takes half a second for all questions at once (chosen, not tuned)."""


@dataclass(frozen=True)
class Picture:
    """The page at one moment, encoded once for all viewers; `taken` by the monotonic clock.

    `choices` is what each chip offers; `people` are ids of cards and devices that its sentences may name.
    `asked` and `rows` are what the store was asked with and what it answered, by the query's name.
    """

    now: Now
    json: bytes
    number: int
    taken: float
    choices: dict[str, tuple[Choice, ...]]
    people: tuple[str, ...]
    asked: Mapping[str, Parameter]
    rows: Mapping[str, Sequence[Any]]

    @cached_property
    def of_nobody(self) -> "Picture":
        """The same for those who only look: ids of people are cut.

        Cost: 1 ms with ten alerts about people, once a picture.
        """
        now = replace(
            self.now,
            status=without(self.people, self.now.status),
            rail=without(self.people, self.now.rail),
            day=replace(
                self.now.day,
                flags=without(self.people, self.now.day.flags),
                told=without(self.people, self.now.day.told),
            ),
            store_wall=without(self.people, self.now.store_wall),
            cues=without(self.people, self.now.cues),
        )
        return replace(self, now=now, json=orjson.dumps(now))

    @property
    def event(self) -> bytes:
        """The picture as a server-sent event."""
        return b"event: now\nid: %d\ndata: %b\n\n" % (self.number, self.json)


class Feed:
    """Takes a picture a second while somebody looks and a while after, and on demand for a single request.

    One picture per selection, whatever the number of its viewers. Pictures are taken one after another and
    never overlap, so many selections at once make each one slower and not the store busier; the next round
    begins a second after the last began, or when that is done.
    """

    def __init__(self, reader: StoreReader, settings: ConsoleSettings) -> None:
        self.reader = reader
        self.settings = settings
        self.viewers = 0
        self.closing = False
        self._since = datetime.now(UTC)
        self._watched: Counter[Selection] = Counter()
        self._left: tuple[Selection, float] | None = None
        self._pictures: dict[Selection, Picture] = {}
        self._number = 0
        self._taking = asyncio.Lock()
        self._changed = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None
        self._clock: Clock = read_clock(None)
        self._before: TradingDay | None = None
        self._cue_sheet = CueSheetFile(settings.cue_sheet)

    @property
    def asking(self) -> bool:
        """Whether pictures are being taken for viewers."""
        return self._task is not None

    def has_room(self, chosen: Selection) -> bool:
        """Whether one more viewer of a selection can be served."""
        known = chosen in self._watched or len(self._watched) < MAX_SELECTIONS
        return known and self.viewers < self.settings.max_viewers

    async def current(self, chosen: Selection = EVERYTHING) -> Picture:
        """Return a picture that is at most a second old, five where the last viewer left it a moment ago.

        While the next is taken it is the one before.
        """
        good = TICK_SECONDS if chosen in self._watched or not self._lingers(chosen) else LINGER_TICK_SECONDS
        before = self._pictures.get(chosen)
        if self._taking.locked() and before and time.monotonic() - before.taken < good + TICK_SECONDS:
            return before
        async with self._taking:
            picture = self._pictures.get(chosen)
            if picture is None or time.monotonic() - picture.taken >= good:
                picture = await self._take(chosen)
            self._pictures.pop(chosen, None)  # it is the last to be forgotten
            self._pictures[chosen] = picture
            while len(self._pictures) > MAX_VIEWS:
                self._pictures.pop(next(iter(self._pictures)))
            return picture

    async def fitting(self, chosen: Selection) -> Picture:
        """Return the same of a part of the business that exists.

        Raises
        ------
        AddressUnfit
            There is no such part.

        """
        picture = await self.current(chosen)
        refuse_unknown(chosen, self.reader.shared.of(STORES))
        return picture

    async def follow(self, chosen: Selection = EVERYTHING) -> AsyncGenerator[Picture, None]:
        """Yield the picture, then each new one. Whoever reads slowly gets fewer, never older ones."""
        self.viewers += 1
        self._watched[chosen] += 1
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        try:
            picture = await self.current(chosen)
            while not self.closing:
                yield picture
                async with self._changed:
                    await self._changed.wait_for(partial(self._news_since, chosen, picture.number))
                picture = self._pictures.get(chosen, picture)
        finally:
            self.viewers -= 1
            self._watched[chosen] -= 1
            if not self._watched[chosen]:
                del self._watched[chosen]
                self._left = chosen, time.monotonic()

    def _news_since(self, chosen: Selection, seen: int) -> bool:
        picture = self._pictures.get(chosen)
        return self.closing or (picture is not None and picture.number > seen)

    async def close(self) -> None:
        """End all streams and stop asking."""
        self.closing = True
        async with self._changed:
            self._changed.notify_all()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self.reader.close()

    async def _run(self) -> None:
        """Take pictures while somebody looks, and a while after."""
        while wanted := self._wanted():
            begun = time.monotonic()
            for chosen in wanted:
                try:
                    await self.current(chosen)
                except Exception:  # the edge: one bad picture must not end the stream for everybody
                    logger.exception("no picture")
                async with self._changed:
                    self._changed.notify_all()
            await asyncio.sleep(max(0.05, begun + TICK_SECONDS - time.monotonic()))
        self._task = None

    def _wanted(self) -> set[Selection]:
        left = {self._left[0]} if self._left is not None and self._lingers(self._left[0]) else set()
        return {*self._watched, *left}

    def _lingers(self, chosen: Selection) -> bool:
        """Whether the last viewer has left a selection a moment ago."""
        if self._left is None or self._left[0] != chosen:
            return False
        return time.monotonic() - self._left[1] <= LINGER_SECONDS

    async def _take(self, chosen: Selection) -> Picture:
        taken = time.monotonic()
        clock, wall = self._read_clock(), datetime.now(UTC)
        day = self._day(clock, wall, chosen)
        readings, asked = await self._read(day, wall, chosen)
        now = compose(
            readings,
            chosen=chosen,
            clock=clock,
            wall=datetime.now(UTC),
            day=day,
            settings=self.settings,
            waiting_since=self._since,
            incidents=self._cue_sheet.incidents(taken),
        )
        self._number += 1
        people = tuple({row.entity for row in readings.of(OPEN_ALERTS) if row.entity_type in OF_PEOPLE})
        offered = choices(readings.of(STORES), chosen)
        rows = dict(readings.rows)
        return Picture(now, orjson.dumps(now), self._number, taken, offered, people, asked, rows)

    async def _read(
        self, day: TradingDay, wall: datetime, chosen: Selection
    ) -> tuple[Readings, Mapping[str, Parameter]]:
        moments = query_parameters(day, wall)
        if not chosen.everything and not self.reader.shared.of(STORES):
            # which stores are chosen is only known with the master data
            await self.reader.read(moments | selection_parameters(EVERYTHING, ()), EVERYTHING)
        known = self.reader.shared.of(STORES)
        asked = moments | selection_parameters(chosen, known)
        return await self.reader.read(asked, chosen), asked

    def _day(self, clock: Clock, wall: datetime, chosen: Selection) -> TradingDay:
        """Cut the day; what was finished once stays so, even if a simulated clock stands still."""
        day = day_of(clock, wall, self.reader.view(chosen), self.settings)
        before, self._before = self._before, day
        if before is not None and before.start == day.start and before.until > day.until:
            day = self._before = trading_day(day.now, before.until, self.settings.zone)
        return day

    def _read_clock(self) -> Clock:
        """Read the clock; a damaged file leaves the one before in force."""
        try:
            self._clock = read_clock(self.settings.clock_file)
        except ClockUnreadable as error:
            logger.warning("clock unreadable", extra={"error": str(error)})
        return self._clock
