"""A day begins at midnight where the stores are."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from console.trading_day import trading_day

BERLIN = ZoneInfo("Europe/Berlin")


def test_day_starts_at_midnight_of_the_stores() -> None:
    now = datetime(2026, 11, 17, 13, 32, 45, tzinfo=UTC)
    day = trading_day(now, now, BERLIN)
    assert day.weekday == "Tuesday"
    assert day.start == datetime(2026, 11, 16, 23, tzinfo=UTC)
    assert day.until == datetime(2026, 11, 17, 13, 32, tzinfo=UTC)
    assert day.week_start == day.start - timedelta(days=7)
    assert day.week_until == day.until - timedelta(days=7)


def test_what_has_not_settled_is_unfinished() -> None:
    now = datetime(2026, 11, 17, 13, 32, 1, tzinfo=UTC)
    assert trading_day(now, now - timedelta(seconds=2), BERLIN).until.minute == 31


def test_nothing_is_finished_right_after_midnight() -> None:
    now = datetime(2026, 11, 16, 23, 0, 1, tzinfo=UTC)
    day = trading_day(now, now - timedelta(seconds=120), BERLIN)
    assert day.until == day.start
    assert day.week_until == day.week_start


@pytest.mark.parametrize(
    ("day", "hours_shift"), [("2026-03-31", -1), ("2026-10-27", 1)], ids=["spring", "autumn"]
)
def test_comparison_keeps_the_wall_time_when_clocks_change(day: str, hours_shift: int) -> None:
    now = datetime.fromisoformat(f"{day}T14:30:00").replace(tzinfo=BERLIN)
    today = trading_day(now, now, BERLIN)
    assert today.local(today.week_until).hour == 14
    assert today.until - today.week_until == timedelta(days=7, hours=hours_shift)
