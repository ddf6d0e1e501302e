"""Funnel, stock that runs out, and the way from an event to its alert."""

from datetime import UTC, datetime

import pytest

from console.panels.funnel import FunnelRow, funnel
from console.panels.pipeline import PaceRow, WorkerRow, pipeline
from console.panels.running_out import RunningOutRow, running_out

WALL = datetime(2026, 11, 20, tzinfo=UTC)
ROWS = [
    FunnelRow("view", 200, 210), FunnelRow("product", 120, 130), FunnelRow("add_to_cart", 60, 66),
    FunnelRow("checkout", 40, 44), FunnelRow("pay", 4, 40),
]  # fmt: skip


def test_broken_step_is_named_and_no_other() -> None:
    steps = funnel(ROWS)
    assert [step.word for step in steps] == ["", "", "", "", "↓ 10 % go on, usually 91 %: worse"]
    assert (steps[1].bar, steps[1].tick, steps[1].rate) == ("60.0%", "61.9%", "60 %")


def test_few_visits_judge_nothing_and_none_draw_nothing() -> None:
    few = [FunnelRow(row.action, row.visits // 10, row.usual) for row in ROWS]
    assert {step.word for step in funnel(few)} == {""}
    assert funnel([]) == ()


@pytest.mark.parametrize(
    ("level", "hours"), [(-2, "sold out"), (0, "sold out"), (1, "2 h left"), (6, "12 h left")]
)
def test_stock_says_how_long_it_lasts(level: int, hours: str) -> None:
    line = running_out([RunningOutRow("s", "sku-1", level, 0.5, 9.0)], [], {"s": "Bonn"})[0]
    assert (line.hours, line.place, line.lost) == (hours, "Bonn", "0.5 pieces an hour")


def test_event_to_alert_is_both_ways_and_says_so() -> None:
    fraud = WorkerRow("h:1", "fraud", WALL, "running", 8, 0, 0.0, 17.0)
    judge = WorkerRow("h:2", "judge", WALL, "running", 1, 0, 0.0, 9.0)
    found = pipeline([fraud, judge], PaceRow(12.0, 17.0), None, WALL)
    assert (found.alert_p99_label, found.alert_p99) == ("Event to alert, p99", "26 ms")
    without = pipeline([fraud], PaceRow(12.0, 17.0), None, WALL)
    assert (without.alert_p99_label, without.alert_p99) == ("Payment to score, p99", "17 ms")
