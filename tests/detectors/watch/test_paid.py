"""Scores that an older or newer program wrote are payments all the same."""

from typing import Any

import pytest

from detectors.watch.finding import Finding
from detectors.watch.payments import PaymentWatch
from detectors.watch.stores import StoreBook
from schemas.score import Reason
from tests.detectors.watch.paying import paid_of, pay, simple_model


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
