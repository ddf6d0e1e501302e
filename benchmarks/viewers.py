"""What many viewers of one console cost, and how old a picture is when the last of them has it.

The question: do 200 people who look at the Now page ask the store more than one does, and how long is it
from when a picture is composed to when a viewer has all of it? The rules: the console as an operator starts
it, one process, over the embedded store with a month of data; each viewer is a stream of server-sent events
on a connection of its own, in one client process on the same machine, whose own delay is in what is measured.
The store itself says how many questions it answered, with one viewer and then with all. The first pictures do
not count.
"""

import asyncio
import re
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from aiohttp import ClientSession, ClientTimeout, CookieJar, TCPConnector
from clickhouse_connect.driver.client import Client
from numpy.typing import NDArray

from benchmarks.errors import BenchmarkError
from benchmarks.percentiles import percentile
from benchmarks.process_cpu import cpu_seconds
from benchmarks.query_store import fill_store
from benchmarks.whole_console import PASSWORD, USER, serving
from benchmarks.whole_store import storing
from console.query_set import QUERIES
from sinks.connection import connect
from sinks.settings import ClickHouseSettings

__all__ = ["Crowd", "Viewers", "look_at_console", "measure_viewers", "moments_of", "report_viewers"]

WARM_UP_PICTURES = 2
TAKEN_AT = re.compile(rb'"taken_at":"([^"]+)"')
ASKED = "SELECT value FROM system.events WHERE event = 'SelectQuery'"


@dataclass
class Crowd:
    """Viewers at the same time: how old each picture was when each of them had it (ms), and what it cost."""

    viewers: int
    seconds: float = 0.0
    queries: int = 0
    cpu_seconds: float = 0.0
    ages: list[list[float]] = field(default_factory=list)


@dataclass(frozen=True)
class Watched:
    """A console that runs, and a client of the store that it asks."""

    address: str
    process_id: int
    store: Client


@dataclass(frozen=True)
class Viewers:
    """One viewer and all of them; bytes of a picture as it is sent."""

    alone: Crowd
    together: Crowd
    picture_bytes: int


def measure_viewers(viewers: int, seconds: float, rows: int, announce: Callable[[str], None]) -> Viewers:
    """Fill a store, start a console, look at it alone and together.

    Raises
    ------
    BenchmarkError
        The console does not start or lets nobody in, or a stream ends.

    """
    with (
        tempfile.TemporaryDirectory(prefix="tillwatch-benchmark-") as name,
        storing(Path(name)) as store,
        closing(connect(store.settings)) as client,
    ):
        fill_store(client, rows, datetime.now(UTC), announce)
        announce(f"looking, one viewer and then {viewers}")
        return look_at_console(store.settings, Path(name), viewers, seconds)


def look_at_console(store: ClickHouseSettings, folder: Path, viewers: int, seconds: float) -> Viewers:
    """Run a console over a store while it is looked at; its log goes into the folder."""
    settings = {
        "TILLWATCH_CONSOLE_MAX_VIEWERS": str(viewers + 1),  # the one before may not be gone yet
        "TILLWATCH_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",  # nobody is there to take what people do
    }
    with closing(connect(store)) as client, serving(store, folder / "console.log", settings) as console:
        watched = Watched(console.address, console.process.pid, client)
        return asyncio.run(look(watched, viewers, seconds))


async def look(watched: Watched, viewers: int, seconds: float) -> Viewers:
    """Log in once, and look as one and as many."""
    jar, unlimited = CookieJar(unsafe=True), TCPConnector(limit=0)  # unsafe: an address without a name
    async with ClientSession(cookie_jar=jar, connector=unlimited, timeout=ClientTimeout(None)) as session:
        await log_in(session, watched.address)
        alone = await crowd_of(session, watched, 1, seconds)
        together = await crowd_of(session, watched, viewers, seconds)
        async with session.get(f"{watched.address}/api/v1/now") as answer:
            return Viewers(alone, together, len(await answer.read()))


async def log_in(session: ClientSession, address: str) -> None:
    """Log in."""
    form = {"user": USER, "password": PASSWORD}
    async with session.post(f"{address}/login", data=form, allow_redirects=False) as answer:
        if answer.status != 303:
            raise BenchmarkError(f"the console lets nobody in: it answers {answer.status}")


