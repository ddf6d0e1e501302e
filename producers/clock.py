"""The simulated clock: what time it is in the demo, for every program that needs to know.

The simulator writes a small JSON file about once a second; the collector and the console read it.
Without a file, time is the wall clock.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from producers.errors import ClockUnreadable
from schemas.event import Contract, EventTime

__all__ = ["Clock", "read_clock", "write_clock"]

# A simulator that died writes no more; its clock must not run on without events.
RUNS_ON_SECONDS = 10.0
WALL_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


class Clock(Contract):
    """Simulated time as a straight line through an anchor.

    `simulated` is False for the wall clock, which is the answer where there is no file.
    """

    phase: Literal["history", "live"]
    progress: float = Field(ge=0, le=1, description="share of the history that is loaded; 1 when live")
    anchor_wall: EventTime = Field(description="wall clock when this was written")
    anchor_simulated: EventTime = Field(description="simulated time at that moment")
    speed: float = Field(ge=0, description="simulated seconds per second; 0 = it stands still")
    simulated: bool = True

    def now(self, wall: datetime) -> datetime:
        """Return the simulated time at a wall-clock time; never past the wall clock itself."""
        elapsed = max((wall - self.anchor_wall).total_seconds(), 0.0)
        if self.simulated:
            elapsed = min(elapsed, RUNS_ON_SECONDS)
        return min(self.anchor_simulated + timedelta(seconds=elapsed * self.speed), wall)


WALL_CLOCK = Clock(
    phase="live",
    progress=1.0,
    anchor_wall=WALL_EPOCH,
    anchor_simulated=WALL_EPOCH,
    speed=1.0,
    simulated=False,
)


def read_clock(path: Path | None) -> Clock:
    """Read the clock file; the wall clock if there is none.

    Raises
    ------
    ClockUnreadable
        The file exists and is not a clock.

    """
    if path is None:
        return WALL_CLOCK
    try:
        return Clock.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return WALL_CLOCK
    except (OSError, ValidationError) as error:
        raise ClockUnreadable(f"{path} is not a clock file: {type(error).__name__}") from error


def write_clock(path: Path, clock: Clock) -> None:
    """Replace the clock file in one step, so that no reader sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    draft.write_text(clock.model_dump_json())
    draft.replace(path)
