"""The benchmark of many series: every point reaches every detector, and the record says what it cost."""

from benchmarks.series import DETECTORS, measure_series, report_series


def test_every_finished_minute_is_judged_by_every_detector() -> None:
    cost = measure_series(120, 6, lambda _: None)
    assert {len(cost.spent[name]) for name in DETECTORS} == {5}
    assert len(cost.spent["take"]) == 6
    table, record = report_series(cost)
    assert "120 series, 6 minutes" in table
    assert {f"{name}_us" for name in DETECTORS} <= set(record)
    assert record["core_records"] is not None
