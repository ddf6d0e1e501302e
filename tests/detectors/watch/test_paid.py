"""Scores that an older or newer program wrote are payments all the same."""

from typing import Any

import pytest

from detectors.fraud.features import FEATURE_NAMES
from detectors.watch.finding import Finding
from detectors.watch.paid import READ_OF_SCORES, paid
from detectors.watch.payments import PaymentWatch
from detectors.watch.stores import StoreBook
from schemas.decode import own_decoder
from schemas.score import Reason, Score
from schemas.transaction import Line
from tests.detectors.watch.paying import paid_of, pay, simple_model
from tests.support.spelled import spelled


@pytest.mark.parametrize(
    "written",
    [
        {"features": (1.5, 2.5)},
        {"features": ()},
        {"features": (1.0,) * 40},
        {"feature_set": "handbook-1", "reasons": (Reason(feature="moon", value=1.0, contribution=2.0),)},
    ],
)
def test_a_score_of_another_feature_set_is_found_without_its_features(written: dict[str, Any]) -> None:
    watch = PaymentWatch(StoreBook())
    watch.model(simple_model())
    watch.paid(paid_of([pay(1, 0.0, score=0.9, amount_minor=60_000).model_copy(update=written)]))
    found: list[Finding] = watch.findings(0.0)
    assert [(one.kind, len(one.payments), one.reasons) for one in found] == [("payment_fraud", 1, ())]
    assert "600.00 EUR" in found[0].sentence


@pytest.mark.parametrize(
    "written",
    [
        {},
        {"decision": "decline", "decided_by": "rules", "rules_hit": ("no-3ds", "night")},
        {"decision": "decline", "decided_by": "lists", "lists_hit": ("block:card",)},
        {"decision": "approve", "decided_by": "lists", "lists_hit": ("allow:card",)},
        {"threshold": None, "decision": None, "model_version": None},
        {"reasons": (Reason(feature=FEATURE_NAMES[0], value=9.0, contribution=2.0),)},
        {"payment": None, "disposition": "refused"},
        {"disposition": "followed"},
    ],
)
def test_what_is_read_of_a_score_is_all_that_is_looked_at(written: dict[str, Any]) -> None:
    line = Line(sku="A-1", quantity=1, unit_price_minor=100)
    score = pay(1, 0.0, score=0.9, network="203.0.113.0/24", lines=(line,)).model_copy(update=written)
    read = own_decoder(Score, READ_OF_SCORES)(score.model_dump_json().encode())
    assert paid(read) == paid(score)
    whole, read_payment = spelled(score), spelled(read.payment)
    assert read_payment == (whole["payment"] and {name: whole["payment"][name] for name in read_payment})
