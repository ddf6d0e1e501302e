"""Latencies are of payments that were all answered, and are counted from when each was due."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from benchmarks.errors import BenchmarkError
from benchmarks.latency import Latencies, after_warm_up, ask, measure_latency, report_latency
from benchmarks.live_payments import ALERT_EVERY, device_of, make_live_payments
from benchmarks.workload import START, partition_of
from detectors.watch.desk import Desk
from schemas.decode import decode_record
from schemas.origin import Origin
from schemas.topics import TRANSACTIONS
from schemas.transaction import Transaction
from tests.support.scores import score

AT = START.isoformat(timespec="microseconds")


def test_payments_pass_the_door_and_go_where_their_keys_belong() -> None:
    payments = list(make_live_payments(300, seed=1))
    decoded = [decode_record(Transaction, one.value(AT)) for one in payments]
    assert [str(one.event_id).encode() for one in decoded] == [one.event for one in payments]
    assert [partition_of(TRANSACTIONS, one.key) for one in decoded] == [one.partition for one in payments]
    assert {one.occurred_at for one in decoded} == {START}
    assert len({one.event for one in payments}) == 300
    assert list(make_live_payments(300, seed=1)) == payments
    assert list(make_live_payments(300, seed=2)) != payments


def test_every_hundred_payments_raise_one_alert_and_nothing_else_does() -> None:
    """In whatever order partitions bring the tries of a device."""
    records = [decode_record(Transaction, one.value(AT)) for one in make_live_payments(20_000, seed=1)]
    desk = Desk()
    scored = [score(0, offset, paid=one) for offset, one in enumerate(reversed(records))]
    desk.scores([one.model_copy(update={"score": 0.5, "decision": "approve"}) for one in scored])
    origin = Origin(generation="g:0", topic="scores", partition=0, offset=299)
    alerts = desk.due(START, origin).alerts
    assert [one.kind for one in alerts] == ["card_testing"] * 200
    assert {one.entity for one in alerts} == {device_of(index) for index in range(99, 20_000, 100)}


def test_tries_of_a_device_happened_at_the_time_of_the_first() -> None:
    payments = list(islice(make_live_payments(ALERT_EVERY, seed=1), ALERT_EVERY))
    assert [one.happens for index, one in enumerate(payments) if device_of(index)] == [19] * 5
    assert [one.happens for index, one in enumerate(payments) if not device_of(index)][:3] == [0, 1, 2]


def times(count: int, rate: float) -> dict[str, np.ndarray]:
    due = 1_000.0 + np.arange(count) / rate
    raised = due[ALERT_EVERY - 1 :: ALERT_EVERY]
    return {
        "due": due,
        "late": np.full(count, 0.0005),
        "echoes": np.where(np.arange(count) % 2, due + 0.002, np.nan),
        "scores": due + np.where(np.arange(count) < 100, 5.0, 0.010),
        "alerts_due": raised,
        "alerts": raised + np.where(raised < due[100], 6.0, 0.030),
    }


def test_warm_up_counts_neither_for_scores_nor_for_alerts() -> None:
    result = after_warm_up(times(400, 100.0), 100.0, 100, cores={}, cpu_us={})
    assert len(result.scores) == len(result.late) == 300
    assert len(result.round_trips) == 150
    assert len(result.alerts) == 3
    assert result.scores.max() == pytest.approx(10.0, abs=1e-3)
    assert result.alerts.max() == pytest.approx(30.0, abs=1e-3)
    everything = after_warm_up(times(400, 100.0), 100.0, 0, cores={}, cpu_us={})
    assert everything.scores.max() == pytest.approx(5_000.0)


def test_report_gives_the_promised_keys() -> None:
    values = np.arange(1.0, 1_001.0)
    result = Latencies(
        1_000.0, late=values / 100, round_trips=values / 10, scores=values, alerts=values * 2,
        cores={"worker": 0.34}, cpu_us={"worker": 340.04},
    )  # fmt: skip
    table, record = report_latency(result)
    assert record == {
        "score_p50_ms": 500.0,
        "score_p99_ms": 990.0,
        "score_p999_ms": 999.0,
        "alert_p50_ms": 1_000.0,
        "alert_p99_ms": 1_980.0,
        "kafka_round_trip_p99_ms": 99.0,
        "kafka_round_trip_p50_ms": 50.0,
        "sent_late_p99_ms": 9.9,
        "worker_us_per_payment": 340.0,
    }
    assert "worker 34% of a core" in table


@pytest.mark.services
def test_small_run_answers_every_payment() -> None:
    result = measure_latency(200.0, 2.0, 1.0, lambda _: None)
    assert len(result.scores) == 400
    assert len(result.alerts) == 4
    assert (result.scores > 0).all()
    assert (result.alerts > 0).all()
    assert 0 < len(result.round_trips) < 200
    assert result.cores.keys() == {"broker", "worker", "judge", "client", "others"}
    assert min(share for name, share in result.cores.items() if name != "others") > 0
    assert result.cpu_us.keys() == {"broker", "worker", "judge"}
    assert set(report_latency(result)[1]) >= {"score_p999_ms", "alert_p99_ms", "judge_us_per_payment"}


@pytest.mark.services
def test_payments_that_nobody_scores_are_noticed(kafka_topics: str, tmp_path: Path) -> None:
    for name in ("worker", "judge"):
        (tmp_path / f"{name}.log").write_text("")
    with pytest.raises(BenchmarkError, match="of 100 payments 100 have no score; 0 of 1"):
        ask(kafka_topics, 200.0, 100, tmp_path, patience_seconds=1)
