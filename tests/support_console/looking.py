"""A console over a store of its own, for people who look at pages."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clickhouse_connect.driver.client import Client

from sinks.connection import connect
from sinks.migrate import migrate
from tests.support.store_process import READER_PASSWORD, StoreProcess

__all__ = ["CLOCK_FILE", "CUE_SHEET", "console_over"]

CLOCK_FILE, CUE_SHEET = "clock.json", "cue-sheet.json"
"""Within the folder."""


@contextmanager
def console_over(folder: Path, port: int) -> Iterator[Client]:
    """Serve a store below a folder until SIGTERM or Ctrl-C; the password is look-at-it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder.mkdir(parents=True, exist_ok=True)
    store = StoreProcess(folder / "data").start()
    client = connect(store.settings())
    migrate(client)
    environment = os.environ | {
        "TILLWATCH_CLICKHOUSE_PORT": str(store.port),
        "TILLWATCH_CLICKHOUSE_USER": "reader",
        "TILLWATCH_CLICKHOUSE_PASSWORD": READER_PASSWORD,
        "TILLWATCH_CONSOLE_PORT": str(port),
        "TILLWATCH_CONSOLE_PASSWORD": "look-at-it",
        "TILLWATCH_CLOCK_FILE": str(folder / CLOCK_FILE),
        "TILLWATCH_CUE_SHEET": str(folder / CUE_SHEET),
    }
    console = subprocess.Popen([sys.executable, "-m", "tillwatch", "console"], env=environment)
    try:
        yield client
    finally:
        console.terminate()
        store.stop()
