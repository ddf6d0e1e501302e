"""Stores are open by their own hours and clock."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from console.opening import is_open, opening_and_closing
from schemas.store import OpeningHours

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = OpeningHours(weekday=0, opens="09:00", closes="20:00")
FRIDAY_NIGHT = OpeningHours(weekday=4, opens="20:00", closes="02:00")
ALWAYS = tuple(OpeningHours(weekday=day, opens="00:00", closes="24:00") for day in range(7))


@pytest.mark.parametrize(
    ("hours", "moment", "expected"),
    [
        ((MONDAY,), "2026-11-16T08:59", False),
        ((MONDAY,), "2026-11-16T09:00", True),
        ((MONDAY,), "2026-11-16T20:00", False),
        ((MONDAY,), "2026-11-17T12:00", False),
        ((FRIDAY_NIGHT,), "2026-11-20T23:30", True),
        ((FRIDAY_NIGHT,), "2026-11-21T01:59", True),
        ((FRIDAY_NIGHT,), "2026-11-21T02:00", False),
        (ALWAYS, "2026-11-22T23:59", True),
        ((), "2026-11-22T12:00", False),
    ],
)
def test_opening_hours_hold_a_moment(hours: tuple[OpeningHours, ...], moment: str, *, expected: bool) -> None:
    assert is_open(hours, BERLIN, datetime.fromisoformat(moment).replace(tzinfo=BERLIN)) is expected


def test_hours_are_those_of_the_store_and_not_of_the_reader() -> None:
    moment = datetime(2026, 11, 16, 9, 30, tzinfo=BERLIN)
    assert not is_open((MONDAY,), ZoneInfo("America/New_York"), moment)


def test_day_spans_first_opening_to_last_closing() -> None:
    early = OpeningHours(weekday=0, opens="07:00", closes="12:00")
    assert opening_and_closing((MONDAY, early), 0) == (timedelta(hours=7), timedelta(hours=20))
    assert opening_and_closing((FRIDAY_NIGHT,), 4) == (timedelta(hours=20), timedelta(hours=24))
    assert opening_and_closing((MONDAY,), 6) is None
