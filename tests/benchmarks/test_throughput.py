"""What the throughput benchmark measures is what it says, and a wrong output is noticed."""

import os
import subprocess
import time
from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from kafka import KafkaProducer

from benchmarks.errors import BenchmarkError
from benchmarks.kafka_log import EndOffsets, fill, make_output_topic
from benchmarks.process_cpu import Cost, cpu_seconds, machine_seconds, measure_between
from benchmarks.rivals.bare_aiokafka import SCORE_BYTES
from benchmarks.throughput import Throughput, check_echoes, check_scores, report_throughput
from benchmarks.workload import (
    MIN_RECORD_BYTES,
    Expected,
    Workload,
    expected_scores,
    make_workload,
    partition_of,
    score_record,
)
from schemas.origin import Origin
from schemas.score import Score
from schemas.topics import SCORES, TRANSACTIONS

numbers = count()


@pytest.fixture(scope="module")
def workload() -> Workload:
    return make_workload(400, seed=1, per_day=200)


def test_payments_are_large_enough_and_scored_by_a_trained_model(workload: Workload) -> None:
    smallest = min(len(payment.model_dump_json(exclude_none=True)) for payment in workload.payments)
    assert smallest >= MIN_RECORD_BYTES
    assert workload.model.valid_from <= workload.payments[0].occurred_at
    assert workload.model.frauds > 5
    expected = expected_scores(workload)
    assert len(expected) == 400
    assert {one.model_version for one in expected.values()} == {workload.model.version}
    assert len({one.score for one in expected.values()}) > 50, "many share their bins, but not all"


def test_the_same_seed_makes_the_same_workload(workload: Workload) -> None:
    assert make_workload(400, seed=1, per_day=200) == workload
    assert make_workload(400, seed=2, per_day=200).payments != workload.payments


def test_cpu_of_a_process_counts_its_work_and_not_its_sleep() -> None:
    before, machine = cpu_seconds(os.getpid()), machine_seconds()
    time.sleep(0.3)  # the point: sleeping must cost nothing
    slept = cpu_seconds(os.getpid()) - before
    deadline = time.process_time() + 0.5
    while time.process_time() < deadline:
        pass
    assert slept < 0.2
    assert cpu_seconds(os.getpid()) - before >= 0.4
    assert machine_seconds() - machine >= 0.4


def test_nothing_left_to_measure_is_no_measurement(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as child:
        try:
            with pytest.raises(BenchmarkError, match="all 100 outputs were there before"):
                measure_between([child], lambda: 100, 10, 100, tmp_path / "log")
        finally:
            child.kill()


def scores(workload: Workload, expected: dict[str, Expected]) -> list[Score]:
    """What a right worker writes."""
    offsets = [0] * SCORES.partitions
    made = []
    for payment in workload.payments:
        partition = partition_of(TRANSACTIONS, payment.key)
        right = expected[str(payment.event_id)]
        origin = Origin(
            generation="g:0", topic="transactions", partition=partition, offset=offsets[partition]
        )
        offsets[partition] += 1
        made.append(
            score_record(payment, right.features).model_copy(
                update={"origin": origin, "score": right.score, "model_version": right.model_version}
            )
        )
    return made


class Keyed(Score):
    """A score with the payment's key, so that `fill` writes it to the payment's partition."""

    @property
    def key(self) -> str:
        return "" if self.payment is None else (self.payment.customer_id or "")


def checked(kafka: str, written: list[Score], expected: dict[str, Expected]) -> int:
    name = f"checked-{os.getpid()}-{next(numbers)}"
    make_output_topic(kafka, name)
    fill(kafka, replace(SCORES, name=name), [Keyed(**dict(score)) for score in written])
    ends = EndOffsets(kafka, name)
    assert ends.count() == len(written)
    ends.close()
    return check_scores(kafka, name, expected, len(expected))


@pytest.mark.services
def test_right_scores_pass_and_wrong_ones_are_noticed(kafka: str, workload: Workload) -> None:
    expected = expected_scores(workload)
    right = scores(workload, expected)
    assert checked(kafka, right, expected) > 400 * 500
    for wrong, reason in (
        (right[:-1], "399 payments"),
        ([*right, right[-1]], "after"),
        ([right[0].model_copy(update={"score": 0.5}), *right[1:]], "otherwise"),
        ([right[0].model_copy(update={"features": right[1].features}), *right[1:]], "otherwise"),
        ([right[0].model_copy(update={"payment": None}), *right[1:]], "no score of a payment"),
    ):
        with pytest.raises(BenchmarkError, match=reason):
            checked(kafka, wrong, expected)


@pytest.mark.services
def test_echoes_stand_for_one_payment_each(kafka_topics: str, workload: Workload) -> None:
    fill(kafka_topics, TRANSACTIONS, workload.payments)
    right, wrong = b"x" * SCORE_BYTES, b"x" * (SCORE_BYTES - 1)
    for values, reason in (([right] * 399, "399|records for"), ([right] * 399 + [wrong], "999 bytes")):
        name = f"echoes-{os.getpid()}-{next(numbers)}"
        make_output_topic(kafka_topics, name)
        payments = workload.payments
        write_echoes(kafka_topics, name, [partition_of(TRANSACTIONS, one.key) for one in payments], values)
        with pytest.raises(BenchmarkError, match=reason):
            check_echoes(kafka_topics, name)
    name = f"echoes-{os.getpid()}-{next(numbers)}"
    make_output_topic(kafka_topics, name)
    write_echoes(
        kafka_topics, name, [partition_of(TRANSACTIONS, one.key) for one in workload.payments], [right] * 400
    )
    check_echoes(kafka_topics, name)


def write_echoes(kafka: str, name: str, partitions: list[int], values: list[bytes]) -> None:
    with closing(KafkaProducer(bootstrap_servers=kafka)) as producer:
        for partition, value in zip(partitions, values, strict=False):
            producer.send(name, value, partition=partition)
        producer.flush()


def test_report_names_the_best_variant_of_each_rival() -> None:
    costs = {
        "tillwatch": [Cost(30.0, 9_000, 10), Cost(20.0, 11_000, 10), Cost(25.0, 10_000, 10)],
        "source and emit": [Cost(6.0, 50_000, 10)],
        "aiokafka": [Cost(5.0, 50_000, 10)],
        "quixstreams, each": [Cost(80.0, 900, 10)],
        "quixstreams, sink": [Cost(50.0, 900, 10)],
        "stock faust, each": [Cost(300.0, 900, 10)],
        "stock faust, take": [Cost(200.0, 1_000, 10)],
    }
    table, record = report_throughput(Throughput(10, 700, 750.0, 1_000.0, costs))
    assert record == {
        "us_per_event": 25.0,
        "stock_faust_us": 200.0,
        "quixstreams_us": 50.0,
        "aiokafka_us": 5.0,
        "events_per_second": 10_000,
        "source_and_emit_us": 6.0,
        "source_and_emit_ratio": 1.2,
    }
    assert table.splitlines()[-1] == (
        "tillwatch takes 1/8.0 of stock faust, take and 0.50 of quixstreams, sink; "
        "source and emit 1.20 of aiokafka"
    )
    assert all(name in table for name in costs)
