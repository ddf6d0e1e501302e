"""The benchmark of many series: every point reaches every detector, and the judge."""

from benchmarks.series import (
    LEARNT_DAYS,
    LINES_PER_HOUR,
    PER_HOUR,
    measure_judge,
    measure_series,
    report_series,
)
from detectors.anomaly.registry import DETECTORS


def test_every_point_is_judged_and_costed() -> None:
    cost = measure_series(120, 6, lambda _: None)
    assert {len(cost.spent[name]) for name in DETECTORS} == {6}
    days: list[str] = []
    judge = measure_judge(84, 1, days.append)
    assert len(days) == LEARNT_DAYS
    assert (judge.stores, judge.series, judge.figures) == (12, 84, 12 * 84)
    assert 0.7 < judge.partials / (12 * (sum(PER_HOUR.values()) + LINES_PER_HOUR)) < 1.1
    table, record = report_series(cost, judge)
    assert "120 series, 6 minutes" in table
    assert {f"{name}_us" for name in DETECTORS} <= set(record)
    assert record["judge_core"] is not None
