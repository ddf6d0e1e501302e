"""What the status line says."""

import asyncio
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

from rich.console import Console

from producers.clock import Clock
from tillwatch.stack.status_line import StatusLine, describe_clock, describe_programs
from tillwatch.stack.supervisor import ProgramStatus

WALL = datetime(2026, 5, 5, 12, 0, tzinfo=UTC)


def clock(phase: str, progress: float) -> Clock:
    return Clock.model_validate(
        {
            "phase": phase, "progress": progress, "anchor_wall": WALL,
            "anchor_simulated": WALL - timedelta(days=5), "speed": 60.0,
        }
    )  # fmt: skip


def test_clock_says_how_far_the_simulation_is() -> None:
    assert describe_clock(None, WALL) == "starting"
    assert describe_clock(clock("history", 0.436), WALL) == "loading history 44%"
    live = describe_clock(clock("live", 1.0), WALL + timedelta(seconds=5))
    assert live == "live, simulated Thu 30 Apr 12:05 UTC, 60×"


def test_programs_show_their_state_and_restarts(tmp_path: Path) -> None:
    kafka = ProgramStatus("kafka", tmp_path, state="ready")
    worker = ProgramStatus("worker", tmp_path, state="waiting", restarts=2)
    sink = ProgramStatus("sink", tmp_path, state="ready", restarts=1)
    assert describe_programs([kafka, worker, sink]) == "kafka ✓ · worker ✗ (2 restarts) · sink ✓ (1 restart)"


async def test_without_a_terminal_it_is_a_plain_line() -> None:
    out = Console(file=StringIO(), width=40)
    with out.capture() as text:
        async with StatusLine(out, lambda: ["state", "a long list of programs " * 3]):
            await asyncio.sleep(0)
    (line,) = text.get().splitlines()
    assert line.split(" | ")[1:] == ["state", "a long list of programs " * 3]
