"""A `tillwatch` command as a process of its own, as an operator runs it."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support.forked import Forked, start
from tests.support.patience import PATIENCE_SECONDS

__all__ = ["Command", "running"]


class Command:
    """A running command and what it said.

    Parameters
    ----------
    process
        The process; its standard output and error go to `log`.
    log
        A file that only this process writes.

    """

    def __init__(self, process: "Forked | subprocess.Popen[bytes]", log: Path) -> None:
        self.process = process
        self._log = log

    @property
    def said(self) -> str:
        """All it has said so far."""
        return self._log.read_text(errors="replace")

    def wait_until_said(self, pattern: str, *, times: int = 1, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until it has said a regular expression so many times; fails if it ends before."""
        deadline = time.monotonic() + seconds
        while len(re.findall(pattern, self.said)) < times:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"never said {pattern!r}; it said:\n{self.said[-4000:]}")
            time.sleep(0.05)

    def wait(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Wait for its end and give its exit code, negative for a signal."""
        try:
            return self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {seconds} s; it said:\n{self.said[-4000:]}") from None

    def kill(self) -> None:
        """End it without a chance to tidy up."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Ask it to end, and give its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait(seconds)


@contextmanager
def running(arguments: Sequence[str], kafka: str, folder: Path, **environment: str) -> Iterator[Command]:
    """Run `python -m ARGUMENTS` against a Kafka while the block lasts."""
    log = folder / f"{arguments[-1]}-{time.monotonic_ns()}.log"
    variables = {**os.environ, "TILLWATCH_KAFKA_BOOTSTRAP_SERVERS": kafka, **environment}
    command = Command(start(arguments, variables, log), log)
    try:
        yield command
    finally:
        if command.process.poll() is None:
            command.kill()