async def crowd_of(session: ClientSession, watched: Watched, viewers: int, seconds: float) -> Crowd:
    """Open the streams, wait until all of them are warm, and count for so many seconds."""
    crowd = Crowd(viewers, ages=[[] for _ in range(viewers)])
    warm = [asyncio.Event() for _ in crowd.ages]
    async with asyncio.TaskGroup() as group:
        streams = [
            group.create_task(watch(session, watched.address, seen, event))
            for seen, event in zip(crowd.ages, warm, strict=True)
        ]
        for event in warm:
            await event.wait()
        asked = await queries_so_far(watched.store)
        begun, cpu = time.monotonic(), cpu_seconds(watched.process_id)
        for seen in crowd.ages:
            seen.clear()
        await asyncio.sleep(seconds)
        crowd.seconds = time.monotonic() - begun
        crowd.cpu_seconds = cpu_seconds(watched.process_id) - cpu
        crowd.queries = await queries_so_far(watched.store) - asked - 1  # but for this question itself
        for stream in streams:
            stream.cancel()
    return crowd


async def queries_so_far(store: Client) -> int:
    """Ask the store how many questions it was asked, without holding up the viewers."""
    return int((await asyncio.to_thread(store.query, ASKED)).result_rows[0][0])


async def watch(session: ClientSession, address: str, seen: list[float], warm: asyncio.Event) -> None:
    """Follow the stream; note how old each picture is when all of it is here."""
    async with session.get(f"{address}/api/v1/now/stream") as answer:
        if answer.status != 200:
            raise BenchmarkError(f"a viewer is turned away: the console answers {answer.status}")
        rest = b""
        async for part in answer.content.iter_any():
            *whole, rest = (rest + part).split(b"\n\n")
            now = time.time()
            seen += [(now - moment) * 1e3 for moment in moments_of(whole)]
            if len(seen) >= WARM_UP_PICTURES:
                warm.set()
    raise BenchmarkError("a stream ended")


def moments_of(events: list[bytes]) -> list[float]:
    """Say when each of the events that are pictures was composed, in seconds since 1970."""
    found = [TAKEN_AT.search(event) for event in events if event.startswith(b"event: now\n")]
    return [datetime.fromisoformat(one[1].decode()).timestamp() for one in found if one]


def report_viewers(result: Viewers) -> tuple[str, dict[str, float | None]]:
    """Write the table and the flat record."""
    due = sum(1 / query.every_seconds for query in QUERIES)
    lines = [
        f"{len(QUERIES)} questions, {due:.1f} due a second; a picture of {result.picture_bytes / 1e3:.1f} kB",
        f"{'viewers':>8}{'queries/s':>11}{'pictures':>12}{'p50 ms':>8}{'p95 ms':>8}{'most':>9}{'cores':>7}",
    ]
    for crowd in (result.alone, result.together):
        ages = ages_of(crowd)
        lines.append(
            f"{crowd.viewers:8}{crowd.queries / crowd.seconds:11.2f}{fewest_pictures(crowd):12.2f}"
            f"{percentile(ages, 50):8.1f}{percentile(ages, 95):8.1f}{ages.max():9.1f}"
            f"{crowd.cpu_seconds / crowd.seconds:7.2f}"
        )
    alone, together, ages = result.alone, result.together, ages_of(result.together)
    return "\n".join(lines), {
        "viewers": together.viewers,
        "queries_per_second": round(together.queries / together.seconds, 2),
        "queries_per_second_alone": round(alone.queries / alone.seconds, 2),
        "queries_due_per_second": round(due, 2),
        "pictures_per_second": round(fewest_pictures(together), 2),
        "arrival_p50_ms": round(percentile(ages, 50), 1),
        "arrival_p95_ms": round(percentile(ages, 95), 1),
        "console_cores": round(together.cpu_seconds / together.seconds, 2),
        "picture_kb": round(result.picture_bytes / 1e3, 1),
    }


def ages_of(crowd: Crowd) -> NDArray[np.float64]:
    """Put the pictures of all viewers together."""
    return np.array([age for seen in crowd.ages for age in seen], np.float64)


def fewest_pictures(crowd: Crowd) -> float:
    """Count the pictures a second of the viewer who got the fewest."""
    return min(map(len, crowd.ages)) / crowd.seconds
