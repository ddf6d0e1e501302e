"""Whether a process lives and works, over HTTP: `/healthz`, `/readyz`, `/metrics`."""

import asyncio
from collections.abc import Iterable, Sequence
from threading import Thread
from typing import Any

from aiohttp import web
from mode import Service
from prometheus_client import CONTENT_TYPE_LATEST

from schemas.errors import Stop
from streams.exposition import exposition
from streams.settings import HealthSettings
from streams.watched import Watched

__all__ = ["HealthServer", "HealthService"]

STOP_TIMEOUT_SECONDS = 0.5


class HealthServer:
    """Answers for all loops of a process; nobody has to log in, so it listens on this machine only.

    Parameters
    ----------
    settings
        Where to listen; without a port nothing is served.
    watched
        The loops; may still grow until `start`.

    """

    def __init__(self, settings: HealthSettings, watched: Sequence[Watched]) -> None:
        self._settings = settings
        self._watched = watched
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen, if a port is set.

        Raises
        ------
        Stop
            The port is taken.

        """
        port = self._settings.port
        if port is None:
            return
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._metrics)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=STOP_TIMEOUT_SECONDS)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._settings.host, port).start()
        except OSError as error:
            raise Stop(f"TILLWATCH_HEALTH_PORT: {self._settings.host}:{port}: {error}") from None

    def start_beside(self) -> None:
        """Listen in a thread of its own, for a process whose loop is not asyncio's; it ends with the process.

        Raises
        ------
        Stop
            The port is taken.

        """
        loop = asyncio.new_event_loop()
        loop.run_until_complete(self.start())
        Thread(target=loop.run_forever, name="health", daemon=True).start()

    async def stop(self) -> None:
        """Listen no more."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _healthz(self, _: web.Request) -> web.Response:
        """Say whether every loop has come round lately; one that has not begun is not stuck."""
        most = self._settings.stall_seconds
        readings = [one.reading() for one in self._watched]
        return answer(
            f"{reading.agent}: its loop has not come round for {reading.last_pass_seconds:.0f} s"
            for reading in readings
            if reading.last_pass_seconds is not None and reading.last_pass_seconds > most
        )

    async def _readyz(self, _: web.Request) -> web.Response:
        """Say whether every agent owns partitions and has their state."""
        readings = [one.reading() for one in self._watched]
        return answer(f"{one.agent}: {one.phase}" for one in readings if one.phase != "running")

    async def _metrics(self, _: web.Request) -> web.Response:
        return web.Response(body=exposition(self._watched), headers={"Content-Type": CONTENT_TYPE_LATEST})


def answer(problems: Iterable[str]) -> web.Response:
    """Answer 200, or 503 with a line for each problem."""
    lines = list(problems)
    return web.Response(text="\n".join(lines or ["ok"]) + "\n", status=503 if lines else 200)


class HealthService(Service):
    """The server among the services of a Faust app; the first to start, so that it answers all the while."""

    def __init__(self, server: HealthServer, **service: Any) -> None:
        super().__init__(**service)
        self._server = server

    async def on_start(self) -> None:
        """Listen."""
        await self._server.start()

    async def on_stop(self) -> None:
        """Listen no more."""
        await self._server.stop()
