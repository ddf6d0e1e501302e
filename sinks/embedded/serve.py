"""Run the embedded store until it is told to stop."""

import asyncio
import errno
import logging
import os
import signal
import sys
from pathlib import Path

from aiohttp import web

from schemas.errors import Stop
from sinks.embedded.engine import Engine
from sinks.embedded.request import Login, User
from sinks.embedded.server import make_application
from sinks.settings import StoreSettings

__all__ = ["serve"]

logger = logging.getLogger(__name__)
# A query that runs longer than this when the store is told to stop is cut off.
STOP_SECONDS = 3.0


def serve(data_dir: Path, port: int, settings: StoreSettings) -> None:
    """Serve on 127.0.0.1 until SIGTERM or SIGINT.

    Raises
    ------
    StoreLocked
        Another process serves the folder.
    Stop
        The port is taken.

    """
    engine = Engine(data_dir)
    login = Login(
        User("writer", settings.writer_password.get_secret_value(), readonly=False),
        User("reader", settings.reader_password.get_secret_value(), readonly=True),
    )
    asyncio.run(listen(engine, login, port))
    engine.close()
    # Threads whose query was cut off would keep the interpreter alive; every acknowledged row is on disk.
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


async def listen(engine: Engine, login: Login, port: int) -> None:
    """Answer requests until a signal comes."""
    told_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told_to_stop.set)
    runner = web.AppRunner(
        make_application(engine, login), access_log=None, auto_decompress=False, shutdown_timeout=STOP_SECONDS
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Stop(f"port {port} is taken; free it or set TILLWATCH_CLICKHOUSE_PORT to another") from None
        raise
    logger.info("store serves", extra={"port": port, "folder": engine.path})
    print(f"store: ClickHouse's HTTP interface on http://127.0.0.1:{port}", flush=True)
    await told_to_stop.wait()
    await runner.cleanup()
