"""Each query of Grafana's dashboards runs on the store, its macros written out as the plugin does."""

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from clickhouse_connect.driver.client import Client

from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support_console.alerts import alert, write
from tests.support_console.shop import Shop

GRAFANA = Path(__file__).resolve().parents[1] / "deploy" / "grafana"
DASHBOARDS = {path.stem: orjson.loads(path.read_bytes()) for path in (GRAFANA / "dashboards").glob("*.json")}
PANELS = [(name, panel) for name, dashboard in sorted(DASHBOARDS.items()) for panel in dashboard["panels"]]
NAMES = [f"{name}: {panel['title']}" for name, panel in PANELS]
NOW = datetime.now(UTC).replace(microsecond=0)
INTERVAL_SECONDS = 60
MAY_BE_EMPTY = {"Running out", "Records that wait, by agent", "Sources that owe events"}


@pytest.fixture(scope="module")
def store(clickhouse: ClickHouseSettings) -> Iterator[Client]:
    with closing(connect(clickhouse)) as client:
        shop = Shop(client, stores=3)
        shop.open_stores()
        shop.payments(NOW - timedelta(hours=3), NOW, scale=0.2)
        client.insert(
            "transactions",
            [["till-1", NOW, NOW, "p"]],
            column_names=["source", "occurred_at", "received_at", "payment_id"],
        )
        client.insert(
            "dead_letters",
            [["clicks", "schema", "page: missing", NOW]],
            column_names=["origin_topic", "kind", "reason", "refused_at"],
        )
        write(client, "alerts", [alert("a-1", NOW - timedelta(minutes=5))])
        yield client


def written_out(query: str, since: datetime, until: datetime) -> str:
    """Put what the plugin and Grafana put in the place of macros and variables."""
    begin, end = (f"toDateTime({int(moment.timestamp())})" for moment in (since, until))
    query = re.sub(r"\$__timeFilter\((\w+)\)", rf"\1 >= {begin} AND \1 <= {end}", query)
    step = f"INTERVAL {INTERVAL_SECONDS} second"
    query = re.sub(r"\$__timeInterval\((\w+)\)", rf"toStartOfInterval(toDateTime(\1), {step})", query)
    query = query.replace("$__interval_s", str(INTERVAL_SECONDS))
    query = query.replace("${store:singlequote}", "'store-01','store-02','store-03','web','app'")
    if "$" in query:
        raise ValueError(f"a macro that nobody writes out: {query}")
    return query


@pytest.mark.services
@pytest.mark.parametrize(("dashboard", "panel"), PANELS, ids=NAMES)
def test_every_query_of_a_panel_runs(store: Client, dashboard: str, panel: dict[str, Any]) -> None:
    (target,) = panel["targets"]
    found = store.query(written_out(target["rawSql"], NOW - timedelta(hours=6), NOW + timedelta(minutes=1)))
    assert found.row_count > 0 or panel["title"] in MAY_BE_EMPTY, dashboard
    is_series = panel["type"] == "timeseries"
    assert target["queryType"] == ("timeseries" if is_series else "table")
    if is_series and found.row_count:
        assert found.column_names[0] == "time"


@pytest.mark.services
def test_variables_are_asked_of_the_store(store: Client) -> None:
    for dashboard in DASHBOARDS.values():
        for variable in dashboard["templating"]["list"]:
            assert store.query(variable["query"]).row_count == 5
            assert f"${{{variable['name']}:singlequote}}" in orjson.dumps(dashboard["panels"]).decode()


def test_what_is_provisioned_is_there() -> None:
    (source,) = yaml.safe_load((GRAFANA / "provisioning/datasources/tillwatch.yaml").read_text())[
        "datasources"
    ]
    assert source["jsonData"]["username"] == "reader"
    used = {panel["targets"][0]["datasource"]["uid"] for _, panel in PANELS}
    assert used == {panel["datasource"]["uid"] for _, panel in PANELS} == {source["uid"]}
    assert len({dashboard["uid"] for dashboard in DASHBOARDS.values()}) == len(DASHBOARDS) == 3
    for dashboard in DASHBOARDS.values():
        places = [panel["id"] for panel in dashboard["panels"]]
        assert len(set(places)) == len(places)


def test_a_macro_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody writes out"):
        written_out("SELECT $__unknown(minute)", NOW, NOW)
