"""A readable line or two: how far the history is, what time it is, how each program does."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from producers.clock import Clock
from tillwatch.stack.supervisor import ProgramStatus

__all__ = ["StatusLine", "describe_clock", "describe_programs"]

REFRESH_SECONDS = 0.5
PLAIN_SECONDS = 10.0
"""Between two lines where there is no terminal to draw on."""

MARKS = {"ready": "✓", "starting": "…", "waiting": "✗", "ended": "–", "stopping": "■", "stopped": "■"}


def describe_clock(clock: Clock | None, wall: datetime) -> str:
    """Say how far the simulation is."""
    if clock is None:
        return "starting"
    if clock.phase == "history":
        return f"loading history {clock.progress:.0%}"
    return f"live, simulated {clock.now(wall):%a %d %b %H:%M} UTC, {clock.speed:g}×"


def describe_programs(statuses: list[ProgramStatus]) -> str:
    """Say how each program does, in the order of their start."""
    parts = []
    for status in statuses:
        again = f" ({status.restarts} restarts)" if status.restarts > 1 else ""
        again = " (1 restart)" if status.restarts == 1 else again
        parts.append(f"{status.name} {MARKS[status.state]}{again}")
    return " · ".join(parts)


class StatusLine:
    """Redraws itself on a terminal; elsewhere prints a line now and then, when it has changed.

    Parameters
    ----------
    out
        Where to.
    describe
        Returns the lines.

    """

    def __init__(self, out: Console, describe: Callable[[], list[str]]) -> None:
        self._out = out
        self._describe = describe
        self._live = Live(console=out, auto_refresh=False, transient=True) if out.is_terminal else None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        self._task = asyncio.create_task(self._keep_drawing())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        if self._live is not None:
            self._live.stop()

    async def _keep_drawing(self) -> None:
        last: list[str] = []
        while True:
            lines = self._describe()
            if self._live is not None:
                self._live.update(Text("\n".join(lines)), refresh=True)
            elif lines != last:
                stamp = datetime.now(UTC).strftime("%H:%M:%S")
                text = " | ".join([stamp, *lines])
                self._out.print(text, soft_wrap=True, highlight=False, markup=False)
            last = lines
            await asyncio.sleep(REFRESH_SECONDS if self._live is not None else PLAIN_SECONDS)
