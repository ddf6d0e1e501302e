"""Offsets are committed soon and in order, but not with every round."""

import asyncio
from collections.abc import Mapping

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from schemas.topics import ALERTS, SCORES, TRANSACTIONS
from streams.batch import Batch, Input, KeyedRecord
from streams.commits import COMMIT_EVERY_SECONDS, Commits

FIRST = TopicPartition(TRANSACTIONS.name, 0)


def batch(*offsets: int, partition: int = 0) -> Batch[None]:
    return Batch(
        Input(TRANSACTIONS, partition, "id:0"),
        offsets=offsets,
        records=[b"{}" for _ in offsets],
        append_ms=[0 for _ in offsets],
        emit=True,
        state=None,
    )


class Kafka:
    """Takes commits, once it may answer, and says when it is."""

    def __init__(self) -> None:
        self.now = 0.0
        self.asked: list[dict[TopicPartition, int]] = []
        self.answers = asyncio.Event()
        self.answers.set()
        self.fails = False

    async def commit(self, ends: Mapping[TopicPartition, int]) -> None:
        self.asked.append(dict(ends))
        await self.answers.wait()
        if self.fails:
            raise KafkaError("no such group")

    def commits(self) -> Commits:
        return Commits(self.commit, lambda: self.now)


async def pass_rounds(commits: Commits, *rounds: Batch[None]) -> None:
    for one in rounds:
        commits.acknowledged([one])
        await commits.go_on()
        await asyncio.sleep(0)


async def test_after_a_pause_a_round_is_committed_at_once() -> None:
    kafka = Kafka()
    await pass_rounds(kafka.commits(), batch(0, 1, 2))
    assert kafka.asked == [{FIRST: 3}]


async def test_close_rounds_are_committed_together_when_it_is_time() -> None:
    kafka = Kafka()
    commits = kafka.commits()
    await pass_rounds(commits, batch(0), batch(1), batch(2), batch(7, partition=1))
    assert kafka.asked == [{FIRST: 1}]
    assert commits.waiting
    assert commits.seconds_left() == COMMIT_EVERY_SECONDS
    kafka.now += COMMIT_EVERY_SECONDS
    await commits.go_on()
    await asyncio.sleep(0)
    assert kafka.asked[1:] == [{FIRST: 3, TopicPartition(TRANSACTIONS.name, 1): 8}]
    assert not commits.waiting


async def test_keyed_records_do_not_wait_for_their_commit() -> None:
    """What was told of records that come in another order the next time might be told under another key."""
    kafka = Kafka()
    told = batch(2)
    told.put_keyed(ALERTS, [KeyedRecord(b"alert", b"{}")])
    scored = batch(1)
    scored.put_dense(SCORES, [b"{}"])
    await pass_rounds(kafka.commits(), batch(0), scored, told)
    assert kafka.asked == [{FIRST: 1}, {FIRST: 3}]


async def test_nobody_waits_for_a_commit_but_the_next_one() -> None:
    kafka = Kafka()
    commits = kafka.commits()
    kafka.answers.clear()
    await pass_rounds(commits, batch(0), batch(1))
    kafka.now += COMMIT_EVERY_SECONDS
    later = asyncio.ensure_future(commits.go_on())
    await asyncio.sleep(0)
    assert kafka.asked == [{FIRST: 1}]
    kafka.answers.set()
    await later
    await commits.finish()
    assert kafka.asked == [{FIRST: 1}, {FIRST: 2}]


async def test_finished_means_that_kafka_has_everything() -> None:
    kafka = Kafka()
    commits = kafka.commits()
    kafka.answers.clear()
    await pass_rounds(commits, batch(0), batch(1))
    finishing = asyncio.ensure_future(commits.finish())
    await asyncio.sleep(0)
    assert not finishing.done()
    kafka.answers.set()
    await finishing
    assert kafka.asked == [{FIRST: 1}, {FIRST: 2}]


async def test_an_error_reaches_the_next_round() -> None:
    kafka = Kafka()
    commits = kafka.commits()
    kafka.fails = True
    await pass_rounds(commits, batch(0))
    await asyncio.sleep(0)
    with pytest.raises(KafkaError, match="no such group"):
        await commits.go_on()


async def test_a_commit_that_is_given_up_is_not_waited_for() -> None:
    kafka = Kafka()
    commits = kafka.commits()
    kafka.answers.clear()
    await pass_rounds(commits, batch(0))
    await commits.stop()
    assert kafka.asked == [{FIRST: 1}]
