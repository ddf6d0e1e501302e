"""Switching to a reprocess and back: with a real worker, sink, Kafka and store, no figure lost or doubled."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from producers.generations import publish_generation, read_generations
from producers.output_topics import delete_output_topic, output_topic_exists
from schemas.topics import GENERATIONS, SCORES, TRANSACTIONS, scores_of
from schemas.transaction import Transaction
from sinks.connection import connect
from sinks.generations.exchange import tables_there
from sinks.settings import ClickHouseSettings
from tests.support.command import running
from tests.support.reprocessing import (
    MODEL_VERSIONS,
    WORKER,
    command,
    history,
    reprocess,
    score_live,
    scores_once,
)
from tests.support.sinking import GROUP, one, sink, store_variables
from tests.support.topic_log import end_offset, send, wait_until_committed

pytestmark = pytest.mark.services

OLDER = MODEL_VERSIONS[0]


@pytest.fixture
def store(clickhouse: ClickHouseSettings, kafka: str) -> Iterator[Client]:
    """A client of the module's store, emptied; what a reprocess made is deleted behind it."""
    client = connect(clickhouse)
    made = {"scores_older", "scores_same"}
    for name in tables_there(client):
        if name in made or name.startswith("replaced_by"):
            client.command(f"DROP TABLE {name}")
        elif name != "migrations" and not name.endswith("_view"):
            engine = one(client, f"SELECT engine FROM system.tables WHERE name = '{name}'")[0]
            if "MergeTree" in str(engine):
                client.command(f"TRUNCATE TABLE {name}")
    yield client
    client.close()
    for name in ("older", "same"):
        delete_output_topic(kafka, scores_of(name))


def write_store(kafka: str, clickhouse: ClickHouseSettings, folder: Path) -> None:
    """Let a sink write all there is, and stop it."""
    with sink(kafka, clickhouse, folder) as running_sink:
        for topic in (SCORES, GENERATIONS):
            if end_offset(kafka, topic):
                wait_until_committed(kafka, GROUP, topic)
        assert running_sink.stop(8) == 0


def score_more(kafka: str, clickhouse: ClickHouseSettings, folder: Path, paid: Sequence[Transaction]) -> None:
    """Let worker and sink start, take more payments and stop."""
    send(kafka, TRANSACTIONS, paid)
    with running(WORKER, kafka, folder) as worker:
        wait_until_committed(kafka, "tillwatch-fraud", TRANSACTIONS)
        assert worker.stop(8) == 0
    write_store(kafka, clickhouse, folder)


def switch(kafka: str, clickhouse: ClickHouseSettings, *arguments: str) -> None:
    """Switch, which must work."""
    ended = command(kafka, "switch", *arguments, **store_variables(clickhouse))
    assert ended.returncode == 0, ended.stderr


def rows(store: Client, where: str = "1") -> list[tuple[Any, ...]]:
    found = store.query(f"SELECT * FROM scores WHERE {where} ORDER BY origin_partition, origin_offset")
    return [tuple(row) for row in found.result_rows]


def assert_exact(store: Client, paid: Sequence[Transaction]) -> None:
    """Each payment has one row, and the rollup is the sum of the rows and of the payments."""
    count, revenue = len(paid), sum(one.amount_minor for one in paid)
    counted = "SELECT count(), uniqExact(origin_partition, origin_offset), uniqExact(event_id) FROM scores"
    assert one(store, counted) == (count, count, count)
    assert one(store, "SELECT sum(events), sum(revenue_minor), sum(orders) FROM payments_minute") == (
        count, revenue, count,
    )  # fmt: skip
    assert one(store, "SELECT sum(reviewed), sum(reviewed_minor) FROM payments_minute") == one(
        store, "SELECT countIf(decision = 'review'), sumIf(reporting_minor, decision = 'review') FROM scores"
    )


