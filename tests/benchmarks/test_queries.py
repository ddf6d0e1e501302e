"""Every question of the pages is asked, of a store that holds what they ask for."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client

import console
import sinks
from benchmarks.page_questions import PageQuestion, page_questions
from benchmarks.queries import Queries, QueryCost, measured, report_queries
from benchmarks.query_store import fill_store
from sinks.connection import connect
from sinks.settings import ClickHouseSettings

ROWS = 20_000
MAY_BE_EMPTY = {
    "alerts_answered", "alerts_acted", "causes_nearby", "customers_alerts", "customers_clicks",
    "customers_listed", "customers_unmasked", "alerts_moved", "alerts_playbooks",
    "models_listed", "models_matured", "models_decisions", "models_drifts", "rules_standing", "rules_entries",
    "rules_versions", "synthetic", "stock_counts", "stock_moved", "live_stock", "pipeline_refused",
}  # fmt: skip
"""What is small, or kept apart from what the benchmark fills: decisions, models, counts, goods that moved."""
END = datetime.now(UTC).replace(hour=20, minute=0, second=0, microsecond=0) - timedelta(days=1)


@pytest.fixture
def client(clickhouse: ClickHouseSettings) -> Iterator[Client]:
    with closing(connect(clickhouse)) as client:
        yield client


def files_of_pages() -> set[str]:
    """The text of every file that a page asks with."""
    of_sinks = Path(sinks.__file__).parent
    folders = (Path(console.__file__).parent / "queries", of_sinks / "review", of_sinks / "causes")
    return {file.read_text() for folder in folders for file in folder.rglob("*.sql")}


@pytest.mark.services
def test_every_file_is_asked_and_finds_something(client: Client) -> None:
    fill_store(client, ROWS, END, lambda _: None)
    questions = page_questions(client, END)
    texts = [question.text for question in questions]
    assert not [text for text in files_of_pages() if not any(text in asked for asked in texts)]
    assert len({question.name for question in questions}) == len(questions)
    costs = {question.name: measured(client, question, 1) for question in questions}
    assert costs["latest"].raw_tables == ["scores"]
    assert 0 < costs["day_of_store"].read_rows < costs["visits"].read_rows + ROWS
    rows = {one.name: client.query(one.text, parameters=dict(one.parameters)).row_count for one in questions}
    assert sorted({name for name, count in rows.items() if not count} - MAY_BE_EMPTY) == []


def test_the_slowest_comes_first_and_scans_are_told() -> None:
    costs = [
        QueryCost("day", 4.0, 6.0, 90_000_000, []),
        QueryCost("latest", 20.0, 61.25, 70_000, ["scores"]),
        QueryCost("review_paid", 9.0, 12.0, 2_000_000, ["labels", "scores"]),
    ]
    table, record = report_queries(Queries(10_000_000, 20, costs))
    assert table.splitlines()[2].split()[0] == "latest"
    assert record == {
        "slowest_ms": 61.2, "raw_scans": 1, "day_ms": 6.0, "latest_ms": 61.2, "review_paid_ms": 12.0,
    }  # fmt: skip
    assert "more than 15 minutes" in table.splitlines()[3]


def test_only_tables_of_single_events_are_raw() -> None:
    text = "SELECT 1 FROM payments_minute JOIN labels USING (event_id)"
    assert PageQuestion("a", text, {}).raw_tables == ["labels"]
    assert PageQuestion("b", "SELECT 1 FROM alerts FINAL", {}).raw_tables == []
