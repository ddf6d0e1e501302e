"""What the funnel says of pages, for any range, is what the single clicks say."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from clickhouse_connect.driver.client import Client

from console.panels.visits import VISITS
from console.sheets.funnel import PAGES
from sinks.connection import connect
from sinks.rollups.rebuild import rebuild
from sinks.settings import ClickHouseSettings

pytestmark = pytest.mark.services

BEGIN = datetime(2026, 5, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
VISITORS = 400
COLUMNS = ("occurred_at", "seq", "session_id", "store_id", "device", "page", "action")
SINGLE = """
SELECT page, uniq(session_id) AS visits, countIf(last) AS ended,
       uniqIf(session_id, action = 'error') AS errors
FROM
(
    SELECT session_id, page, action,
           row_number() OVER (PARTITION BY session_id ORDER BY occurred_at DESC, seq DESC) = 1 AS last
    FROM clicks
    WHERE occurred_at >= {begin:DateTime('UTC')} AND occurred_at < {end:DateTime('UTC')}
      AND {store:String} IN ('', store_id) AND {device:String} IN ('', device)
)
GROUP BY page
ORDER BY visits DESC, page
"""
VISITING = """
SELECT uniq(session_id), uniqIf(session_id, action = 'pay')
FROM clicks
WHERE occurred_at >= {begin:DateTime('UTC')} AND occurred_at < {end:DateTime('UTC')}
"""
RANGES = {
    "a few minutes": (3 * 60 + 10, 3 * 60 + 25),
    "a whole hour": (60, 120),
    "over the end of an hour": (55, 65),
    "hours and minutes at both ends": (31, 5 * 60 + 7),
    "all": (0, 24 * 60),
    "nothing": (20 * 60, 21 * 60),
}


def clicks() -> list[list[object]]:
    """Visits of up to two hours, on two devices now and then, several clicks in the same millisecond."""
    random = Random(8)
    rows: list[list[object]] = []
    for visit in range(VISITORS):
        at = BEGIN + timedelta(seconds=random.randrange(6 * 3_600))
        for _ in range(random.randrange(1, 8)):
            at += timedelta(milliseconds=random.choice((0, 900, 40_000, 1_500_000)))
            page, action = random.choice(("/", "/articles", "/cart")), random.choice(("view", "pay", "error"))
            device = random.choice(("ios", "ios", "desktop"))
            rows.append([at, len(rows), f"visit-{visit}", f"shop-{visit % 2}", device, page, action])
    random.shuffle(rows)
    return rows


@pytest.fixture(scope="module")
def store(clickhouse: ClickHouseSettings) -> Iterator[Client]:
    """Clicks in three inserts, of which none is in order: the last brings what is hours late."""
    rows = clicks()
    third = len(rows) // 3
    with closing(connect(clickhouse)) as client:
        for part in (rows[:third], rows[third : 2 * third], rows[2 * third :]):
            client.insert("clicks", part, column_names=COLUMNS)
        yield client


def said(client: Client, text: str, span: tuple[int, int], **chosen: str) -> Sequence[Sequence[object]]:
    """Ask about a range in minutes of the day."""
    moments = {"begin": BEGIN + span[0] * MINUTE, "end": BEGIN + span[1] * MINUTE}
    return client.query(text, parameters={"store": "", "device": ""} | moments | chosen).result_rows


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize("chosen", [{}, {"store": "shop-1", "device": "ios"}], ids=["all", "chosen"])
def test_pages_are_as_single_clicks_say(store: Client, name: str, chosen: dict[str, str]) -> None:
    found = said(store, PAGES.sql, RANGES[name], **chosen)
    assert found == said(store, SINGLE, RANGES[name], **chosen)
    assert bool(found) == (name != "nothing")


def test_pages_made_anew_are_the_same(store: Client) -> None:
    before = said(store, PAGES.sql, (31, 307))
    for rollup in ("click_pages_hour", "click_pages_minute", "visit_ends"):
        store.command(f"TRUNCATE TABLE {rollup}")
    assert said(store, PAGES.sql, (31, 307)) == []
    for rollup in ("click_pages_hour", "click_pages_minute", "visit_ends"):
        rebuild(store, rollup)
    assert said(store, PAGES.sql, (31, 307)) == before


def test_visits_of_the_day_are_as_single_clicks_say(store: Client) -> None:
    until = 5 * 60 + 7
    moments = {
        "day_start": BEGIN + 30 * MINUTE,
        "until": BEGIN + until * MINUTE,
        "sparkline_start": BEGIN + 180 * MINUTE,
    }
    week = {f"week_{name.removeprefix('day_')}": at - timedelta(days=7) for name, at in moments.items()}
    rows = store.query(VISITS.sql, parameters={"places": [], **moments, **week}).result_rows
    ((sessions, paying),) = [row[3:] for row in rows if row[0] == "today" and row[1]]
    assert [(sessions, paying)] == said(store, VISITING, (30, until))
    assert 0 < paying < sessions
