"""What a source sends twice is one row, and changes no figure: real Kafka, a real store, sinks that die."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from clickhouse_connect.driver.client import Client

from console.query import FOLDER
from schemas.click import Click
from schemas.stock_movement import StockMovement
from schemas.topics import CLICKS, STOCK_MOVEMENTS
from sinks.connection import connect
from sinks.keeping.retention import keep
from sinks.rollups.rebuild import rebuild, staged
from sinks.rollups.registry import ROLLUPS
from sinks.rollups.repeats import keep_first_rows
from sinks.settings import ClickHouseSettings
from sinks.tables.registry import TABLES
from sinks.writer.inserter import SETTINGS
from tests.support.command import Command
from tests.support.events import click, movement
from tests.support.sinking import GROUP, one, sink
from tests.support.topic_log import send, wait_until_committed
from tests.support_console.sheet_data import sheet_parameters

pytestmark = pytest.mark.services

COUNT = 500
BEGIN = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=3)
ACTIONS = ("view", "product", "add_to_cart", "pay", "error")
COUNTED = tuple(
    name
    for name, rollup in ROLLUPS.items()
    if any(view.reads in ("clicks", "stock_movements") for view in rollup.views)
)

MOMENTS = sheet_parameters("customer-1") | {"store_id": "", "middle": int(BEGIN.timestamp())}
PAGES = [
    path
    for path in sorted(FOLDER.rglob("*.sql"))
    if any(f"FROM {name}\n" in path.read_text() for name in ("clicks", "stock_movements", *COUNTED))
]
"""Queries of pages that read them."""


def clicks() -> list[Click]:
    """Clicks of three hours, in no order."""
    return [
        click(
            seq,
            occurred_at=BEGIN + timedelta(seconds=seq * 7 % 500 * 20),
            page=f"/{seq % 3}",
            action=ACTIONS[seq % 5],
        )
        for seq in range(COUNT)
    ]


def movements() -> list[StockMovement]:
    return [
        movement(seq, occurred_at=BEGIN + timedelta(seconds=seq * 20), quantity=seq % 5)
        for seq in range(COUNT)
    ]


@pytest.fixture
def store(clickhouse: ClickHouseSettings) -> Iterator[Client]:
    """A client of the module's store, emptied."""
    with closing(connect(clickhouse)) as client:
        for table in ("clicks", "stock_movements", *COUNTED):
            client.command(f"TRUNCATE TABLE {table}")
        yield client


def send_again(kafka: str, *numbers: range) -> None:
    for some in numbers:
        send(kafka, CLICKS, clicks()[some.start : some.stop])
        send(kafka, STOCK_MOVEMENTS, movements()[some.start : some.stop])


def written(kafka: str, running: Command) -> None:
    """Let a sink write everything and end."""
    wait_until_committed(kafka, GROUP, CLICKS)
    wait_until_committed(kafka, GROUP, STOCK_MOVEMENTS)
    assert running.stop(5) == 0


def held(client: Client) -> dict[str, Sequence[Sequence[object]]]:
    """All that is made of clicks and movements: tables, rollups, views of analysts, figures of pages."""
    found = {
        name: client.query(f"SELECT * FROM {name} ORDER BY ALL").result_rows
        for name in ("clicks", "stock_movements")
    }
    for name in COUNTED:
        found[name] = client.query(
            f"SELECT {finished(client, name)} FROM {name} FINAL ORDER BY ALL"
        ).result_rows
    views = client.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine = 'View'"
    ).result_rows
    for (name,) in views:
        found[name] = client.query(f"SELECT * FROM {name} ORDER BY ALL").result_rows
    for path in PAGES:
        rows = client.query(path.read_text(), parameters=MOMENTS).result_rows
        found[str(path)] = sorted(rows, key=str)
    return found


def finished(client: Client, table: str) -> str:
    """Write the columns of a rollup with what its states say."""
    columns = client.query(
        "SELECT name, startsWith(type, 'AggregateFunction') FROM system.columns "
        "WHERE database = currentDatabase() AND table = {table:String} ORDER BY position",
        parameters={"table": table},
    ).result_rows
    return ", ".join(f"finalizeAggregation({name})" if is_state else name for name, is_state in columns)


