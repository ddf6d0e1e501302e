"""A bar that no benchmark's record can reach is a bar that nothing is held against."""

from pathlib import Path

import pytest

from benchmarks.bars import BARS, Bar

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.parametrize("bar", BARS, ids=lambda bar: f"{bar.benchmark} {bar.key}")
def test_the_key_of_every_bar_is_written_by_some_benchmark(bar: Bar) -> None:
    """Keys that are put together from a detector's name stand there without it."""
    written = "\n".join(file.read_text() for file in BENCHMARKS.rglob("*.py") if file.name != "bars.py")
    for key in filter(None, (bar.key, bar.over)):
        assert key in written or key.removeprefix("records").removeprefix("seasonal") in written
