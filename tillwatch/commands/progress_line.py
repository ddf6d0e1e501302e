"""One line on the terminal that says how far a program has come."""

import time
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from producers.clock import Clock

__all__ = ["ProgressLine"]

PLAIN_EVERY_SECONDS = 5.0
RATE_OVER_SECONDS = 1.0


class ProgressLine:
    """A bar on a terminal; in a log file a plain line every few seconds."""

    def __init__(self, stream: TextIO) -> None:
        self._console = Console(file=stream)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[note]}"),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._task: TaskID = self._bar.add_task("starting", total=1.0, note="")
        self._plain_due = 0.0
        self._mark = (time.monotonic(), 0)
        self._rate = 0.0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def show(self, description: str, progress: float, sent: int, note: str = "") -> None:
        """Show a share from 0 to 1 and how many events were sent, with their rate."""
        now = time.monotonic()
        since, before = self._mark
        if now - since >= RATE_OVER_SECONDS:
            self._rate, self._mark = (sent - before) / (now - since), (now, sent)
        text = f"{sent:,} events, {self._rate:,.0f}/s{note}"
        self._bar.update(self._task, description=description, completed=progress, note=text)
        if self._bar.disable and now >= self._plain_due:
            self._plain_due = now + PLAIN_EVERY_SECONDS
            self._console.print(f"{description} {progress:.0%}, {text}", highlight=False, soft_wrap=True)

    def simulated(self, clock: Clock, sent: int) -> None:
        """Show where a simulation is."""
        what = "loading history" if clock.phase == "history" else f"live at {clock.speed:g}×"
        self.show(what, clock.progress, sent, f", simulated {clock.anchor_simulated:%a %Y-%m-%d %H:%M} UTC")
