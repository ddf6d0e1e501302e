"""One picture a second for everybody who looks: the store is asked once, whatever their number."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import orjson

from console.compose import compose, day_of
from console.now import Now
from console.query import query_parameters
from console.reader import StoreReader
from console.settings import ConsoleSettings
from console.trading_day import TradingDay, trading_day
from producers.clock import Clock, read_clock
from producers.errors import ClockUnreadable

__all__ = ["Feed", "Picture"]

logger = logging.getLogger(__name__)

TICK_SECONDS = 1.0


@dataclass(frozen=True)
class Picture:
    """The page at one moment, encoded once for all viewers."""

    now: Now
    json: bytes
    number: int

    @property
    def event(self) -> bytes:
        """The picture as a server-sent event."""
        return b"event: now\nid: %d\ndata: %b\n\n" % (self.number, self.json)


class Feed:
    """Takes a picture a second while somebody looks, and on demand for a single request.

    The next one is taken a second after the last began, or when it is ready: they never overlap.
    """

    def __init__(self, reader: StoreReader, settings: ConsoleSettings) -> None:
        self.reader = reader
        self.settings = settings
        self.viewers = 0
        self.closing = False
        self._since = datetime.now(UTC)
        self._picture: Picture | None = None
        self._taken = -TICK_SECONDS
        self._taking = asyncio.Lock()
        self._changed = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None
        self._clock: Clock = read_clock(None)
        self._before: TradingDay | None = None

    @property
    def asking(self) -> bool:
        """Whether pictures are being taken for viewers."""
        return self._task is not None

    async def current(self) -> Picture:
        """Return a picture that is at most a second old."""
        async with self._taking:
            if self._picture is None or time.monotonic() - self._taken >= TICK_SECONDS:
                self._taken = time.monotonic()
                self._picture = await self._take()
            return self._picture

    async def follow(self) -> AsyncGenerator[Picture, None]:
        """Yield the picture, then each new one. Whoever reads slowly gets fewer, never older ones."""
        self.viewers += 1
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        try:
            picture = await self.current()
            while not self.closing:
                yield picture
                seen = picture.number
                async with self._changed:
                    await self._changed.wait_for(partial(self._news_since, seen))
                picture = self._picture or picture
        finally:
            self.viewers -= 1

    def _news_since(self, seen: int) -> bool:
        return self.closing or (self._picture is not None and self._picture.number > seen)

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
        """Take pictures while somebody looks."""
        while self.viewers:
            begun = time.monotonic()
            try:
                await self.current()
            except Exception:  # the edge: one bad picture must not end the stream for everybody
                logger.exception("no picture")
            async with self._changed:
                self._changed.notify_all()
            await asyncio.sleep(max(0.05, begun + TICK_SECONDS - time.monotonic()))
        self._task = None

    async def _take(self) -> Picture:
        clock, wall = self._read_clock(), datetime.now(UTC)
        day = self._day(clock, wall)
        readings = await self.reader.read(query_parameters(day, wall))
        now = compose(
            readings,
            clock=clock,
            wall=datetime.now(UTC),
            day=day,
            settings=self.settings,
            waiting_since=self._since,
        )
        number = self._picture.number + 1 if self._picture else 1
        return Picture(now, orjson.dumps(now), number)

    def _day(self, clock: Clock, wall: datetime) -> TradingDay:
        """Cut the day; what was finished once stays so, even if a simulated clock stands still."""
        day = day_of(clock, wall, self.reader.readings, self.settings)
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
