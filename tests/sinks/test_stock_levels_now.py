"""The level of an article is the newest one, also where its topic was made anew."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from sinks.connection import connect
from sinks.settings import ClickHouseSettings

pytestmark = pytest.mark.services

NOW = datetime.now(UTC).replace(microsecond=0)
COLUMNS = ["place_id", "sku", "level", "origin_generation", "origin_offset", "received_at"]


def test_the_newest_level_of_each_article_counts(clickhouse: ClickHouseSettings) -> None:
    def levels() -> list[tuple[str, int]]:
        return list(
            map(tuple, client.query("SELECT sku, level FROM stock_levels_now ORDER BY sku").result_rows)
        )

    with closing(connect(clickhouse)) as client:
        assert levels() == []
        before = NOW - timedelta(hours=1)
        for offset, level in ((7, 5), (9, 4), (8, 6)):
            client.insert("stock_levels", [["s-1", "moved", level, "first", offset, before]], COLUMNS)
        client.insert("stock_levels", [["s-1", "left", 12, "first", 3, before]], COLUMNS)
        assert levels() == [("left", 12), ("moved", 4)]

        client.insert("stock_levels", [["s-1", "moved", 30, "second", 0, NOW]], COLUMNS)
        assert levels() == [("left", 12), ("moved", 30)]
