"""Score records are written by hand for speed; every one must be what the contract says."""

from collections.abc import Sequence

import numpy as np
import pytest

from detectors.fraud.champions import Champions, Scores
from detectors.fraud.detector import FraudDetector, nothing_odd
from detectors.fraud.features import FEATURE_NAMES, FEATURE_SET
from detectors.fraud.label_book import LabelBook
from producers.synthetic import synthetic_payment
from schemas.errors import Refused
from schemas.score import Score
from schemas.synthetic_answer import SYNTHETIC_SOURCE
from schemas.topics import SCORES, TRANSACTIONS
from schemas.transaction import Transaction
from streams.batch import Batch, Input
from streams.dense_reader import DenseReader
from streams.repeats import mark_payments, mark_repeats
from streams.reporting_currency import ReportingCurrency
from streams.resend_filter import ResendFilter
from streams.rule_decisions import RuleDecisions
from streams.score_records import judged_of, judged_payments, score_records
from streams.synthetic_answers import synthetic_answers
from tests.detectors.models import model
from tests.support.events import MONDAY, payment, payments
from tests.support.ruling import entry, rule, rule_set

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
    outcomes, repeats = mark_repeats(batch.decode_structs(Transaction), ResendFilter())
    assert repeats == 1
    features = FraudDetector(LabelBook()).observe_batch(judged_payments(outcomes))
    scored = Scores(
        np.array([0.0, 1.0]),
        np.array([0, 1]),
        ["cold-start", "v1"],
        [1.0, 0.5],
        np.array([[0, 1, 2], [3, 0, 4]]),
        np.array([[0.0, 0.0, -1.0], [3.0, 1e-9, 0.0]]),
    )
    scores = [
        Score.model_validate_json(record)
        for record in score_records(batch, outcomes, features, scored, EUROS)
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
    assert (second.feature_set, second.model_version, len(second.reasons)) == (FEATURE_SET, "v1", 2)
    assert [(one.feature, one.value, one.contribution) for one in second.reasons] == [
        (FEATURE_NAMES[3], features[1, 3], 3.0),
        (FEATURE_NAMES[0], features[1, 0], 1e-9),
    ]
    assert (second.score, second.threshold, second.decision) == (1.0, 0.5, "review")
    assert (third.score, third.model_version, third.features) == (None, None, ())
    assert all(score.payment is None and score.score is None for score in others)


async def test_a_batch_of_the_real_detectors_decodes() -> None:
    paid = payments(500)
    batch = await batch_of([transaction.model_dump_json().encode() for transaction in paid])
    outcomes = batch.decode_structs(Transaction)
    judged = judged_payments(outcomes)
    features = FraudDetector(LabelBook()).observe_batch(judged)
    champions = Champions()
    champions.add(model())
    scored = champions.score_batch(judged.seconds, features)
    scores = [
        Score.model_validate_json(one) for one in score_records(batch, outcomes, features, scored, EUROS)
    ]
    assert [score.payment.event_id for score in scores if score.payment] == [t.event_id for t in paid]
    assert np.array_equal([score.features for score in scores], features)
    for score, verdict in zip(scores, scored.verdicts(features), strict=True):
        assert (score.score, score.threshold, score.decision) == verdict[:3]
        assert [tuple(reason.model_dump().values()) for reason in score.reasons] == [*verdict.reasons]
        assert score.model_version == verdict.model_version


@pytest.mark.parametrize("judged", [1, 3])
async def test_a_verdict_too_few_or_too_many_is_noticed(judged: int) -> None:
    batch = await batch_of([transaction.model_dump_json().encode() for transaction in payments(2)])
    outcomes = batch.decode_structs(Transaction)
    features = np.zeros((judged, len(FEATURE_NAMES)))
    scored = Champions().score_batch(np.zeros(judged), features)
    with pytest.raises(ValueError, match=f"{judged} verdicts for 2 judged payments"):
        score_records(batch, outcomes, features, scored, EUROS)


HOSTILE = ['},"",{', ',"",', '"', '\\","",{"', "\u2028", '"},{"event_id":']


async def test_no_text_in_a_payment_reaches_its_neighbour() -> None:
    """All payments of a batch are written as one text and parted again."""
    paid = [payment(seq, payment_id=one, order_id=one, terminal_id=one) for seq, one in enumerate(HOSTILE)]
    batch = await batch_of([event.model_dump_json().encode() for event in paid])
    outcomes = batch.decode_structs(Transaction)
    judged = judged_payments(outcomes)
    features = FraudDetector(LabelBook()).observe_batch(judged)
    records = score_records(
        batch, outcomes, features, Champions().score_batch(judged.seconds, features), EUROS
    )
    scored = [Score.model_validate_json(record).payment for record in records]
    assert [(one.payment_id, one.terminal_id) for one in scored if one] == [(one, one) for one in HOSTILE]


async def test_refused_records_are_counted() -> None:
    batch = await batch_of([b"{", payment().model_dump_json().encode()])
    outcomes = batch.decode(Transaction)
    assert isinstance(outcomes[0], Refused)
    assert batch.refused == 1


async def test_a_record_says_what_rules_and_lists_decided() -> None:
    paid = [payment(0, card_id="stolen"), payment(1, amount_minor=9_000), payment(2, amount_minor=100)]
    batch = await batch_of([event.model_dump_json().encode() for event in paid])
    outcomes = batch.decode_structs(Transaction)
    judged = judged_payments(outcomes)
    features = FraudDetector(LabelBook()).observe_batch(judged)
    scored = Champions().score_batch(judged.seconds, features)
    decisions = RuleDecisions(EUROS)
    assert decisions.about(outcomes, judged, features, scored) is None
    decisions.entry(entry("block", "card", "stolen"))
    decisions.rules(
        rule_set(
            rule("amount_minor > 5000", "large"),
            rule("reporting_minor > 5000", "noted", action="tag"),
            rule("SUBSTR(source, 1, amount_minor - 500) = 't'", "failing"),
            version=7,
        )
    )
    decided = decisions.about(outcomes, judged, features, scored)
    records = score_records(batch, outcomes, features, scored, EUROS, decisions=decided)
    found = [Score.model_validate_json(record) for record in records]
    said = [(one.decision, one.decided_by, one.rules_hit, one.lists_hit) for one in found]
    large = ("large", "noted") if paid[0].amount_minor > 5_000 else ()
    assert said == [
        ("decline", "lists", large, ("block:card",)),
        ("review", "rules", ("large", "noted"), ()),
        ("approve", "model", (), ()),
    ]
    assert {(one.rule_set, one.rules_failed) for one in found} == {(7, ("failing",))}


async def test_a_synthetic_payment_has_no_content_and_takes_no_number() -> None:
    made = synthetic_payment("run-1", 0, MONDAY)
    batch = await batch_of([made.model_dump_json().encode()] * 2)
    seen, odd = ResendFilter(), nothing_odd()
    outcomes, repeats = mark_payments(batch.decode_structs(Transaction), seen, odd)
    assert (repeats, len(seen), judged_of(outcomes)) == (0, 0, [])
    nothing = Champions().score_batch(np.zeros(0), np.zeros((0, len(FEATURE_NAMES))))
    records = score_records(batch, outcomes, np.zeros((0, len(FEATURE_NAMES))), nothing, EUROS)
    for offset, score in zip(batch.offsets, map(Score.model_validate_json, records), strict=True):
        assert (score.disposition, score.payment, score.score) == ("synthetic", None, None)
        assert score.origin.offset == offset


async def test_a_payment_under_the_reserved_source_is_scored_and_noticed() -> None:
    batch = await batch_of([payment(0, source=SYNTHETIC_SOURCE).model_dump_json().encode()])
    odd = nothing_odd()
    outcomes, _ = mark_payments(batch.decode_structs(Transaction), ResendFilter(), odd)
    assert (len(judged_of(outcomes)), odd["reserved_source"]) == (1, 1)


async def test_answers_are_to_synthetic_payments_only() -> None:
    made = synthetic_payment("run-1", 0, MONDAY)
    batch = await batch_of([payment(0).model_dump_json().encode(), made.model_dump_json().encode()])
    outcomes, _ = mark_payments(batch.decode_structs(Transaction), ResendFilter(), nothing_odd())
    features = FraudDetector(LabelBook()).observe_batch(judged_payments(outcomes))
    scored = Champions().score_batch(judged_payments(outcomes).seconds, features)
    records = score_records(batch, outcomes, features, scored, EUROS)
    scores = Batch(
        Input(SCORES, 3, "scores:0"), offsets=range(2), records=records, append_ms=[0, 0], emit=True,
        state=DenseReader(),
    )  # fmt: skip
    assert [answer.origin.offset for answer in synthetic_answers(scores)] == [101]
    scores.emit = False
    assert synthetic_answers(scores) == []
