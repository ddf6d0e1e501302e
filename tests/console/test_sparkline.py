"""Sparklines fit their box."""

from console.sparkline import HEIGHT, WIDTH, sparkline


def test_line_spans_the_width_and_starts_its_scale_at_zero() -> None:
    line = sparkline([0.0, 10.0], [5.0, 5.0])
    assert line.actual == f"M0.0 {HEIGHT - 2}.0L{WIDTH}.0 2.0"
    assert line.last_week == f"M0.0 {HEIGHT / 2}L{WIDTH}.0 {HEIGHT / 2}"


def test_band_is_one_closed_area_or_none_at_all() -> None:
    line = sparkline([5.0, 5.0], [], [(0.0, 10.0), (0.0, 10.0)])
    assert line.band == f"M0.0 2.0L{WIDTH}.0 2.0L{WIDTH}.0 {HEIGHT - 2}.0L0.0 {HEIGHT - 2}.0Z"
    assert sparkline([5.0, 5.0], [], [(0.0, 10.0), None]).band == ""


def test_pen_is_lifted_where_nothing_is_known() -> None:
    assert sparkline([1.0, None, 1.0], []).actual.count("M") == 2
    assert sparkline([None, None], []).actual == ""
