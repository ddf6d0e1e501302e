"""The sink with real Kafka and a real store: everything once, whatever dies."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client

from producers.synthetic import synthetic_payment
from schemas.topics import CLICKS, METRICS, SCORES, STOCK_MOVEMENTS, TRANSACTIONS
from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support.events import MONDAY, click, movement, payments
from tests.support.scores import score
from tests.support.sinking import GROUP, WithoutKey, one, rows_already_there, send_scores, sink
from tests.support.topic_log import send, send_raw, wait_until_committed

pytestmark = pytest.mark.services


@pytest.fixture
def store(clickhouse: ClickHouseSettings) -> Iterator[Client]:
    """A client of the module's store, emptied."""
    client = connect(clickhouse)
    for (name,) in client.query(
        "SELECT name FROM system.tables WHERE database = 'tillwatch' AND engine LIKE '%MergeTree' "
        "AND name != 'migrations'"
    ).result_rows:
        client.command(f"TRUNCATE TABLE {name}")
    yield client
    client.close()


def test_killed_behind_inserts_everything_counts_once(
    kafka_topics: str, clickhouse: ClickHouseSettings, store: Client, tmp_path: Path
) -> None:
    count, revenue = send_scores(kafka_topics, 1_000, again=[range(400, 500), range(450, 700)])
    sent = payments(2_000)
    nothing = synthetic_payment("run-1", 0, MONDAY)  # in the table, not in its rollup
    pretended = synthetic_payment("run-1", 1, MONDAY).model_copy(update={"no_sale": True})
    send(kafka_topics, TRANSACTIONS, [*sent, nothing, pretended])
    there = 0
    for passes in (3, 9):
        with sink(kafka_topics, clickhouse, tmp_path, TILLWATCH_FAILPOINT=f"rows-inserted:{passes}") as dying:
            assert dying.wait(60) == -9
            assert f"failpoint rows-inserted fired at its {passes}. reach" in dying.said
            there += rows_already_there(dying)
    with sink(kafka_topics, clickhouse, tmp_path) as last:
        wait_until_committed(kafka_topics, GROUP, SCORES)
        wait_until_committed(kafka_topics, GROUP, TRANSACTIONS)
        assert last.stop(5) == 0
        there += rows_already_there(last)
    assert there > 0  # the inserts did contain repeats
    assert one(
        store,
        "SELECT count(), uniqExact(origin_partition, origin_offset), uniqExact(event_id) FROM scores",
    ) == (count, count, count)
    assert one(store, "SELECT sum(events), sum(revenue_minor), sum(orders) FROM payments_minute") == (
        count, revenue, count,
    )  # fmt: skip
    assert one(store, "SELECT sum(scores) FROM scoring_second") == (count,)
    assert one(store, "SELECT count(), uniqExact(event_id), sum(amount_minor) FROM transactions") == (
        2_002, 2_002, sum(paid.amount_minor for paid in sent),
    )  # fmt: skip
    assert one(store, "SELECT sum(events) FROM arrivals_second WHERE topic = 'transactions'") == (2_001,)


def test_repeats_of_a_dense_topic_are_dropped_across_restarts(
    kafka_topics: str, clickhouse: ClickHouseSettings, store: Client, tmp_path: Path
) -> None:
    """The mark is kept in Kafka, so a repeat is recognised by the next sink too."""
    count, _ = send_scores(kafka_topics, 50)
    with sink(kafka_topics, clickhouse, tmp_path) as first:
        wait_until_committed(kafka_topics, GROUP, SCORES)
        assert first.stop(5) == 0
    send(kafka_topics, SCORES, [WithoutKey(score(2, offset)) for offset in range(30, 60)], 2)
    with sink(kafka_topics, clickhouse, tmp_path) as second:
        wait_until_committed(kafka_topics, GROUP, SCORES)
        assert second.stop(5) == 0
        assert '"repeats":20' in second.said
    assert one(store, "SELECT count(), uniqExact(origin_partition, origin_offset) FROM scores") == (
        count + 10, count + 10,
    )  # fmt: skip