def test_resends_across_crashes_change_nothing(
    kafka_topics: str, clickhouse: ClickHouseSettings, store: Client, tmp_path: Path
) -> None:
    send_again(kafka_topics, range(300), range(100, 300), range(250, 400), range(10))
    for point in ("range-announced:2", "rows-inserted:3"):
        with sink(kafka_topics, clickhouse, tmp_path, TILLWATCH_FAILPOINT=point) as dying:
            assert dying.wait(60) == -9
        send_again(kafka_topics, range(350), range(200, 450))
    send_again(kafka_topics, range(COUNT))
    with sink(kafka_topics, clickhouse, tmp_path) as last:
        written(kafka_topics, last)
        assert "repeats dropped" in last.said
    before = held(store)
    assert one(store, "SELECT count(), uniqExact(seq), uniqExact(event_id) FROM clicks") == (COUNT,) * 3
    assert one(store, "SELECT sum(clicks), uniqMerge(sessions) FROM clicks_minute") == (COUNT, 7)
    assert one(store, "SELECT sum(views), sum(pays), sum(clicks) FROM click_parts") == (100, 100, COUNT)
    assert one(store, "SELECT count(), uniqExact(seq) FROM stock_movements") == (COUNT, COUNT)
    assert one(store, "SELECT sum(movements), sum(pieces) FROM stock_minute") == (COUNT, 2 * COUNT)
    for name in COUNTED:
        rebuild(store, name)
    assert held(store) == before
    send_again(kafka_topics, range(COUNT), range(COUNT))
    with sink(kafka_topics, clickhouse, tmp_path) as again:
        written(kafka_topics, again)
    assert held(store) == before
    assert PAGES
    assert any(before[str(path)] for path in PAGES)


def insert(client: Client, numbers: range, *, offset: int, days_ago: int = 0) -> None:
    """Write rows as an older version did, which looked at no numbers."""
    for topic, events in ((CLICKS, clicks()), (STOCK_MOVEMENTS, movements())):
        table = TABLES[topic.name]
        some = [
            event.model_copy(update={"occurred_at": event.occurred_at - timedelta(days=days_ago)})
            for event in events[numbers.start : numbers.stop]
        ]
        columns = table.columns(some)
        columns["kafka_offset"] = [offset + place for place in range(len(some))]
        columns["received_at"] = [at + 1_000 + offset for at in columns["occurred_at"]]
        client.insert(
            table.name,
            list(columns.values()),
            column_names=list(columns),
            column_oriented=True,
            settings=SETTINGS | {"insert_deduplication_token": uuid4().hex},
        )


def test_repeats_of_an_older_version_go_and_their_figures(store: Client) -> None:
    """The first row of each number stays, and the figures are those of the first rows."""
    insert(store, range(COUNT), offset=0)
    before = held(store)
    insert(store, range(100, 200), offset=1_000)
    insert(store, range(150, 400), offset=2_000)
    assert held(store)["click_parts"] != before["click_parts"]
    assert [keep_first_rows(store, table) for table in ("clicks", "stock_movements")] == [350, 350]
    assert held(store) == before
    assert [keep_first_rows(store, table) for table in ("clicks", "stock_movements")] == [0, 0]
    assert store.query("SELECT name FROM system.tables WHERE name LIKE 'staged_%'").result_rows == []


def test_figures_are_made_anew_though_the_rows_went_before_a_cut(store: Client) -> None:
    insert(store, range(COUNT), offset=0)
    before = held(store)
    insert(store, range(100), offset=1_000)
    for table in ("clicks", "stock_movements"):
        store.command(f"ALTER TABLE {table} DELETE WHERE kafka_offset >= 1000 SETTINGS mutations_sync = 2")
        left = staged(f"repeats_of_{table}_0")
        store.command(f"CREATE TABLE {left} (day Date) ENGINE = Memory COMMENT '{BEGIN.date()}'")
        assert keep_first_rows(store, table) == 0
        store.command(f"DROP TABLE {left}")
    assert held(store) == before


def test_figures_stay_whose_events_retention_has_deleted(store: Client) -> None:
    """Made anew from what is left, they would be too low."""
    insert(store, range(COUNT), offset=0)
    insert(store, range(COUNT), offset=1_000, days_ago=5)
    insert(store, range(50), offset=2_000, days_ago=5)
    insert(store, range(50), offset=3_000)
    store.command("ALTER TABLE stock_movements DELETE WHERE kafka_offset = 1000 SETTINGS mutations_sync = 2")
    keep(store, "stock_movements", 3)
    try:
        keep_first_rows(store, "stock_movements")
    finally:
        keep(store, "stock_movements", None)
    day = f"minute < '{BEGIN.date() - timedelta(days=3)}'"
    figures = f"SELECT sumIf(movements, {day}), sumIf(movements, NOT {day}) FROM stock_minute"
    assert one(store, figures) == (COUNT + 50, COUNT)
