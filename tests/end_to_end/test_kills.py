"""Real payments through real Kafka into the store while the worker and the sink are killed."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import polars as pl
import pytest

from schemas.score import Score
from schemas.topics import LABELS, SCORES, TRANSACTIONS
from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support.command import Command, running
from tests.support.topic_log import end_offset, read_topic, wait_until_committed

__all__: list[str] = []

DAYS = 12
PAYMENTS = 24_000
# Where each process dies: the fraud agent passes its point once per round of at most 4,000 payments, the sink
# once per insert.
WORKER_DEATHS = ("outputs-acknowledged:1", "outputs-acknowledged:2", "outputs-acknowledged:3")
SINK_DEATHS = ("rows-inserted:9", "rows-inserted:4")


def write_payments(file: Path) -> int:
    """Write a file of the card-fraud form; give the sum of its amounts in minor units."""
    random = Random(7)
    begin = datetime(2026, 3, 2, tzinfo=UTC)
    times = sorted(begin + timedelta(days=DAYS) * random.random() for _ in range(PAYMENTS))
    amounts = [random.randrange(100, 30_000) for _ in times]
    pl.DataFrame(
        {
            "transaction_id": range(PAYMENTS),
            "event_time": times,
            "customer_id": [random.randrange(400) for _ in times],
            "terminal_id": [random.randrange(200) for _ in times],
            "amount": [amount / 100 for amount in amounts],
            "is_fraud": [amount > 29_000 for amount in amounts],
            "scenario": [0] * PAYMENTS,
        },
        schema_overrides={
            "transaction_id": pl.Int64,
            "event_time": pl.Datetime("ms", "UTC"),
            "customer_id": pl.Int32,
            "terminal_id": pl.Int32,
            "scenario": pl.Int8,
        },
    ).write_parquet(file)
    return sum(amounts)


def die_in_turn(
    name: str, deaths: tuple[str, ...], kafka: str, folder: Path, **environment: str
) -> Iterator[Command]:
    """Run a command again and again until each of its failpoints has fired."""
    for spec in deaths:
        with running(["tillwatch", name], kafka, folder, TILLWATCH_FAILPOINT=spec, **environment) as command:
            point, passes = spec.split(":")
            command.wait_until_said(f"failpoint {point} fired at its {passes}. reach")
            assert command.wait() == -9
            yield command


def store_environment(store: ClickHouseSettings) -> dict[str, str]:
    return {
        "TILLWATCH_CLICKHOUSE_HOST": store.host,
        "TILLWATCH_CLICKHOUSE_PORT": str(store.port),
        "TILLWATCH_CLICKHOUSE_USER": store.user,
        "TILLWATCH_CLICKHOUSE_PASSWORD": store.password.get_secret_value(),
        "TILLWATCH_SINK_BATCH_ROWS": "1000",  # or all may be written before the second death
    }


@pytest.mark.services
def test_kills_lose_and_double_nothing(
    kafka_topics: str, clickhouse: ClickHouseSettings, tmp_path: Path
) -> None:
    """Three deaths of the worker between acknowledgement and commit, two of the sink between insert and
    commit, while a replay runs at full speed: each payment is in the store once, and so is its money.
    """
    kafka, file = kafka_topics, tmp_path / "payments.parquet"
    money = write_payments(file)
    environment = store_environment(clickhouse)
    replay = ["tillwatch", "replay", "card-fraud", str(file), "--speed", "max"]
    with running(replay, kafka, tmp_path) as replaying:
        for _ in die_in_turn("worker", WORKER_DEATHS, kafka, tmp_path):
            pass
        assert replaying.wait(60) == 0
    with running(["tillwatch", "worker"], kafka, tmp_path):
        sinks = list(die_in_turn("sink", SINK_DEATHS, kafka, tmp_path, **environment))
        wait_until_committed(kafka, "tillwatch-fraud", TRANSACTIONS)
        with running(["tillwatch", "sink"], kafka, tmp_path, **environment) as sink:
            for topic in (TRANSACTIONS, SCORES, LABELS):
                wait_until_committed(kafka, "tillwatch-sink", topic)
            again = sink.said + "".join(command.said for command in sinks)
    assert end_offset(kafka, TRANSACTIONS) == PAYMENTS
    raw = read_topic(kafka, SCORES, Score)
    assert len(raw) > PAYMENTS, "no score was written twice, so the deaths proved nothing"
    assert re.search(r"rows_already_there\W+[1-9]", again), (
        "no insert was repeated, so the deaths proved nothing"
    )
    with connect(clickhouse) as client:
        (row,) = client.query(
            "SELECT count(), uniqExact(event_id), uniqExact(origin_partition, origin_offset),"
            " sum(amount_minor), countIf(disposition != 'scored') FROM scores"
        ).result_rows
        assert row == (PAYMENTS, PAYMENTS, PAYMENTS, money, 0)
        (row,) = client.query(
            "SELECT count(), uniqExact(event_id), sum(amount_minor) FROM transactions"
        ).result_rows
        assert row == (PAYMENTS, PAYMENTS, money)
        (row,) = client.query(
            "SELECT sum(events), sum(orders), sum(authorised_minor), sum(revenue_minor) FROM payments_minute"
        ).result_rows
        assert row == (PAYMENTS, PAYMENTS, money, money)
        (row,) = client.query("SELECT count(), uniqExact(event_id) FROM labels").result_rows
        assert row[0] == row[1] > 0
