"""The console as an operator starts it, in a process of its own."""

import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks.errors import BenchmarkError
from benchmarks.process_cpu import running
from benchmarks.whole_store import PASSWORD, START_SECONDS
from sinks.settings import ClickHouseSettings
from tillwatch.stack.ports import free_port

__all__ = ["PASSWORD", "USER", "RunningConsole", "serving"]

USER = "tillwatch"


@dataclass(frozen=True)
class RunningConsole:
    """A console's process, and where it answers."""

    process: "subprocess.Popen[bytes]"
    address: str


@contextmanager
def serving(
    store: ClickHouseSettings, log: Path, settings: Mapping[str, str] = MappingProxyType({})
) -> Iterator[RunningConsole]:
    """Run a console over a store while the block lasts, from when it answers; `settings` are its own.

    Raises
    ------
    BenchmarkError
        It ended, or does not answer within a minute.

    """
    port = free_port()
    environment = {
        "TILLWATCH_CLICKHOUSE_HOST": store.host,
        "TILLWATCH_CLICKHOUSE_PORT": str(store.port),
        "TILLWATCH_CLICKHOUSE_USER": store.user,
        "TILLWATCH_CLICKHOUSE_PASSWORD": store.password.get_secret_value(),
        "TILLWATCH_CONSOLE_PORT": str(port),
        "TILLWATCH_CONSOLE_USER": USER,
        "TILLWATCH_CONSOLE_PASSWORD": PASSWORD,
        **settings,
    }
    with running("tillwatch", ["console"], log, environment) as process:
        console = RunningConsole(process, f"http://127.0.0.1:{port}")
        deadline = time.monotonic() + START_SECONDS
        while not answers(console):
            if process.poll() is not None or time.monotonic() > deadline:
                said = log.read_text(errors="replace")[-1500:]
                raise BenchmarkError(f"the console does not answer: {said}")
            time.sleep(0.1)
        yield console


def answers(console: RunningConsole) -> bool:
    """Say whether it answers yet."""
    try:
        with urlopen(f"{console.address}/healthz", timeout=5):  # noqa: S310  # our own address
            return True
    except (URLError, OSError):
        return False
