"""Takes pictures of one sheet: the store is asked once a second, however many look at the same."""

import asyncio
import logging
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

import orjson

from console.compose import day_of
from console.panels.stores import STORES
from console.query import query_parameters
from console.reader import MAX_VIEWS, StoreReader
from console.selection import Choice, Selection, refuse_unknown
from console.settings import ConsoleSettings
from console.sheets.picture import SheetPicture, asked_queries, sheet_picture
from console.sheets.sheet import Asked, Sheet
from console.sheets.span import span_of
from console.trading_day import trading_day
from producers.clock import Clock, read_clock
from producers.errors import ClockUnreadable
from sinks.settings import ClickHouseSettings

__all__ = ["SheetFeed", "Taken"]

logger = logging.getLogger(__name__)

FRESH_SECONDS = 0.9
"""A picture this young is shared: a little under the tick, so that no viewer skips one."""
MAX_WATCHED = 12
"""Different addresses of a sheet that are watched at once. Chosen, not tuned."""


@dataclass(frozen=True)
class Taken:
    """A picture, encoded once for all viewers; `choices` is what each filter offers."""

    picture: SheetPicture
    choices: dict[str, tuple[Choice, ...]]
    taken: float

    @cached_property
    def json(self) -> bytes:
        """The picture for programs."""
        return orjson.dumps(self.picture)

    @cached_property
    def event(self) -> bytes:
        """The picture as a server-sent event."""
        return b"event: now\ndata: %b\n\n" % self.json


class SheetFeed:
    """Asks on demand, at most once a second for each address, one after another.

    Parameters
    ----------
    sheet
        What it takes pictures of.
    store
        As a user who can only read.
    settings
        Of the console.

    """

    def __init__(self, sheet: Sheet, store: ClickHouseSettings, settings: ConsoleSettings) -> None:
        self.sheet = sheet
        self.settings = settings
        self.closing = asyncio.Event()
        self.watched: Counter[Asked] = Counter()
        self._reader = StoreReader(store, asked_queries(sheet))
        self._since = datetime.now(UTC)
        self._pictures: dict[Asked, Taken] = {}
        self._taking = asyncio.Lock()
        self._clock: Clock = read_clock(None)

    def has_room(self, asked: Asked) -> bool:
        """Whether one more viewer of an address can be served."""
        known = asked in self.watched or len(self.watched) < MAX_WATCHED
        return known and self.watched.total() < self.settings.max_viewers

    async def current(self, asked: Asked) -> Taken:
        """Return a picture that is at most a second old.

        Raises
        ------
        AddressUnfit
            The range that the address names ends before it begins.

        """
        async with self._taking:
            taken = self._pictures.pop(asked, None)
            if taken is None or time.monotonic() - taken.taken >= FRESH_SECONDS:
                taken = await self._take(asked)
            self._pictures[asked] = taken
            while len(self._pictures) > MAX_VIEWS:
                self._pictures.pop(next(iter(self._pictures)))
            return taken

    async def fitting(self, asked: Asked) -> Taken:
        """Return the same of a part of the business that exists; raises as `current`, also if none does."""
        taken = await self.current(asked)
        part = Selection(*(asked.of(name) for name in ("region", "store", "channel")))
        refuse_unknown(part, self._reader.shared.of(STORES))
        return taken

    async def tick(self) -> bool:
        """Wait for the next second; False when the console is closing."""
        try:
            await asyncio.wait_for(self.closing.wait(), 1.0)
        except TimeoutError:
            return True
        return False

    async def close(self) -> None:
        """End all streams and the connections."""
        self.closing.set()
        await self._reader.close()

    async def _take(self, asked: Asked) -> Taken:
        taken = time.monotonic()
        self._read_clock()
        clock, wall = self._clock, datetime.now(UTC)
        day = day_of(clock, wall, self._reader.view(asked), self.settings)
        by_wall = trading_day(wall, wall, self.settings.zone)
        on_clock = by_wall if self.sheet.clock == "wall" else day
        until = wall if self.sheet.clock == "wall" else day.until
        named = (asked.begin, asked.end)
        span = span_of(asked.length, named, asked.comparison, day=on_clock, until=until)
        parameters = query_parameters(day, wall) | span.parameters() | dict(asked.filters)
        readings = await self._reader.read(parameters | {"subject": asked.subject}, asked)
        picture = sheet_picture(
            self.sheet,
            asked,
            readings,
            span=span,
            clock=clock,
            wall=datetime.now(UTC),
            day=day,
            settings=self.settings,
            waiting_since=self._since,
        )
        choices = {one.name: one.choices(readings) for one in self.sheet.filters if one.choices is not None}
        return Taken(picture, choices, taken)

    def _read_clock(self) -> None:
        """Read the clock; a damaged file leaves the one before in force."""
        try:
            self._clock = read_clock(self.settings.clock_file)
        except ClockUnreadable as error:
            logger.warning("clock unreadable", extra={"error": str(error)})
