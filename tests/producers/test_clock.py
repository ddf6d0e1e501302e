"""What time it is in a simulation."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from producers.clock import Clock, read_clock, write_clock
from producers.errors import ClockUnreadable

WALL = datetime(2026, 11, 20, 12, tzinfo=UTC)
SIMULATED = datetime(2026, 10, 20, 7, 30, tzinfo=UTC)


def clock(speed: float = 60.0, simulated: datetime = SIMULATED) -> Clock:
    return Clock(phase="live", progress=1.0, anchor_wall=WALL, anchor_simulated=simulated, speed=speed)


def test_simulated_time_runs_at_its_speed() -> None:
    assert clock().now(WALL) == SIMULATED
    assert clock().now(WALL + timedelta(seconds=5)) == SIMULATED + timedelta(minutes=5)


def test_a_clock_nobody_winds_stands_still() -> None:
    """Its simulator died: without events, time must not go on."""
    assert clock().now(WALL + timedelta(hours=1)) == SIMULATED + timedelta(seconds=600)
    assert clock(speed=0).now(WALL + timedelta(seconds=5)) == SIMULATED


def test_simulated_time_never_passes_the_wall_clock() -> None:
    near = clock(simulated=WALL - timedelta(seconds=60))
    later = WALL + timedelta(seconds=5)
    assert near.now(later) == later


def test_a_reader_behind_the_writers_clock_gets_the_anchor() -> None:
    assert clock().now(WALL - timedelta(seconds=3)) == SIMULATED


def test_without_a_file_time_is_the_wall_clock(tmp_path: Path) -> None:
    for path in (None, tmp_path / "missing.json"):
        assert read_clock(path).now(WALL) == WALL
        assert not read_clock(path).simulated


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "clock.json"
    write_clock(path, clock())
    assert read_clock(path) == clock()
    assert [file.name for file in path.parent.iterdir()] == ["clock.json"]


@pytest.mark.parametrize("text", ["", "{}", '{"phase":"live"', '{"phase":"asleep"}'])
def test_a_damaged_file_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "clock.json"
    path.write_text(text)
    with pytest.raises(ClockUnreadable, match="is not a clock file"):
        read_clock(path)
