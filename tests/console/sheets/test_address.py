"""What an address may ask of a sheet, and what it may not."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from console.errors import AddressUnfit
from console.sheets.blocks import Body
from console.sheets.sheet import STORE_FILTER, Sheet, read_asked
from console.sheets.span import Span, span_of
from console.trading_day import trading_day

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 17, 13, 32, 30, tzinfo=UTC)
DAY = trading_day(NOW, NOW, ZONE)
SHEET = Sheet(
    name="some",
    path="/some",
    title="Some",
    purpose="",
    queries=(),
    compose=lambda _: Body(),
    lengths=("today", "24h", "7d"),
    compares=True,
    filters=(STORE_FILTER,),
)


def span(**query: str) -> Span:
    asked = read_asked(SHEET, query, zone=ZONE)
    return span_of(asked.length, (asked.begin, asked.end), asked.comparison, day=DAY, until=DAY.until)


def test_usual_range_is_today_beside_a_week_before() -> None:
    found = span()
    assert (found.begin, found.end) == (DAY.start, DAY.until)
    assert (found.before_begin, found.before_end) == (DAY.week_start, DAY.week_until)


def test_a_range_without_a_zone_is_of_the_stores_clock() -> None:
    found = span(**{"from": "2026-11-16T08:00", "until": "2026-11-16T20:00"})
    assert found.begin == datetime(2026, 11, 16, 7, tzinfo=UTC)
    assert found.end - found.begin == timedelta(hours=12)


def test_a_day_of_25_hours_is_compared_at_the_same_reading_of_the_clock() -> None:
    found = span(**{"from": "2026-10-25T12:00", "until": "2026-10-25T13:00", "compare": "day"})
    assert found.begin - found.before_begin == timedelta(hours=25)


def test_no_comparison_is_an_empty_range() -> None:
    found = span(compare="none")
    assert found.before_begin == found.before_end
    assert found.against == ""


@pytest.mark.parametrize("length", ["today", "24h", "7d"])
def test_a_chart_has_points_for_whole_steps_only(length: str) -> None:
    found = span(range=length)
    times = found.times()
    assert 10 < len(times) <= 150
    assert times[0] >= found.begin.timestamp()
    assert times[-1] + found.step <= found.end.timestamp()


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"from": "2026-11-17T10:00", "until": "2026-11-17T09:00"}, "ends before it begins"),
        ({"from": "2026-11-18T10:00"}, "ends before it begins"),
        ({"from": "2025-11-17", "until": "2026-11-17"}, "at most 31 days"),
        ({"from": "yesterday"}, "is no time"),
        ({"from": "0001-01-01T00:00:00+00:00"}, "between 1970 and 2106"),
        ({"from": "9999-12-31T23:59:59-23:00"}, "is no time|between 1970 and 2106"),
        ({"until": "2026-11-17T09:00"}, "needs a from"),
        ({"range": "1y"}, "range must be one of today, 24h, 7d"),
        ({"compare": "' OR 1"}, "compare must be one of"),
        ({"store": "s" * 81}, "store must be a text"),
        ({"store": "a\x00b"}, "store must be a text"),
    ],
)
def test_an_unfit_address_says_what_would_fit(query: dict[str, str], says: str) -> None:
    with pytest.raises(AddressUnfit, match=says):
        span(**query)


def test_an_address_says_again_what_was_asked() -> None:
    query = {"range": "7d", "compare": "day", "store": "a&b=c", "unknown": "1"}
    asked = read_asked(SHEET, query, zone=ZONE)
    assert SHEET.query_string(asked) == "?range=7d&compare=day&store=a%26b%3Dc"
    assert SHEET.query_string(read_asked(SHEET, {"store": "", "from": ""}, zone=ZONE)) == ""
