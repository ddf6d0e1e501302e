"""What many viewers cost is counted by the store, and a picture's age by the viewer."""

from pathlib import Path

import pytest

from benchmarks.bars import BARS
from benchmarks.viewers import Crowd, Viewers, look_at_console, moments_of, report_viewers
from sinks.settings import ClickHouseSettings

VIEWERS = 12


@pytest.mark.services
def test_many_viewers_ask_no_more_than_one(clickhouse: ClickHouseSettings, tmp_path: Path) -> None:
    result = look_at_console(clickhouse, tmp_path, VIEWERS, 1.0)
    assert len(result.together.ages) == VIEWERS
    assert all(seen and min(seen) > 0 for seen in result.together.ages)
    assert 0 < result.together.queries < 4 * result.alone.queries
    assert result.picture_bytes > 1_000


def test_the_age_of_a_picture_is_read_from_the_picture() -> None:
    picture = b'event: now\nid: 4\ndata: {"taken_at":"1970-01-01T00:00:02.500000+00:00","state":"ok"}'
    assert moments_of([b"retry: 2000", picture]) == [2.5]
    assert moments_of([b"event: logged-out\ndata:"]) == []


def test_the_slowest_viewers_and_the_hungriest_count() -> None:
    alone = Crowd(1, 10.0, 80, 0.5, [[2.0] * 10])
    together = Crowd(2, 10.0, 90, 2.0, [[3.0] * 10, [3.0] * 8 + [250.0]])
    table, record = report_viewers(Viewers(alone, together, 18_000))
    assert len(table.splitlines()) == 4
    assert record["pictures_per_second"] == 0.9
    assert (record["arrival_p50_ms"], record["arrival_p95_ms"]) == (3.0, 250.0)
    assert record["console_cores"] == 0.2
    assert [bar.measured(record) for bar in BARS if bar.benchmark == "viewers"] == [
        record["arrival_p95_ms"], 1.125,
    ]  # fmt: skip
