"""Which earlier minutes are held against."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from detectors.causes.windows import BEFORE, windows_of

BERLIN = ZoneInfo("Europe/Berlin")


def begins(since: datetime) -> list[datetime]:
    found = windows_of(since, since + timedelta(hours=1), BERLIN).begins
    return [(begin + BEFORE).astimezone(BERLIN) for begin in found]


def test_same_reading_on_the_wall_across_a_change_of_clocks() -> None:
    """Clocks went forward on Sunday the 29th."""
    found = begins(datetime(2026, 3, 31, 14, 5, tzinfo=BERLIN))
    assert {(moment.hour, moment.minute) for moment in found} == {(14, 5)}
    assert len({moment.utcoffset() for moment in found}) == 2


def test_days_are_of_the_same_kind_and_none_is_taken_twice() -> None:
    tuesday, saturday = (begins(datetime(2026, 3, day, 12, tzinfo=BERLIN)) for day in (24, 28))
    assert {moment.weekday() for moment in tuesday} == {0, 1, 2, 3}
    assert [moment.weekday() for moment in saturday] == [5] * 5
    assert len(set(tuesday)) == len(tuesday) == 11
    assert all(moment < tuesday[0] for moment in tuesday[1:])


@pytest.mark.parametrize("minutes", [0, -5, 20 * 60 + 1])
def test_stretch_that_is_empty_or_too_long_is_refused(minutes: int) -> None:
    since = datetime(2026, 3, 24, 12, tzinfo=BERLIN)
    with pytest.raises(ValueError, match="1 minute to 20 hours"):
        windows_of(since, since + timedelta(minutes=minutes), BERLIN)
