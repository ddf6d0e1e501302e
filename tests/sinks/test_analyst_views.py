"""What analysts see keeps its names, says what it is, and needs no right to the tables below."""

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from clickhouse_connect.driver.client import Client

import sinks
from sinks.clustered import clustered
from sinks.connection import connect
from sinks.migrate import read_migrations
from sinks.settings import ClickHouseSettings
from tests.support_console.shop import Shop

DEPLOY = Path(sinks.__file__).parents[1] / "deploy" / "clickhouse"
DOCUMENTED = (DEPLOY.parents[1] / "docs" / "analysts.md").read_text()
VIEWS = "SELECT name FROM system.tables WHERE database = 'tillwatch' AND startsWith(name, 'v_') ORDER BY name"
NOW = datetime.now(UTC).replace(second=0, microsecond=0)


@pytest.fixture(scope="module")
def store(clickhouse: ClickHouseSettings) -> Iterator[Client]:
    with closing(connect(clickhouse)) as client:
        shop = Shop(client, stores=3)
        shop.open_stores()
        shop.payments(NOW - timedelta(hours=2), NOW, scale=0.2)
        yield client


@pytest.fixture
def views(store: Client) -> list[str]:
    return [name for (name,) in store.query(VIEWS).result_rows]


@pytest.mark.services
def test_every_column_of_a_view_says_what_it_is(store: Client, views: list[str]) -> None:
    assert len(views) == 8
    for view in views:
        columns = store.query(
            "SELECT name, comment FROM system.columns WHERE database = 'tillwatch' AND table = {view:String}",
            parameters={"view": view},
        ).result_rows
        assert columns
        assert [name for name, comment in columns if not comment] == []
        store.query(f"SELECT * FROM {view} LIMIT 1")
        assert f"`{view}`" in DOCUMENTED


@pytest.mark.services
def test_views_have_the_figures_of_the_tables(store: Client) -> None:
    for view, table in (
        ("SELECT sum(revenue_minor), sum(orders) FROM v_store_minute",
         "SELECT sum(revenue_minor), sum(orders) FROM payments_minute"),
        ("SELECT count(), max(score) FROM v_payments", "SELECT count(), max(score) FROM scores"),
        ("SELECT sum(clicks) FROM v_funnel_hour", "SELECT count() FROM clicks"),
        ("SELECT count() FROM v_stores", "SELECT count() FROM stores FINAL"),
    ):  # fmt: skip
        assert store.query(view).result_rows == store.query(table).result_rows
        assert store.query(table).result_rows[0][0] > 0


@pytest.mark.services
def test_the_analyst_reads_the_views_and_nothing_else(views: list[str]) -> None:
    granted = re.findall(r"GRANT SELECT ON tillwatch\.(\w+)<", (DEPLOY / "analyst.xml").read_text())
    secured = re.findall(
        r"ALTER TABLE tillwatch\.(\w+) MODIFY SQL SECURITY DEFINER", (DEPLOY / "views.sql").read_text()
    )
    assert sorted(granted) == sorted(secured) == views
    user = ElementTree.parse(DEPLOY / "analyst.xml")  # noqa: S314  # our own file
    assert user.findtext("profiles/tillwatch_analyst/readonly") == "1"
    assert user.findtext("users/analyst/quota") == "tillwatch_analyst"
    assert user.find("quotas/tillwatch_analyst/interval/read_rows") is not None


@pytest.mark.services
def test_every_statement_for_a_cluster_is_one_that_clickhouse_reads(store: Client) -> None:
    texts = list(clustered(read_migrations(), "chain"))
    for text in texts:
        formatted = store.query(
            "SELECT formatQuerySingleLine({text:String})", parameters={"text": text}
        ).result_rows[0][0]
        assert "ON CLUSTER chain" in formatted or formatted.startswith("INSERT INTO migrations"), text
    everything = "\n".join(texts)
    assert not re.search(r"ENGINE = (?!Replicated)\w*MergeTree", everything)
    assert "non_replicated" not in everything
    assert "CREATE TABLE IF NOT EXISTS scores_everywhere ON CLUSTER chain AS scores" in everything
    assert "source_progress_everywhere" not in everything  # dropped by a later migration
