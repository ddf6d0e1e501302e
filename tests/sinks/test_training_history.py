"""What the trainer gets out of the store: matured payments, nothing ahead of its time, nothing excluded."""

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from aiokafka import ConsumerRecord
from pydantic import BaseModel

from detectors.fraud.features import FEATURE_NAMES, FEATURE_SET
from detectors.fraud.history import Asked
from schemas.promotion import LabelExclusion
from sinks.settings import ClickHouseSettings
from sinks.tables.registry import TABLES
from sinks.writer.batch import Batch, make_rows
from sinks.writer.inserter import Inserter
from sinks.writer.position import Position
from tests.detectors.models import score_of
from tests.support.events import MONDAY, label, payment
from tillwatch.stored_history import StoredHistory

pytestmark = pytest.mark.services

DAYS = 40
AMOUNT = FEATURE_NAMES.index("amount")


def store(clickhouse: ClickHouseSettings, topic: str, events: Sequence[BaseModel]) -> None:
    records = [
        ConsumerRecord(
            topic=topic, partition=0, offset=offset, timestamp=time.time_ns() // 1_000_000, timestamp_type=1,
            key=None, value=event.model_dump_json().encode(), checksum=None, serialized_key_size=0,
            serialized_value_size=0, headers=(),
        )
        for offset, event in enumerate(events)
    ]  # fmt: skip
    table = TABLES[topic]
    count = table.topic.partitions
    position, lasts = Position.at("g", (0,) * count), (len(records) - 1, *(-1,) * (count - 1))
    batch = Batch(table, position, lasts, [records, *([] for _ in range(count - 1))])
    Inserter(clickhouse).insert(batch, make_rows(batch))


def test_the_trainer_gets_matured_payments_and_a_sample_of_the_honest(clickhouse: ClickHouseSettings) -> None:
    paid = [payment(seq, occurred_at=MONDAY + timedelta(hours=seq / 10)) for seq in range(DAYS * 240)]
    row = [0.5] * len(FEATURE_NAMES)
    scores = []
    for seq, one in enumerate(paid):
        row[AMOUNT] = float(seq)
        scores.append(score_of(one, tuple(row)))
    labels = []
    for seq, one in enumerate(paid):
        fraud, said_by = seq % 50 == 0, "analyst" if seq % 100 == 0 else "chargeback"
        known = one.occurred_at + timedelta(days=7)
        labels.append(label(one, known, verdict="fraud" if fraud else "genuine", said_by=said_by))
        if seq % 250 == 0:
            labels.append(label(one, known + timedelta(hours=1), verdict="genuine", said_by="customer"))
    store(clickhouse, "scores", scores)
    store(clickhouse, "labels", labels)

    def asked(**fields: Any) -> tuple[list[int], list[bool]]:
        days = {"since": 0.0, "until": 25.0, "known_to": 33.0} | fields
        exclusions = days.pop("exclusions", ())
        moments = {name: MONDAY.timestamp() + day * 86_400 for name, day in days.items()}
        features, frauds, weights = StoredHistory(clickhouse)(
            Asked(FEATURE_SET, **moments, honest_share=0.1, exclusions=exclusions)
        )
        assert set(weights.tolist()) <= {1.0}
        return ([] if not len(frauds) else features[:, AMOUNT].astype(int).tolist()), frauds.tolist()

    seqs, frauds = asked()
    assert 14 * 240 <= min(seqs) < 14.5 * 240, "not the first two weeks"
    assert 24.5 * 240 < max(seqs) < 25 * 240, "nor later ones"
    expected = {seq for seq in range(14 * 240, 25 * 240) if seq % 50 == 0 and seq % 250 != 0}
    assert {seq for seq, fraud in zip(seqs, frauds, strict=True) if fraud} == expected
    honest = len(seqs) - len(expected)
    assert honest == pytest.approx(0.1 * 11 * 240, rel=0.25)
    assert asked() == (seqs, frauds), "the same question has the same answer"
    early, _ = asked(known_to=25.0)
    assert max(early) <= 18 * 240, "what became known later is not learnt"
    without, left = asked(exclusions=(LabelExclusion(said_by="analyst"),))
    assert {seq for seq, fraud in zip(without, left, strict=True) if fraud} == {
        seq for seq in expected if seq % 100
    }
    assert asked(since=50.0, until=60.0) == ([], [])


def test_a_control_group_stands_for_what_was_declined(clickhouse: ClickHouseSettings) -> None:
    start = MONDAY + timedelta(days=200)
    paid = [payment(seq, occurred_at=start + timedelta(hours=seq)) for seq in range(30 * 24)]
    row = tuple(float(place) for place in range(len(FEATURE_NAMES)))
    fate = [
        {},
        {"control_rate": 0.02, "decided_by": "rules"},
        {"control_rate": 0.02, "decided_by": "control"},
    ]
    scores = [score_of(one, row).model_copy(update=fate[seq % 3]) for seq, one in enumerate(paid)]
    said = [("fraud" if seq % 2 else "genuine", one) for seq, one in enumerate(paid)]
    # whatever else is stored, the first two weeks of it are over when these begin
    first = payment(len(paid), occurred_at=start - timedelta(days=20))
    store(clickhouse, "scores", [*scores, score_of(first, row)])
    store(clickhouse, "labels", [label(one, one.occurred_at, verdict=verdict) for verdict, one in said])
    begin, day = start.timestamp(), 86_400
    asked = Asked(FEATURE_SET, begin, begin + 30 * day, begin + 60 * day, 0.1, ())
    _, frauds, weights = StoredHistory(clickhouse)(asked)
    assert {(bool(fraud), round(weight, 9)) for fraud, weight in zip(frauds, weights, strict=True)} == {
        (True, 1.0), (False, 1.0), (True, 50.0), (False, 5.0),
    }  # fmt: skip
    assert (weights == 50).sum() == (weights == 5).sum() == 30 * 24 / 6


def test_without_a_store_the_trainer_goes_on() -> None:
    nobody = ClickHouseSettings(port=9)
    features, frauds, _ = StoredHistory(nobody)(Asked(FEATURE_SET, 0, 1, 1, 0.1, ()))
    assert len(features) == len(frauds) == 0