def numbers(store: Client) -> list[tuple[object, ...]]:
    found = store.query(
        "SELECT toUInt32(splitByChar(':', origin_generation)[2]) AS number, count() FROM scores "
        "GROUP BY number ORDER BY number"
    )
    return [tuple(row) for row in found.result_rows]


def test_switch_and_back_keep_every_figure(
    kafka_topics: str, clickhouse: ClickHouseSettings, store: Client, tmp_path: Path
) -> None:
    paid = history(1_150)
    score_live(kafka_topics, tmp_path, paid[:1_000])
    write_store(kafka_topics, clickhouse, tmp_path)
    assert_exact(store, paid[:1_000])
    before = rows(store)
    reprocess(kafka_topics, "older", "--model", OLDER)

    switch(kafka_topics, clickhouse, "older")
    assert_exact(store, paid[:1_000])
    assert one(store, "SELECT uniqExact(model_version), any(model_version) FROM scores") == (1, OLDER)
    assert rows(store) != before
    score_more(kafka_topics, clickhouse, tmp_path, paid[1_000:1_100])
    assert_exact(store, paid[:1_100])
    assert numbers(store) == [(1, 1_000), (2, 100)]
    assert one(store, "SELECT uniqExact(model_version) FROM scores") == (1,)

    switch(kafka_topics, clickhouse, "--back")
    assert_exact(store, paid[:1_100])
    assert rows(store, "origin_generation LIKE '%:0'") == before
    score_more(kafka_topics, clickhouse, tmp_path, paid[1_100:])
    assert_exact(store, paid)
    assert numbers(store) == [(0, 1_000), (2, 100), (3, 50)]
    newest = (
        "SELECT uniqExact(model_version), any(model_version) FROM scores WHERE origin_generation LIKE '%:3'"
    )
    assert one(store, newest) == (1, MODEL_VERSIONS[1])
    scores, reader = scores_once(kafka_topics, SCORES)
    assert (len(scores), reader.repeats, reader.gaps) == (1_150, 0, 0)

    reprocess(kafka_topics, "older", "--model", OLDER)
    switch(kafka_topics, clickhouse, "older")
    assert_exact(store, paid)
    assert one(store, "SELECT uniqExact(model_version) FROM scores") == (1,)


def test_a_switch_that_was_killed_is_finished_and_what_is_live_is_not_dropped(
    kafka_topics: str, clickhouse: ClickHouseSettings, store: Client, tmp_path: Path
) -> None:
    paid = history(1_000)
    score_live(kafka_topics, tmp_path, paid)
    write_store(kafka_topics, clickhouse, tmp_path)
    before = rows(store)
    reprocess(kafka_topics, "older", "--model", OLDER)
    arguments = ("tillwatch", "reprocess", "switch", "older")
    with running(arguments, kafka_topics, tmp_path, **store_variables(clickhouse)) as killed:
        killed.wait_until_said("older is live as generation 2")
        killed.kill()
    switch(kafka_topics, clickhouse, "older")
    assert_exact(store, paid)
    assert one(store, "SELECT uniqExact(model_version), any(model_version) FROM scores") == (1, OLDER)
    assert len(read_generations(kafka_topics)) == 2
    refused = command(kafka_topics, "drop", "older", **store_variables(clickhouse))
    assert (refused.returncode, "older is live as generation 2" in refused.stderr) == (1, True)
    assert "reprocess" in command(kafka_topics, "list").stdout
    switch(kafka_topics, clickhouse, "--back")
    assert rows(store) == before
    dropped = command(kafka_topics, "drop", "older", **store_variables(clickhouse))
    assert dropped.returncode == 0, dropped.stderr
    assert not output_topic_exists(kafka_topics, scores_of("older"))
    assert not {name for name in tables_there(store) if name.startswith(("staged", "replaced", "scores_"))}
    assert_exact(store, paid)
    reprocess(kafka_topics, "older")
    assert [made.number for made in read_generations(kafka_topics)] == [1, 2, 3, 4]


