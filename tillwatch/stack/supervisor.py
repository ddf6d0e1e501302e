"""Starts programs in order, watches them, starts crashed ones again, stops all in reverse order.

async with Supervisor(Path("var/log"), announce=print) as stack:
    await stack.start(kafka, store)   # together; returns when both are ready
    await stack.start(worker)         # then this one
    await told_to_stop.wait()
# left: worker is stopped first, then kafka and store
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from schemas.errors import Stop
from tillwatch.stack.program import Program, RunningProcess

__all__ = ["ProgramStatus", "State", "Supervisor"]

State = Literal["starting", "ready", "waiting", "ended", "stopping", "stopped"]

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 30.0
"""A program that ran this long before it crashed is not crashing in a loop; the pause starts over."""
READY_POLL_SECONDS = 0.1

logger = logging.getLogger(__name__)


@dataclass
class ProgramStatus:
    """What the supervisor knows about a program.

    `waiting` = crashed, to be started again; `ended` = by itself, properly.
    """

    name: str
    log: Path
    state: State = "starting"
    restarts: int = 0
    pid: int | None = None
    exit_code: int | None = None


class Supervisor:
    """The running programs.

    Parameters
    ----------
    log_folder
        Holds one file per program, NAME.log; made if missing.
    announce
        Told, in a sentence, what a person wants to know: crashes, restarts, programs that had to be killed.
    first_pause_seconds
        Before the first restart; doubles with every further one, up to half a minute.

    """

    def __init__(
        self,
        log_folder: Path,
        *,
        announce: Callable[[str], None],
        first_pause_seconds: float = FIRST_PAUSE_SECONDS,
    ) -> None:
        self._log_folder = log_folder
        self._announce = announce
        self._first_pause_seconds = first_pause_seconds
        self._levels: list[list[str]] = []
        self._statuses: dict[str, ProgramStatus] = {}
        self._running: dict[str, RunningProcess] = {}
        self._watchers: dict[str, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        self._log_folder.mkdir(parents=True, exist_ok=True)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop_all()

    @property
    def statuses(self) -> list[ProgramStatus]:
        """One per program, in the order of their start."""
        return list(self._statuses.values())

    async def start(self, *programs: Program) -> None:
        """Start programs together and return once all are ready.

        A program that crashes before it is ready is started again, like any other.

        Raises
        ------
        Stop
            One was not ready in its time; the message shows the end of its log.

        """
        self._levels.append([program.name for program in programs])
        for program in programs:
            status = ProgramStatus(program.name, self._log_folder / f"{program.name}.log")
            self._statuses[program.name] = status
            self._watchers[program.name] = asyncio.create_task(self._keep_running(program, status))
        await asyncio.gather(*(self._await_ready(program) for program in programs))

    async def stop(self, *names: str, seconds: float | None = None) -> None:
        """Stop programs together; SIGTERM, then SIGKILL for one that does not end in its time.

        `seconds` is that time; by default each program's own.
        """
        await asyncio.gather(*(self._stop_one(name, seconds) for name in names if name in self._watchers))

    async def stop_all(self) -> None:
        """Stop what was started last first. Takes as long as the slowest of each level, at most."""
        while self._levels:
            await self.stop(*self._levels.pop())

    def kill_all(self) -> None:
        """End every process at once, for a person who does not want to wait."""
        for watcher in self._watchers.values():
            watcher.cancel()
        for process in self._running.values():
            process.kill()

    async def ended(self, name: str) -> int:
        """Wait until a program that may end has ended, and return its exit code."""
        await asyncio.wait([self._watchers[name]])
        return self._statuses[name].exit_code or 0

    async def _keep_running(self, program: Program, status: ProgramStatus) -> None:
        pause = self._first_pause_seconds
        while True:
            process = await RunningProcess.start(program, status.log)
            self._running[program.name] = process
            status.pid, status.state, status.exit_code = process.pid, "starting", None
            logger.debug("program started", extra={"program": program.name, "pid": process.pid})
            readiness = asyncio.create_task(self._poll_ready(program, status))
            try:
                status.exit_code = await process.ended()
            finally:
                readiness.cancel()
            process.kill()  # what it may have left behind of its group
            status.pid = None
            if program.may_end and status.exit_code == 0:
                status.state = "ended"
                return
            if time.monotonic() - process.started_at > STEADY_SECONDS:
                pause = self._first_pause_seconds
            status.state = "waiting"
            self._announce(
                f"{program.name} ended with {_reason(status.exit_code)}; starting it again in {pause:g} s "
                f"(its log: {status.log})"
            )
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            status.restarts += 1

    async def _poll_ready(self, program: Program, status: ProgramStatus) -> None:
        while not await program.is_ready():  # noqa: ASYNC110  # the answer comes from another process
            await asyncio.sleep(READY_POLL_SECONDS)
        if status.state == "starting":
            status.state = "ready"

    async def _await_ready(self, program: Program) -> None:
        status = self._statuses[program.name]
        deadline = time.monotonic() + program.ready_seconds
        while status.state not in ("ready", "ended"):
            watcher = self._watchers[program.name]
            if watcher.done():
                watcher.result()  # a program that cannot be started at all
            if time.monotonic() > deadline:
                raise Stop(
                    f"{program.name} was not ready within {program.ready_seconds:g} s. "
                    f"The end of its log {status.log}:\n{_end_of(status.log)}"
                )
            await asyncio.sleep(READY_POLL_SECONDS / 4)

    async def _stop_one(self, name: str, seconds: float | None) -> None:
        status = self._statuses[name]
        status.state = "stopping"
        self._watchers[name].cancel()
        await asyncio.wait([self._watchers[name]])
        process = self._running.get(name)
        if process is not None and process.exit_code is None:
            seconds = process.program.stop_seconds if seconds is None else seconds
            if not await process.stop(seconds):
                self._announce(f"{name} did not stop within {seconds:g} s and was killed")
        status.state, status.pid = "stopped", None
        del self._watchers[name]


def _reason(exit_code: int) -> str:
    return f"signal {-exit_code}" if exit_code < 0 else f"exit code {exit_code}"


def _end_of(log: Path, *, lines: int = 12) -> str:
    if not log.exists():
        return "(empty)"
    with log.open("rb") as file:
        file.seek(max(log.stat().st_size - 20_000, 0))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:]) or "(empty)"
