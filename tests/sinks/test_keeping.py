"""What is kept can be made anew, copied, limited in time, and made nobody's."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from clickhouse_connect.driver.client import Client

from schemas.errors import Stop
from schemas.identifiers import uuid7
from sinks.connection import connect
from sinks.keeping.backup import back_up, restore
from sinks.keeping.forget import forget_customer
from sinks.keeping.manifest import SinkPosition
from sinks.keeping.retention import KEPT_BY, keep, kept_for
from sinks.keeping.tables_kept import kept_tables
from sinks.migrate import migrate
from sinks.rollups.rebuild import rebuild
from sinks.rollups.registry import ROLLUPS
from sinks.settings import ClickHouseSettings
from tests.support_console.alerts import alert, write
from tests.support_console.shop import Shop

pytestmark = pytest.mark.services

NOW = datetime.now(UTC).replace(microsecond=0)
YESTERDAY = (NOW - timedelta(days=1)).date()
HERS = "customer-{customer:String}"
SAID = "c-1 c-1 paid with k.1, k.12 and xk.1; not c-12, c-1.5 or k.1@x. Then k.1."
OF_SHORT = (
    '{"lines": [{"a": "c-1"}]}',
    r'{"a": "\u0063-1"}',
    '{"note": "rang c-1."}',
    '{"c-1": 3}',
    '{"a": "k.1", "cut off ',
    "no JSON of c-1 at all",
)
OF_OTHERS = (
    '{"a": "c-12"}', r'{"a": "c-1\u0032"}', '{"a": "c-1.5", "b": 1}', '{"a": "kx1", "cut off ', "xc-1 c-1-2",
)  # fmt: skip
FIGURES = {
    "payments_minute": "sum(revenue_minor), sum(events)",
    "payment_parts": "sum(revenue_minor), sum(events)",
    "goods_minute": "sum(sold_minor), sum(lines)",
    "rule_hit_payments": "count(), sum(reporting_minor)",
    "review_payments": "count(), sum(reporting_minor)",
    "said_of_payments": "uniq(event_id, said_by), max(last_word)",
    "scoring_second": "sum(scores), sum(repeats)",
    "clicks_minute": "sum(clicks), uniqMerge(sessions)",
    "visits_hour": "sum(clicks), uniqMerge(paying)",
    "click_parts": "sum(views), sum(clicks)",
    "click_pages_hour": "sum(clicks), uniqMerge(sessions)",
    "click_pages_minute": "sum(clicks), uniqMerge(sessions)",
    "visit_ends": "uniq(visit), count(DISTINCT minute, visit)",
    "stock_minute": "sum(movements), sum(pieces)",
    "heartbeats_minute": "sum(heartbeats), uniq(minute)",
    "last_heartbeats": "uniq(source), max(at)",
    "arrivals_second": "sum(events), max(last_occurred_at)",
}


@pytest.fixture(scope="module")
def store(clickhouse: ClickHouseSettings) -> Iterator[Client]:
    """Two days of a small chain, one customer of which is of interest."""
    with closing(connect(clickhouse)) as client:
        shop = Shop(client, stores=3)
        shop.payments(NOW - timedelta(hours=30), NOW, scale=0.1)
        of_her = {"customer_id": HERS, "card_id": "her-card", "event_id": uuid7(NOW, Random(1))}
        scored = shop.score_row(NOW - timedelta(hours=26), score=0.1)
        shop.insert_scores([scored | of_her | {"rules_hit": ["odd"]}])
        said = [[of_her["event_id"], HERS, "till-1", NOW - timedelta(hours=26), NOW, "genuine", "analyst"]]
        names = ["event_id", "customer_id", "terminal_id", "occurred_at", "known_at", "verdict", "said_by"]
        client.insert("labels", said, column_names=names)
        click = [
            [NOW, NOW, "her-visit", "her-browser", HERS, "web", "view"],
            [NOW, NOW, "another", "b", None, "web", "pay"],
        ]
        names = [
            "occurred_at",
            "received_at",
            "session_id",
            "visitor_id",
            "customer_id",
            "store_id",
            "action",
        ]
        client.insert("clicks", click, column_names=names)
        client.insert(
            "stock_movements",
            [
                [NOW - timedelta(hours=hours), NOW - timedelta(hours=hours), "store-01", "sku", "sale", -2]
                for hours in (1, 30)
            ],
            column_names=["occurred_at", "received_at", "place_id", "sku", "kind", "quantity"],
        )
        client.insert(
            "heartbeats",
            [
                ["till", "run", "store-01", NOW - timedelta(hours=hours), NOW - timedelta(hours=hours)]
                for hours in (1, 30)
            ],
            column_names=["source", "run", "store_id", "at", "received_at"],
        )
        entity = {
            "entity_type": "card",
            "entity": "her-card",
            "sentence": "3 payments with her-card at once.",
        }
        write(client, "alerts", [alert("a-hers", NOW).model_copy(update=entity)])
        client.insert(
            "dead_letters",
            [["transactions", f'{{"customer_id":"{HERS}"', NOW], ["clicks", "{", NOW]],
            column_names=["origin_topic", "payload", "refused_at"],
        )
        of_short = {"customer_id": "c-1", "card_id": "k.1", "event_id": uuid7(NOW, Random(2))}
        shop.insert_scores([shop.score_row(NOW - timedelta(hours=26)) | of_short])
        entity = {"entity_type": "card", "entity": "k.1", "sentence": SAID}
        write(client, "alerts", [alert("a-short", NOW).model_copy(update=entity)])
        client.insert(
            "dead_letters",
            [["labels", payload, number, NOW] for number, payload in enumerate((*OF_SHORT, *OF_OTHERS))],
            column_names=["origin_topic", "payload", "origin_offset", "refused_at"],
        )
        yield client


def figures(client: Client) -> dict[str, tuple[object, ...]]:
    return {
        name: tuple(client.query(f"SELECT {figure} FROM {name}").result_rows[0])
        for name, figure in FIGURES.items()
    }


def test_every_view_belongs_to_a_rollup_that_can_be_made_anew(store: Client) -> None:
    views = store.query(
        "SELECT name FROM system.tables WHERE database = 'tillwatch' AND engine = 'MaterializedView'"
    ).result_rows
    assert {name for (name,) in views} == {view.name for rollup in ROLLUPS.values() for view in rollup.views}
    assert FIGURES.keys() == ROLLUPS.keys()


def test_what_a_rollup_lost_or_counted_twice_is_right_again(store: Client) -> None:
    before = figures(store)
    assert all(all(figure) for name, figure in before.items() if name != "scoring_second"), before
    for number, name in enumerate(ROLLUPS):
        if number % 2:
            store.command(f"TRUNCATE TABLE {name}")
        else:
            store.command(f"INSERT INTO {name} SELECT * FROM {name}", settings={"insert_deduplicate": 0})
    days: list[str] = []
    for name in ROLLUPS:
        rebuild(store, name, say=days.append)
    assert figures(store) == before
    assert f"payments_minute: scores of {YESTERDAY}" in days


def test_days_whose_events_are_gone_keep_their_figures(store: Client) -> None:
    before = figures(store)["stock_minute"]
    store.command(
        "ALTER TABLE stock_movements DELETE WHERE occurred_at < now() - INTERVAL 12 HOUR",
        settings={"mutations_sync": 2},
    )
    rebuild(store, "stock_minute", since=NOW.date())
    assert figures(store)["stock_minute"] == before
    with pytest.raises(Stop, match="of no day"):
        rebuild(store, "last_heartbeats", since=NOW.date())
    with pytest.raises(Stop, match="there is no rollup scores, only"):
        rebuild(store, "scores")


def test_a_copy_fills_an_empty_database_and_nothing_else(
    store: Client, clickhouse: ClickHouseSettings, tmp_path: Path
) -> None:
    store.command("CREATE TABLE IF NOT EXISTS scores_trial AS scores")
    store.command("INSERT INTO scores_trial SELECT * FROM scores LIMIT 7")
    store.command("OPTIMIZE TABLE last_heartbeats FINAL")  # a copy is merged as it is restored
    position = SinkPosition(topic="scores", partition=0, offset=12, metadata="where it stood")
    back_up(store, tmp_path / "copy", [position], lambda _: None)
    with pytest.raises(Stop, match="is not empty"):
        back_up(store, tmp_path / "copy", [], lambda _: None)
    with pytest.raises(Stop, match="not empty: restore into an empty one"):
        restore(store, tmp_path / "copy", lambda _: None)
    store.command("CREATE DATABASE another")
    with closing(connect(clickhouse.model_copy(update={"database": "another"}))) as other:
        piece = next((tmp_path / "copy").glob("clicks.*"))
        kept = piece.read_bytes()
        piece.write_bytes(kept[:-1])
        with pytest.raises(Stop, match="missing or damaged: nothing was restored"):
            restore(other, tmp_path / "copy", lambda _: None)
        piece.write_bytes(kept)
        assert restore(other, tmp_path / "copy", lambda _: None).sink_positions == [position]
        assert kept_tables(other) == kept_tables(store)
        assert {name: contents(other, name) for name in kept_tables(other)} == {
            name: contents(store, name) for name in kept_tables(store)
        }
        assert migrate(other) == []
    store.command("DROP DATABASE another")
    store.command("DROP TABLE scores_trial")


def contents(client: Client, table: str) -> tuple[object, ...]:
    """All that a table holds, whatever its order.

    Of states of aggregates what they come to: their bytes depend on what was merged with what before.
    """
    states = "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {table:String} "
    states += "AND startsWith(type, 'AggregateFunction')"
    found = client.query(states, parameters={"table": table}).result_rows
    ended = ", ".join(f"finalizeAggregation({name}) AS {name}" for (name,) in found)
    shown = f"* REPLACE ({ended})" if ended else "*"
    return tuple(
        client.query(
            f"SELECT count(), sum(cityHash64(toString(tuple(*)))) FROM (SELECT {shown} FROM {table})"
        ).result_rows[0]
    )


def test_time_is_limited_for_what_is_kept_by_time(store: Client) -> None:
    kept = {one.table: one for one in kept_for(store)}
    assert kept.keys() == KEPT_BY.keys()
    assert (kept["scores"].days, kept["arrivals_second"].days) == (None, 7)
    assert kept["scores"].rows > 0
    keep(store, "scores", 400)
    keep(store, "clicks_minute", 90)
    assert {one.table: one.days for one in kept_for(store)} | {"scores": 400, "clicks_minute": 90} == {
        one.table: one.days for one in kept_for(store)
    }
    store.command("INSERT INTO clicks_minute (minute, clicks) VALUES ('2020-01-01 00:00:00', 1)")
    store.command("OPTIMIZE TABLE clicks_minute FINAL")
    assert store.query("SELECT count() FROM clicks_minute WHERE minute < '2021-01-01'").result_rows == [(0,)]
    for table in ("scores", "clicks_minute"):
        keep(store, table, None)
        keep(store, table, None)
    assert {one.days for one in kept_for(store) if one.table in ("scores", "clicks_minute")} == {None}
    with pytest.raises(Stop, match="alerts is not kept by time"):
        keep(store, "alerts", 5)
    with pytest.raises(Stop, match="a day at least"):
        keep(store, "scores", 0)


def test_nobody_is_left_of_a_forgotten_customer_and_every_figure_is(store: Client) -> None:
    before = figures(store)
    done = forget_customer(store, HERS)
    assert done == {
        "alerts": 1, "clicks": 1, "dead_letters": 1, "labels": 1, "review_payments": 1,
        "rule_hit_payments": 1, "scores": 1,
    }  # fmt: skip
    for table in kept_tables(store):
        found = store.query(
            f"SELECT count() FROM {table} WHERE match(toString(tuple(*)), 'customer-\\\\{{|her-')"
        )
        assert found.result_rows == [(0,)], table
    for table in ("scores", "review_payments"):
        found = store.query(f"SELECT count() FROM {table} WHERE startsWith(card, 'her-')")
        assert found.result_rows == [(0,)], table
    assert figures(store) == before
    for name in ("payments_minute", "clicks_minute"):
        rebuild(store, name)
    assert figures(store) == before
    said = store.query("SELECT sentence FROM alerts WHERE alert_id = 'a-hers'").result_rows
    assert said == [("3 payments with … at once.",)]
    with pytest.raises(Stop, match="nothing is kept of customer"):
        forget_customer(store, HERS)


def test_whose_id_only_begins_or_ends_like_it_stays(store: Client) -> None:
    done = forget_customer(store, "c-1")
    assert (done["dead_letters"], done["alerts"]) == (len(OF_SHORT), 1)
    kept = store.query("SELECT payload FROM dead_letters WHERE origin_topic = 'labels' AND payload != ''")
    assert {payload for (payload,) in kept.result_rows} == set(OF_OTHERS)
    said = store.query("SELECT sentence FROM alerts WHERE alert_id = 'a-short'").result_rows
    assert said == [("… … paid with …, k.12 and xk.1; not c-12, c-1.5 or k.1@x. Then ….",)]
