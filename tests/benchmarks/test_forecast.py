"""The benchmark of forecasts: the bands hold what they say."""

from benchmarks.forecast import measure_forecast, report_forecast


def test_published_courses_are_held_against_what_came() -> None:
    result = measure_forecast(1, 1, lambda _: None, history_days=2)
    table, record = report_forecast(result)
    assert "chain revenue" in table
    assert record["slots"] is not None
    assert record["slots"] > 1_000
    assert record["within_80"] is not None
    assert record["within_95"] is not None
    assert 0.4 < record["within_80"] < record["within_95"] <= 1.0
