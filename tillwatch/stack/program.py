"""One program of the stack: how it is started, and the process that runs it."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from tillwatch.stack.parent_death import dying_with_parent
from tillwatch.stack.readiness import at_once

__all__ = ["Program", "RunningProcess"]

LARGEST_LOG_BYTES = 20_000_000
"""A larger log file is put aside as NAME.log.1 at the next start; chosen, not tuned."""


@dataclass(frozen=True)
class Program:
    """What the supervisor needs to know to run a program.

    Parameters
    ----------
    name
        For people, and of its log file.
    command
        Program and arguments.
    environment
        Added to the supervisor's own.
    is_ready
        Asked until it is true; may be slow. Default: ready once started.
    ready_seconds
        How long it may take to become ready.
    stop_seconds
        From SIGTERM to SIGKILL.
    may_end
        An end with exit code 0 is its proper end and no reason to start it again.

    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    is_ready: Callable[[], Awaitable[bool]] = at_once
    ready_seconds: float = 60.0
    stop_seconds: float = 3.0
    may_end: bool = False


class RunningProcess:
    """A started program: its own process group, output in its log file, dead when the supervisor is."""

    def __init__(self, program: Program, process: asyncio.subprocess.Process) -> None:
        self.program = program
        self.started_at = time.monotonic()
        self._process = process

    @classmethod
    async def start(cls, program: Program, log: Path) -> "RunningProcess":
        """Start the program; its output is appended to the log."""
        with _open_log(log) as output:
            process = await asyncio.create_subprocess_exec(
                *dying_with_parent(program.command),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **program.environment},
                start_new_session=True,  # Ctrl-C goes to the supervisor alone, which stops in order
            )
        return cls(program, process)

    @property
    def pid(self) -> int:
        """Of the process, which is its group's too."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative: the signal that ended it."""
        return self._process.returncode

    async def ended(self) -> int:
        """Wait for its end and return the exit code."""
        return await self._process.wait()

    async def stop(self, seconds: float) -> bool:
        """Ask it to end, then make it; return whether it ended by itself in time.

        Whatever it has started itself goes with it.
        """
        willing = True
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), seconds)
        except TimeoutError:
            willing = False
        self.kill()
        await self._process.wait()
        return willing

    def kill(self) -> None:
        """End the whole process group at once."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)


def _open_log(log: Path) -> BinaryIO:
    if log.exists() and log.stat().st_size > LARGEST_LOG_BYTES:
        log.replace(log.with_name(f"{log.name}.1"))
    return log.open("ab")
