"""An embedded store in a process of its own, that a test may kill and start again."""

import os
import time
from pathlib import Path

from pydantic import SecretStr

from schemas.errors import Retry
from sinks.connection import wait_for_store
from sinks.settings import ClickHouseSettings
from tests.support.forked import Forked, start
from tests.support.patience import PATIENCE_SECONDS
from tillwatch.stack.ports import free_port

__all__ = ["READER_PASSWORD", "WRITER_PASSWORD", "StoreProcess"]

WRITER_PASSWORD = "writer-in-tests"
READER_PASSWORD = "reader-in-tests"


class StoreProcess:
    """`tillwatch store` on a free port, with its data in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process: Forked | None = None

    def settings(self, user: str = "writer") -> ClickHouseSettings:
        password = {"writer": WRITER_PASSWORD, "reader": READER_PASSWORD}[user]
        return ClickHouseSettings(
            host="127.0.0.1", port=self.port, user=user, password=SecretStr(password), database="tillwatch"
        )

    def start(self, **variables: str) -> "StoreProcess":
        environment = (
            os.environ
            | variables
            | {
                "TILLWATCH_STORE_WRITER_PASSWORD": WRITER_PASSWORD,
                "TILLWATCH_STORE_READER_PASSWORD": READER_PASSWORD,
            }
        )
        arguments = ["tillwatch", "store", "--data-dir", str(self.folder), "--port", str(self.port)]
        self.process = start(arguments, environment, self.folder.parent / f"{self.folder.name}.log")
        begun = time.monotonic()
        while True:
            try:
                wait_for_store(self.settings(), announce=lambda _: None, deadline_seconds=0.2)
                return self
            except Retry:
                log_text = (self.folder.parent / f"{self.folder.name}.log").read_text()
                assert self.process.poll() is None, f"the store ended:\n{log_text}"
                assert time.monotonic() - begun < PATIENCE_SECONDS, f"the store does not answer:\n{log_text}"

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(timeout=PATIENCE_SECONDS)
