"""What the sink is measured on is real, and a row that is missing or wrong is noticed."""

import pytest

from benchmarks.errors import BenchmarkError
from benchmarks.process_cpu import Cost
from benchmarks.sink import SinkCost, check_answers, report_sink
from benchmarks.sink_records import Sent, make_records
from benchmarks.workload import MIN_RECORD_BYTES
from schemas.decode import decode_batch
from schemas.errors import Refused
from schemas.score import Score
from schemas.topics import CLICKS, SCORES, TRANSACTIONS

EACH = 300


@pytest.fixture(scope="module")
def sent() -> Sent:
    return make_records(EACH)


def test_every_record_passes_its_contract(sent: Sent) -> None:
    for topic in (TRANSACTIONS, SCORES, CLICKS):
        values = [value for some in sent.records[topic].values() for _, value in some]
        assert len(values) == EACH
        assert not [one for one in decode_batch(topic.model, values).events if isinstance(one, Refused)]
    assert sent.mean_bytes(TRANSACTIONS) >= MIN_RECORD_BYTES


def test_every_payment_has_its_score_where_it_stands(sent: Sent) -> None:
    for part, values in sent.records[SCORES].items():
        scores = [Score.model_validate_json(value) for _, value in values]
        assert [one.origin.offset for one in scores] == list(range(len(scores)))
        paid = decode_batch(TRANSACTIONS.model, [value for _, value in sent.records[TRANSACTIONS][part]])
        assert [one.payment and one.payment.event_id for one in scores] == [
            getattr(one, "event_id", None) for one in paid.events
        ]
        assert all(one.score is not None and len(one.features) for one in scores)
        assert any(one.reasons for one in scores)


def test_what_the_store_should_hold_is_what_was_sent(sent: Sent) -> None:
    right = sent.answers
    check_answers(sent, right)
    for name, wrong in (
        ("transactions", (EACH - 1, EACH - 1, right["transactions"][2])),
        ("scores", (EACH + 1, EACH, right["scores"][2])),
        ("payments_minute", (EACH, right["payments_minute"][1], right["payments_minute"][2] + 1)),
        ("arrivals_second", (2 * EACH, EACH)),
    ):
        with pytest.raises(BenchmarkError, match=f"FROM {name}"):
            check_answers(sent, {**right, name: wrong})


def test_the_report_counts_rows_per_second_of_the_sink() -> None:
    sizes = {"transactions": 800.0, "scores": 1_300.0}
    table, record = report_sink(SinkCost(10_000, sizes, Cost(12.5, 30_000.0, 9_000), 0.9))
    assert record["rows_per_cpu_second"] == 80_000
    assert record["store_cpu_seconds"] == 0.9
    assert "100.0 µs" in table, "of the store a row"
    assert "scores 1,300" in table
