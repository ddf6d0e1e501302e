"""What is written is in Kafka when the writer says so, in order and whole."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from schemas.errors import Stop
from schemas.topics import ALERTS, LABELS, METRICS, SCORES, TRANSACTIONS
from streams import failpoints
from streams.batch import Batch, Input, KeyedRecord
from streams.outputs import KAFKA_BATCH_BYTES, Outputs
from tests.support.topic_log import read_raw

pytestmark = pytest.mark.services


@asynccontextmanager
async def writing(kafka: str) -> AsyncIterator[Outputs]:
    outputs = Outputs(kafka)
    await outputs.start()
    try:
        yield outputs
    finally:
        await outputs.stop()


async def test_a_batch_larger_than_kafkas_goes_whole_and_in_order(kafka_topics: str) -> None:
    values = [b"%06d" % number + b"x" * 1_000 for number in range(3_500)]
    assert sum(map(len, values)) > 3 * KAFKA_BATCH_BYTES
    async with writing(kafka_topics) as outputs:
        await outputs.write_dense(SCORES, 6, values)
        found = list(read_raw(kafka_topics, SCORES))
    assert [raw.value for raw in found] == values
    assert {raw.partition for raw in found} == {6}


async def test_one_record_larger_than_a_kafka_batch_goes_too(kafka_topics: str) -> None:
    values = [b"a", b"b" * (2 * KAFKA_BATCH_BYTES), b"c"]
    async with writing(kafka_topics) as outputs:
        await outputs.write_dense(SCORES, 0, values)
        assert [raw.value for raw in read_raw(kafka_topics, SCORES)] == values


async def test_the_last_record_of_a_key_is_the_last_written(kafka_topics: str) -> None:
    records = [KeyedRecord(b"key-%d" % (number % 9), b"%06d" % number) for number in range(2_000)]
    async with writing(kafka_topics) as outputs:
        await outputs.write_keyed(METRICS, records)
        found = list(read_raw(kafka_topics, METRICS))
    by_partition: dict[int, list[bytes]] = {}
    for raw in found:
        by_partition.setdefault(raw.partition, []).append(raw.value)
    assert sum(map(len, by_partition.values())) == 2_000
    for values in by_partition.values():
        for key in range(9):
            of_key = [value for value in values if int(value) % 9 == key]
            assert of_key == sorted(of_key)


async def test_what_an_alert_promises_is_written_before_any_alert_of_its_round(
    kafka_topics: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a process that dies between them leaves an alert that shows its answer, and no label of it."""
    said = [KeyedRecord(b"payment", b"{}")]
    round_of_two = [batch_of_two(), batch_of_two()]
    for batch, labels in zip(round_of_two, ([], said), strict=True):
        batch.put_keyed(LABELS, labels)
        batch.put_keyed(ALERTS, said)
    monkeypatch.setattr(failpoints, "_armed", {})
    failpoints.arm("keyed-topic-acknowledged:1:error")
    async with writing(kafka_topics) as outputs:
        with pytest.raises(Stop, match="keyed-topic-acknowledged"):
            await outputs.write_keyed_of(round_of_two)
        assert len(list(read_raw(kafka_topics, LABELS))) == 1
        assert list(read_raw(kafka_topics, ALERTS)) == []


def batch_of_two() -> Batch[None]:
    return Batch(
        Input(TRANSACTIONS, 0, "g:0"),
        offsets=[0, 1],
        records=[b"", b""],
        append_ms=[0, 0],
        emit=True,
        state=None,
    )


async def test_dense_outputs_must_be_as_many_as_the_inputs() -> None:
    batch = batch_of_two()
    with pytest.raises(Stop, match="1 records of scores for 2 of transactions"):
        batch.put_dense(SCORES, [b"only one"])
