"""Score records are written by hand for speed; every one must be what the contract says."""

from collections.abc import Sequence

import numpy as np
import pytest

from detectors.fraud.champions import Champions, Contribution, Verdict
from detectors.fraud.detector import FraudDetector
from detectors.fraud.features import FEATURE_SET
from detectors.fraud.terminals import TerminalRisk
from schemas.errors import Refused
from schemas.score import Score
from schemas.topics import TRANSACTIONS
from schemas.transaction import Transaction
from streams.batch import Batch, Input
from streams.repeats import mark_repeats
from streams.reporting_currency import ReportingCurrency
from streams.resend_filter import ResendFilter
from streams.score_records import is_judged, score_records
from tests.support.events import payment, payments

EUROS = ReportingCurrency("EUR", {"USD": 0.5})


async def batch_of(records: Sequence[bytes]) -> Batch[None]:
    return Batch(
        Input(TRANSACTIONS, 3, "topic:0"),
        offsets=range(100, 100 + len(records)),
        records=records,
        append_ms=[1_790_000_000_000 + number for number in range(len(records))],
        emit=True,
        state=None,
    )


async def test_every_kind_of_record_decodes() -> None:
    events = [
        payment(0),
        payment(1, status="declined", decline_reason="51", currency="USD", customer_id=None, card_id="tok"),
        payment(2, status="refunded", currency="CHF", refund_of="payment-0"),
        payment(0),
    ]
    batch = await batch_of([*(event.model_dump_json().encode() for event in events), b"{"])
    outcomes, repeats = mark_repeats(batch.decode(Transaction), ResendFilter())
    assert repeats == 1
    judged = [event for event in outcomes if isinstance(event, Transaction) and is_judged(event)]
    features = FraudDetector(TerminalRisk()).observe(judged)
    verdicts = [
        Verdict(0.0, 1.0, "approve", (), "cold-start"),
        Verdict(1.0, 0.5, "review", (Contribution("amount", 1e-9, 3.0),) * 3, "v1"),
    ]
    scores = [
        Score.model_validate_json(record)
        for record in score_records(batch, outcomes, features, verdicts, EUROS)
    ]
    assert [score.disposition for score in scores] == ["scored", "scored", "followed", "repeat", "refused"]
    assert [score.origin.offset for score in scores] == [100, 101, 102, 103, 104]
    assert {score.origin.generation for score in scores} == {"topic:0"}
    assert [score.received_at.microsecond for score in scores if score.received_at] == [
        1000 * number for number in range(5)
    ]
    first, second, third, *others = scores
    assert first.payment is not None
    assert second.payment is not None
    assert third.payment is not None
    for score, event in ((first, events[0]), (second, events[1]), (third, events[2])):
        assert score.payment is not None
        assert score.payment.model_dump(exclude={"reporting_minor"}) == event.model_dump(
            include=set(type(score.payment).model_fields)
        )
    assert second.payment.reporting_minor == round(second.payment.amount_minor / 2)
    assert third.payment.reporting_minor is None
    assert second.features == tuple(features[1])
    assert (second.feature_set, second.model_version, len(second.reasons)) == (FEATURE_SET, "v1", 3)
    assert (second.score, second.threshold, second.decision) == (1.0, 0.5, "review")
    assert (third.score, third.model_version, third.features) == (None, None, ())
    assert all(score.payment is None and score.score is None for score in others)


async def test_a_batch_of_the_real_detectors_decodes() -> None:
    paid = payments(500)
    batch = await batch_of([transaction.model_dump_json().encode() for transaction in paid])
    features = FraudDetector(TerminalRisk()).observe(paid)
    verdicts = Champions().score([transaction.occurred_at for transaction in paid], features)
    records = score_records(batch, paid, features, verdicts, EUROS)
    scores = [Score.model_validate_json(record) for record in records]
    assert [score.payment.event_id for score in scores if score.payment] == [t.event_id for t in paid]
    assert np.array_equal([score.features for score in scores], features)


async def test_a_verdict_too_few_is_noticed() -> None:
    paid = payments(2)
    batch = await batch_of([transaction.model_dump_json().encode() for transaction in paid])
    features = FraudDetector(TerminalRisk()).observe(paid)
    with pytest.raises(ValueError, match="longer than argument 1"):
        score_records(batch, paid, features, [Verdict(0.0, 1.0, "approve", (), "v")], EUROS)


async def test_refused_records_are_counted() -> None:
    batch = await batch_of([b"{", payment().model_dump_json().encode()])
    outcomes = batch.decode(Transaction)
    assert isinstance(outcomes[0], Refused)
    assert batch.refused == 1
