"""The day chart: what is drawn, and where it ends."""

from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import pytest

from console.panels.context import ContextRow
from console.panels.day import DayRow, Part, Totals, revenue, totals
from console.panels.day_chart import day_chart
from console.panels.expected import Expected, ExpectedRow
from console.panels.stores import StoreRow
from console.trading_day import trading_day

NOW = datetime(2026, 11, 17, 14, 35, 20, tzinfo=UTC)
DAY = trading_day(NOW, NOW, ZoneInfo("UTC"))


def row(
    period: Literal["today", "last_week"], clock: str, *, finished: bool = True, minor: int = 60_000
) -> DayRow:
    day = 17 if period == "today" else 10
    bucket = datetime.fromisoformat(f"2026-11-{day}T{clock}").replace(tzinfo=UTC)
    return DayRow(period, bucket, finished, 10, 9, minor, minor, 1, 0, 0, 0, 0)


def test_totals_leave_out_what_is_unfinished_or_of_yesterday() -> None:
    rows = [row("today", "14:20"), row("today", "14:30"), row("today", "14:30", finished=False)]
    rows.append(DayRow("today", DAY.start - timedelta(minutes=10), True, 1, 1, 1, 1, 0, 0, 0, 0, 0))
    found = totals(rows, "today", DAY.start)
    assert found is not None
    assert (found.orders, found.revenue_minor) == (18, 120_000)


def test_nothing_in_the_store_is_unknown_and_not_zero() -> None:
    assert totals([], "today", DAY.start) is None
    assert revenue((None, None), None, DAY, "EUR").text == "–"


def test_revenue_is_compared_up_to_the_same_minute() -> None:
    rows = [row("today", "14:30", minor=9_600), row("last_week", "14:30", minor=10_000)]
    rows.append(row("last_week", "15:00", finished=False))
    sums = (totals(rows, "today", DAY.start), totals(rows, "last_week", DAY.week_start))
    found = revenue(sums, None, DAY, "EUR")
    assert found.comparison == "↓ 4 % on last Tuesday up to 14:35"
    assert found.verdict == "worse"


def test_chart_lays_last_week_over_today_and_dashes_the_unfinished() -> None:
    rows = [
        row("today", "14:20"),
        row("today", "14:30", minor=20_000),
        row("today", "14:30", finished=False, minor=12_000),
        row("last_week", "15:00"),
    ]
    chart = day_chart(rows, None, [], [], day=DAY, currency="EUR")
    at = {
        datetime.fromtimestamp(time, UTC).strftime("%H:%M"): index for index, time in enumerate(chart.times)
    }
    assert chart.actual[at["14:20"]] == 60.0
    assert chart.actual[at["14:30"]] is None
    assert chart.unfinished[at["14:20"]] == 60.0
    assert chart.unfinished[at["14:30"]] == 40.0  # 200.00 in the five minutes that are finished
    assert chart.last_week[at["15:00"]] == 60.0


def test_expected_course_is_a_band_and_a_forecast_from_now_on() -> None:
    slots = [100_000.0] * 144
    usual = Expected(
        ExpectedRow("revenue", DAY.start, 10, slots, [80_000.0] * 144, [120_000.0] * 144, learnt_days=7)
    )
    chart = day_chart([row("today", "14:20")], usual, [], [], day=DAY, currency="EUR")
    now = chart.times.index(int(DAY.start.timestamp()) + 14 * 3600 + 30 * 60)
    assert (chart.low[0], chart.high[0]) == (80.0, 120.0)
    assert set(chart.forecast[:now]) == {None}
    assert set(chart.forecast[now:-1]) == {100.0}
    sums = (Totals(revenue_minor=87 * 100_000), Totals(revenue_minor=87 * 100_000))
    assert (
        revenue(sums, usual, DAY, "EUR").comparison == "as last Tuesday up to 14:35, inside the usual range"
    )
    low = (Totals(revenue_minor=10_000), None)
    assert revenue(low, usual, DAY, "EUR").comparison.endswith("below the usual range")


@pytest.mark.parametrize(("part", "quiet"), [("all", None), ("stores", 0.0), ("store", 0.0)])
def test_quiet_minutes_are_a_gap_for_all_stores_only(part: Part, quiet: float | None) -> None:
    rows = [row("today", "12:00"), row("today", "12:20")]
    chart = day_chart(rows, None, [], [], part=part, day=DAY, currency="EUR")
    noon = chart.times.index(int(DAY.start.timestamp()) + 12 * 3600)
    assert chart.actual[noon - 1 : noon + 2] == (None, 60.0, quiet)
    assert bool(chart.missing) is (part == "all")


def test_ten_minutes_without_anything_are_missing() -> None:
    rows = [row("today", f"{hour:02d}:{minute}0") for hour in range(14) for minute in range(6)]
    del rows[12:15]
    chart = day_chart(rows, None, [], [], day=DAY, currency="EUR")
    start = int(DAY.start.timestamp())
    assert chart.missing[0] == (start + 2 * 3600, start + 2 * 3600 + 30 * 60)
    assert chart.missing[-1][1] == start + 14 * 3600 + 30 * 60


def test_what_was_said_to_happen_stands_above_the_day_with_its_words() -> None:
    at = {hour: DAY.start + timedelta(hours=hour) for hour in (1, 2, 9, 14, 30)}
    context = [
        ContextRow("release", "Release 5.3.0 of the app", at[14], None),
        ContextRow("promotion", "Shirts at half price", at[2], at[30]),
        ContextRow("weather", "Storm", at[1], at[2]),
    ]
    hours = StoreRow("bonn", "Bonn", "pos", "west", "UTC", [1], ["09:30"], ["20:00"])
    chart = day_chart([], None, [], [hours], context=context, day=DAY, currency="EUR")
    assert [(one.at, one.icon, one.text) for one in chart.told] == [
        (int(at[9].timestamp()), "%", "02:00 to Wed 06:00: Shirts at half price"),
        (int(at[14].timestamp()), "⚑", "14:00: Release 5.3.0 of the app"),
    ]
