"""The benchmark of forecasts: the bands hold what they say."""

import numpy as np

from benchmarks.forecast import measure_forecast, report_forecast
from benchmarks.forecast_series import foretell, report_foretold
from benchmarks.nab_series import LabelledSeries


def daily() -> LabelledSeries:
    random = np.random.default_rng(1)
    seconds = 1.7e9 + np.arange(96.0 * 30) * 900
    values = 50 + 20 * np.sin(seconds / 86_400 * 2 * np.pi) + random.normal(0, 2, len(seconds))
    return LabelledSeries("daily.csv", seconds, values, ())


def test_a_daily_course_is_foretold_better_than_by_the_week_before() -> None:
    foretold = foretell(daily())
    assert foretold.error_to_naive < 0.9
    assert 0.7 < foretold.within["80"] < 0.95
    assert 0.9 < foretold.within["95"] < 1.0
    assert report_foretold([foretold])[1]["series_within_95"] == round(foretold.within["95"], 4)


def test_published_courses_are_held_against_what_came() -> None:
    result = measure_forecast(1, 1, lambda _: None, history_days=2)
    table, record = report_forecast(result)
    assert "chain revenue" in table
    assert record["slots"] is not None
    assert record["slots"] > 1_000
    assert record["within_80"] is not None
    assert record["within_95"] is not None
    assert 0.4 < record["within_80"] < record["within_95"] <= 1.0
