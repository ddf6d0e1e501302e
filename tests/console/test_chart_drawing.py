"""What a page brings of a chart, before any script."""

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from console.chart_drawing import Drawing, draw, in_figures

BERLIN = ZoneInfo("Europe/Berlin")


def drawn(begin: datetime, minutes: int, step: int, *values: float | None) -> Drawing:
    first = int(begin.timestamp())
    times = range(first, first + minutes * 60 + 1, step * 60)
    padded = [*values, *([None] * (len(times) - len(values)))]
    return draw(times, [("actual", padded)], "Europe/Berlin", partial(in_figures, unit="€"))


def test_a_day_is_marked_by_whole_hours_of_the_stores_clock() -> None:
    drawing = drawn(datetime(2026, 3, 10, 7, 30, tzinfo=BERLIN), 13 * 60, 10, 100.0)
    assert [mark.text for mark in drawing.times] == [f"{hour:02}:00" for hour in range(8, 21, 2)]
    assert drawing.times[0].at == pytest.approx(100 * 0.5 / 13, abs=0.01)


def test_marks_keep_to_the_wall_when_the_clock_is_put_back() -> None:
    drawing = drawn(datetime(2026, 10, 25, 0, 0, tzinfo=BERLIN), 12 * 60, 10, 100.0)
    assert [mark.text for mark in drawing.times][:3] == ["00:00", "02:00", "04:00"]
    # from two to four it was three hours
    assert drawing.times[2].at - drawing.times[1].at == pytest.approx(100 * 3 / 12, abs=0.02)


def test_an_hour_that_the_clock_skips_has_no_mark() -> None:
    drawing = drawn(datetime(2026, 3, 29, 0, 0, tzinfo=BERLIN), 6 * 60, 10, 100.0)
    assert [mark.text for mark in drawing.times] == [
        "00:00",
        "01:00",
        "03:00",
        "04:00",
        "05:00",
        "06:00",
        "07:00",
    ]
    assert len({mark.at for mark in drawing.times}) == len(drawing.times)


def test_many_days_are_marked_with_their_names() -> None:
    drawing = drawn(datetime(2026, 3, 9, 0, 0, tzinfo=BERLIN), 7 * 24 * 60, 60, 100.0)
    assert [mark.text for mark in drawing.times][:2] == ["Mon 9, 00:00", "Tue 10, 00:00"]


def test_values_are_marked_round_from_the_bottom_up() -> None:
    drawing = drawn(datetime(2026, 3, 10, 8, 0, tzinfo=BERLIN), 60, 10, 0.0, 900.0, 430.0)
    assert [(mark.at, mark.text) for mark in drawing.values][:2] == [(100.0, "€0"), (79.42, "€200")]
    assert drawing.lines[0][1].startswith("M0.0 100.0L166.7 7.4")


def test_what_falls_below_zero_is_on_the_scale() -> None:
    drawing = drawn(datetime(2026, 3, 10, 8, 0, tzinfo=BERLIN), 60, 10, -50.0, 40.0)
    assert (drawing.values[0].text, drawing.values[-1].text) == ("€-40", "€40")
    assert drawing.lines[0][1].startswith("M0.0 100.0")


def test_nothing_known_has_no_figures_and_no_line() -> None:
    drawing = drawn(datetime(2026, 3, 10, 8, 0, tzinfo=BERLIN), 60, 10)
    assert drawing.values == ()
    assert drawing.lines == (("actual", ""),)


def test_a_band_is_closed_around_each_stretch_that_is_known() -> None:
    band = ([0.0, 0.0, None, 0.0], [50.0, 50.0, None, 50.0])
    drawing = draw(range(0, 240, 60), [("actual", [100.0] * 4)], "UTC", str, band)
    assert drawing.band.count("Z") == drawing.band.count("M") == 2


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1_200.0, "€", "€1,200"),
        (12.5, "€", "€12.5"),
        (5.0, " %", "5 %"),
        (0.25, " s", "0.25 s"),
        (0.0, "", "0"),
    ],
)
def test_a_mark_says_the_value_that_it_stands_at(value: float, unit: str, text: str) -> None:
    assert in_figures(value, unit) == text
