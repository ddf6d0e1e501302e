"""`python -m …` processes that are started by fork (fork_server.py); used as those of `subprocess`."""

import atexit
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from threading import RLock

import orjson

from tests.support.patience import PATIENCE_SECONDS

__all__ = ["Forked", "run", "start"]

ROOT = Path(__file__).parents[2]


class Server:
    """The process that forks; one for each process that runs tests."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.fork_server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,  # wherever the test that is first has gone
        )
        atexit.register(self._process.kill)
        self._lock = RLock()
        self._waiting = b""
        self._started: list[int] = []
        self.codes: dict[int, int] = {}

    def start(self, request: Mapping[str, object]) -> int:
        """Start a process; give its id."""
        assert self._process.stdin is not None
        with self._lock:
            self._process.stdin.write(orjson.dumps(request) + b"\n")
            self._process.stdin.flush()
            while not self._started:
                self.listen(30.0)
            return self._started.pop()

    def listen(self, seconds: float) -> None:
        """Take in what it says, waiting so long for it."""
        assert self._process.stdout is not None
        with self._lock:
            pipe = self._process.stdout.fileno()
            if not select.select([pipe], [], [], seconds)[0]:
                return
            read = os.read(pipe, 65_536)
            assert read, f"the fork server ended: {self._process.poll()}"
            *lines, self._waiting = (self._waiting + read).split(b"\n")
            for message in map(orjson.loads, lines):
                if "started" in message:
                    self._started.append(message["started"])
                    self.codes.pop(message["started"], None)  # of another one that had this id before
                else:
                    self.codes[message["ended"]] = message["code"]


@cache
def server() -> Server:
    """Start the one server."""
    return Server()


class Forked:
    """A process that was started by fork."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Give its exit code, negative for a signal; None while it runs."""
        if self.returncode is None:
            server().listen(0)
            self.returncode = server().codes.get(self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Raises
        ------
        subprocess.TimeoutExpired
            It runs on.

        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            left = 1.0 if deadline is None else deadline - time.monotonic()
            if left <= 0:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            server().listen(min(left, 1.0))
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def start(
    arguments: Sequence[str], environment: Mapping[str, str], output: Path, errors: Path | None = None
) -> Forked:
    """Start `python -m ARGUMENTS`; what it writes is appended to files."""
    for file in (output, errors or output):
        file.touch()  # whoever reads it may be quicker than the process
    request = {
        "arguments": list(arguments),
        "environment": dict(environment),
        "folder": str(Path.cwd()),
        "output": str(output.absolute()),
        "errors": str((errors or output).absolute()),
    }
    return Forked(server().start(request))


def run(
    arguments: Sequence[str], environment: Mapping[str, str], *, timeout: float = PATIENCE_SECONDS
) -> "subprocess.CompletedProcess[str]":
    """Run `python -m ARGUMENTS` to its end; give its exit code and what it wrote."""
    with tempfile.TemporaryDirectory(prefix="forked-") as folder:
        output, errors = Path(folder) / "output", Path(folder) / "errors"
        process = start(arguments, environment, output, errors)
        try:
            code = process.wait(timeout)
        finally:
            process.kill()
        return subprocess.CompletedProcess(arguments, code, output.read_text(), errors.read_text())