def test_gap_in_a_dense_topic_is_an_error(
    kafka_topics: str, clickhouse: ClickHouseSettings, store: Client, tmp_path: Path
) -> None:
    send(kafka_topics, SCORES, [WithoutKey(score(1, offset)) for offset in (0, 1, 5, 6)], 1)
    with sink(kafka_topics, clickhouse, tmp_path) as running_sink:
        wait_until_committed(kafka_topics, GROUP, SCORES)
        assert running_sink.stop(5) == 0
        assert "origins are missing" in running_sink.said
        assert '"gaps":3' in running_sink.said
    assert one(store, "SELECT count() FROM scores") == (4,)


def test_broken_records_are_left_out_and_counted(
    kafka_topics: str, clickhouse: ClickHouseSettings, store: Client, tmp_path: Path
) -> None:
    good = payments(20)
    send(kafka_topics, TRANSACTIONS, good[:10], 0)
    send_raw(kafka_topics, TRANSACTIONS, [(b"k", b"{"), (b"k", b"[]"), (b"k", None), (b"k", b"{}")], 0)
    send(kafka_topics, TRANSACTIONS, good[10:], 0)
    with sink(kafka_topics, clickhouse, tmp_path) as running_sink:
        wait_until_committed(kafka_topics, GROUP, TRANSACTIONS)
        assert running_sink.stop(5) == 0
        assert "records refused" in running_sink.said
        assert '"refused":3' in running_sink.said
    assert one(store, "SELECT count(), uniqExact(event_id), max(kafka_offset) FROM transactions") == (
        20, 20, 23,
    )  # fmt: skip


def test_clicks_and_stock_reach_their_rollups(
    kafka_topics: str, clickhouse: ClickHouseSettings, store: Client, tmp_path: Path
) -> None:
    send(kafka_topics, CLICKS, [click(seq) for seq in range(100)])
    send(kafka_topics, STOCK_MOVEMENTS, [movement(seq) for seq in range(100)])
    with sink(kafka_topics, clickhouse, tmp_path) as running_sink:
        wait_until_committed(kafka_topics, GROUP, CLICKS)
        wait_until_committed(kafka_topics, GROUP, STOCK_MOVEMENTS)
        assert running_sink.stop(5) == 0
    assert one(store, "SELECT sum(clicks), uniqMerge(sessions) FROM clicks_minute") == (100, 7)
    assert one(store, "SELECT sum(movements), sum(pieces) FROM stock_minute") == (100, 100)


def test_last_partial_of_a_minute_wins(
    kafka_topics: str, clickhouse: ClickHouseSettings, store: Client, tmp_path: Path
) -> None:
    """Cumulative figures: the last origin offset per input partition, then the sum over partitions."""
    send_raw(
        kafka_topics,
        METRICS,
        [
            (b"a", partial(partition=0, offset=10, count=2, total=20)),
            (b"a", partial(partition=0, offset=30, count=5, total=50)),
            (b"a", partial(partition=0, offset=20, count=3, total=30)),
            (b"b", partial(partition=1, offset=4, count=1, total=7)),
        ],
        0,
    )
    with sink(kafka_topics, clickhouse, tmp_path) as running_sink:
        wait_until_committed(kafka_topics, GROUP, METRICS)
        assert running_sink.stop(5) == 0
    assert one(store, "SELECT series, store_id, count, total FROM metrics_minute") == (
        "revenue", "store-1", 6, 57,
    )  # fmt: skip


def partial(*, partition: int, offset: int, count: int, total: int) -> bytes:
    return (
        f'{{"series":"revenue","store_id":"store-1","channel":"pos","minute":"2026-10-05T09:00:00Z",'
        f'"count":{count},"total":{total},"origin":{{"generation":"t:0","topic":"scores",'
        f'"partition":{partition},"offset":{offset}}}}}'
    ).encode()
