"""The embedded store as an operator starts it, in a process of its own."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from benchmarks.process_cpu import running
from sinks.connection import wait_for_store
from sinks.settings import ClickHouseSettings
from tillwatch.stack.ports import free_port

__all__ = ["PASSWORD", "START_SECONDS", "RunningStore", "storing"]

PASSWORD = "benchmark-password"  # noqa: S105  # of what listens on this machine while this runs
START_SECONDS = 60.0


@dataclass(frozen=True)
class RunningStore:
    """A store's process, and how to reach it as the user who may write."""

    process: "subprocess.Popen[bytes]"
    settings: ClickHouseSettings

    def environment(self) -> dict[str, str]:
        """Give the settings of a process that writes into it."""
        return {
            "TILLWATCH_CLICKHOUSE_PORT": str(self.settings.port),
            "TILLWATCH_CLICKHOUSE_PASSWORD": PASSWORD,
        }


@contextmanager
def storing(folder: Path) -> Iterator[RunningStore]:
    """Run an empty store in a folder while the block lasts, from when it answers."""
    settings = ClickHouseSettings(port=free_port(), password=SecretStr(PASSWORD))
    passwords = {f"TILLWATCH_STORE_{user}_PASSWORD": PASSWORD for user in ("WRITER", "READER")}
    arguments = ["store", "--data-dir", str(folder / "store"), "--port", str(settings.port)]
    with running("tillwatch", arguments, folder / "store.log", passwords) as process:
        wait_for_store(settings, announce=lambda _: None, deadline_seconds=START_SECONDS)
        yield RunningStore(process, settings)
