"""One process that dies and is started again."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tillwatch.stack.parent_death import dying_with_parent

__all__ = ["Firing", "Member"]

FIRED = re.compile(rb"failpoint (\S+) fired at its (\d+)\. reach: (\w+)\n")


class Firing(NamedTuple):
    """What a process said before a failpoint did its work."""

    point: str
    passes: int
    action: str


class Member:
    """A process, its log, and what it is armed with.

    Parameters
    ----------
    name, role
        worker-1 is a worker.
    command
        Makes what is executed; asked at each start.
    environment
        Beside this process's own.
    log
        A file that all its lives write.

    Attributes
    ----------
    spec
        What this life is armed with.
    doomed
        Whether a failpoint that ends this life has fired.
    begun_at, frozen_until
        Of the monotonic clock.

    """

    def __init__(
        self,
        name: str,
        role: str,
        command: Callable[[], Sequence[str]],
        environment: Mapping[str, str],
        log: Path,
    ) -> None:
        self.name = name
        self.role = role
        self.log = log
        self.begun_at = 0.0
        self.frozen_until: float | None = None
        self.spec = ""
        self.doomed = False
        self._command = command
        self._environment = environment
        self._read_to = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def alive(self) -> bool:
        """Whether it runs, frozen or not."""
        return self._process is not None and self._process.poll() is None

    @property
    def code(self) -> int:
        """Its exit code, negative for a signal."""
        return 0 if self._process is None else self._process.returncode

    def start(self, spec: str = "") -> None:
        """Start it, armed or not. In a session of its own: Ctrl-C is for who started all this."""
        command = dying_with_parent(self._command())
        environment = os.environ | self._environment | {"TILLWATCH_FAILPOINT": spec}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, env=environment, start_new_session=True
            )
        self.spec = spec
        self.doomed = False
        self.begun_at = time.monotonic()
        self.frozen_until = None

    def firings(self) -> list[Firing]:
        """Read what fired since this was last asked."""
        with self.log.open("rb") as log:
            log.seek(self._read_to)
            text = log.read()
        whole = text.rpartition(b"\n")[0] + b"\n" if b"\n" in text else b""
        self._read_to += len(whole)
        firings = [
            Firing(point.decode(), int(passes), action.decode())
            for point, passes, action in FIRED.findall(whole)
        ]
        self.doomed = self.doomed or any(one.action in ("kill", "error") for one in firings)
        return firings

    def freeze(self, seconds: float) -> None:
        """Stop it for so long, wherever it is."""
        self.signal(signal.SIGSTOP)
        self.frozen_until = time.monotonic() + seconds

    def thaw_if_due(self) -> None:
        """Let it go on once its time has come."""
        if self.frozen_until is not None and time.monotonic() >= self.frozen_until:
            self.frozen_until = None
            self.signal(signal.SIGCONT)

    def signal(self, number: int) -> None:
        """Send a signal, if there is somebody to get it."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def kill(self) -> None:
        """End it without a chance to tidy up."""
        self.signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def stop(self, seconds: float) -> bool:
        """Ask it to end; kill it if it does not. Say whether it ended by itself."""
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        if self._process is None:
            return True
        try:
            self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return False
        return True

    def last_words(self) -> str:
        """Give the end of its log in one line."""
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - 4_000))
            lines = log.read().decode(errors="replace").splitlines()
        return next((line[-300:] for line in reversed(lines) if line.strip()), "")
