"""The Faust app: the only place where one is built."""

import asyncio
import signal
from collections.abc import Sequence
from typing import Any, NoReturn

import faust
from faust.app.base import BootStrategy
from mode import Service
from mode.supervisors import CrashingSupervisor

from streams.batch_source import BatchSource
from streams.closing import close_within
from streams.ending import Signalled

__all__ = ["TillwatchApp", "build_app", "run_worker"]

# What stops quickly takes far less; while Kafka is away this bounds it, to end within 5 s of a signal.
STOP_SECONDS = 4.5


class OwnSourcesOnly(BootStrategy):
    """Starts agents and services, but none of Faust's own Kafka clients.

    No agent reads a Faust topic: all read batches through `BatchSource`. Without Faust's consumer there is
    no second group to wait for after a crash, no assignor topic to be made, and one client less that can
    die quietly.
    """

    enable_kafka = False


class TillwatchApp(faust.App):
    """A Faust app that keeps nothing on disk and starts its services once all agents listen."""

    BootStrategy = OwnSourcesOnly
    services: Sequence[Service] = ()

    async def on_first_start(self) -> None:
        """Make no data folder: there are no Faust tables to put in it."""

    async def on_start(self) -> None:
        """Leave out what Faust does here for its own consumer."""
        self.finalize()

    async def on_stop(self) -> None:
        """Stop all sources at once, for one after the other would take too long while Kafka is away.

        Then close the event loop of a consumer that every stream makes and that was never started.
        """
        sources = [service for service in self.services if isinstance(service, BatchSource)]
        await asyncio.gather(*(source.stop() for source in sources))
        await super().on_stop()
        thread = getattr(self._consumer, "_thread", None)
        if thread is not None:
            thread.thread_loop.close()

    async def on_started_init_extra_services(self) -> None:
        """Start the services in order; the last one stops first."""
        for service in self.services:
            await self.add_runtime_dependency(service)


def build_app(name: str, bootstrap_servers: str) -> TillwatchApp:
    """Build the app of one process.

    An error in an agent ends the process: under Faust's default supervisor the agent would be started
    again without its batch, and whoever waits for that batch would wait for ever.
    """
    return TillwatchApp(
        name,
        broker=[f"kafka://{server}" for server in bootstrap_servers.split(",")],
        agent_supervisor=CrashingSupervisor,
        # For the day when an agent reads a Faust topic: with the default of 60 s a restarted worker would
        # wait that long for its dead predecessor's partitions.
        broker_session_timeout=8.0,
        broker_heartbeat_interval=2.0,
        broker_request_timeout=20.0,
        web_enabled=False,
        web_tables_enabled=False,
        stream_wait_empty=False,
    )


def run_worker(app: TillwatchApp, services: Sequence[Service]) -> NoReturn:
    """Run the app's agents and these services until SIGTERM, SIGINT or an error.

    Faust's own worker sleeps two seconds while it stops, and exits with 1 whatever the error.

    Raises
    ------
    Exception
        What ended it; `Signalled` after a signal.

    """
    app.services = services
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    raise loop.run_until_complete(_run(app))


async def _run(app: TillwatchApp) -> Exception:
    """Run until something ends the app, stop it, and give the reason."""
    loop = asyncio.get_running_loop()
    asked: asyncio.Future[int] = loop.create_future()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _ask, asked, number)
    app.in_worker = True
    starting = asyncio.ensure_future(app.start())
    ended = asyncio.ensure_future(app.wait_until_stopped())
    some: set[asyncio.Future[Any]] = {ended, asked}
    await asyncio.wait({starting, *some}, return_when=asyncio.FIRST_COMPLETED)
    failed = starting.exception() if starting.done() and not starting.cancelled() else None
    if starting.done() and failed is None:
        await asyncio.wait(some, return_when=asyncio.FIRST_COMPLETED)
    starting.cancel()
    await close_within(STOP_SECONDS, app.stop, "the process")
    reason = app.crash_reason or failed
    if isinstance(reason, Exception):
        return reason
    return Signalled(asked.result()) if asked.done() else RuntimeError(f"ended by itself: {reason!r}")


def _ask(asked: "asyncio.Future[int]", number: int) -> None:
    if not asked.done():
        asked.set_result(number)