def test_a_switch_is_refused_until_all_stand_at_one_point(
    kafka_topics: str, clickhouse: ClickHouseSettings, store: Client, tmp_path: Path
) -> None:
    paid = history(300)
    score_live(kafka_topics, tmp_path, paid[:200])
    reprocess(kafka_topics, "same")
    variables = store_variables(clickhouse)
    assert "the sink has written scores[" in command(kafka_topics, "switch", "same", **variables).stderr
    write_store(kafka_topics, clickhouse, tmp_path)
    with running(WORKER, kafka_topics, tmp_path) as worker:
        worker.wait_until_said('"agent":"fraud","partitions"')
        refused = command(kafka_topics, "switch", "same", **variables)
        assert (refused.returncode, "1 worker still in group tillwatch-fraud" in refused.stderr) == (1, True)
        send(kafka_topics, TRANSACTIONS, paid[200:])
        wait_until_committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS)
        assert worker.stop(8) == 0
    write_store(kafka_topics, clickhouse, tmp_path)
    behind = command(kafka_topics, "switch", "same", **variables)
    assert "same has come to payment" in behind.stderr
    with sink(kafka_topics, clickhouse, tmp_path) as running_sink:
        running_sink.wait_until_said("topics assigned")
        assert "1 sink still in group" in command(kafka_topics, "switch", "same", **variables).stderr
        running_sink.stop(8)
    nothing = command(kafka_topics, "switch", "--back", **variables)
    assert "nothing to go back from: original is live" in nothing.stderr
    assert [made.kind for made in read_generations(kafka_topics)] == ["reprocess"]
    assert_exact(store, paid)


def test_an_older_generation_than_the_store_s_is_refused(
    kafka_topics: str, clickhouse: ClickHouseSettings, store: Client, tmp_path: Path
) -> None:
    paid = history(60)
    score_live(kafka_topics, tmp_path, paid[:50])
    write_store(kafka_topics, clickhouse, tmp_path)
    reprocess(kafka_topics, "same")
    switch(kafka_topics, clickhouse, "same")
    score_more(kafka_topics, clickhouse, tmp_path, paid[50:])
    switched = read_generations(kafka_topics)[-1]
    publish_generation(kafka_topics, switched.model_copy(update={"kind": "dropped"}))  # as if it was lost
    with sink(kafka_topics, clickhouse, tmp_path) as refused:
        assert refused.wait() == 1
        assert "generation 0 is live in Kafka, and the store holds generation 2" in refused.said
    with running(WORKER, kafka_topics, tmp_path) as worker:
        assert worker.wait() == 1
        assert "holds generation 2, generations says that 0 is live" in worker.said
    assert_exact(store, paid)


def test_a_worker_that_was_not_stopped_ends_at_the_switch(kafka_topics: str, tmp_path: Path) -> None:
    score_live(kafka_topics, tmp_path, history(50))
    reprocess(kafka_topics, "same")
    made = read_generations(kafka_topics)[-1]
    with running(WORKER, kafka_topics, tmp_path) as worker:
        worker.wait_until_said('"agent":"fraud","partitions"')
        publish_generation(kafka_topics, made.model_copy(update={"number": 2, "kind": "switch"}))
        assert worker.wait() == 1
        assert "scores were switched to generation 2 (same), this worker makes generation 0" in worker.said


def test_every_rollup_of_scores_is_exchanged_or_says_why_not(store: Client) -> None:
    """How fast was scored stays what it was; every other view of scores must be made anew in an exchange."""
    views = store.query(
        "SELECT name FROM system.tables WHERE database = 'tillwatch' AND engine = 'MaterializedView' "
        "AND match(as_select, '\\.scores\\s')"
    ).result_rows
    assert {name for (name,) in views} == {
        "payments_minute_view",
        "payment_parts_view",
        "goods_minute_view",
        "rule_hit_payments_view",
        "review_payments_view",
        "scoring_second_view",
    }
