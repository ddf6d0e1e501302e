"""Reasons in people's words: each feature has some, with the figure and what is usual."""

from math import log

import pytest

from detectors.fraud.features import FEATURE_NAMES
from detectors.watch.paid import paid
from detectors.watch.payment_words import score_reasons
from schemas.alert import AlertReason
from schemas.score import Reason
from tests.detectors.models import model
from tests.detectors.watch.paying import pay


def said(name: str, value: float, **features: float) -> AlertReason:
    """Say one reason of a payment."""
    score = pay(1, 0, score=0.9, features={name: value, **features})
    reason = Reason(feature=name, value=value, contribution=1.0)
    one = paid(score.model_copy(update={"reasons": (reason,)}))
    assert one is not None
    (found,) = score_reasons(one, {})
    return found


@pytest.mark.parametrize(
    ("name", "value", "features", "text"),
    [
        ("payments_10m", 4, {"payments_14d": 17, "payments_1d": 4}, "5 payments in 10 min, usually 1 a day"),
        ("payments_1h", 4, {"payments_14d": 25, "payments_1d": 4}, "5 payments in 1 h, usually 1.6 a day"),
        ("payments_1d", 4, {"payments_14d": 4}, "5 payments in 24 h, none in two weeks before"),
        ("payments_14d", 40, {}, "41 payments in 14 days"),
        ("terminal_frauds_7d", 3, {}, "terminal had 3 confirmed frauds this week"),
        ("amount", 412, {"payments_14d": 4, "usual_amount": log(68)}, "amount 412.00 EUR, usually 68.00 EUR"),
        (
            "amount_to_usual",
            log(6.01),
            {"payments_14d": 4, "usual_amount": log(68)},
            "6.0 times the usual amount of 68.00 EUR",
        ),
        ("amount_to_largest", 2.5, {}, "2.5 times the largest amount so far"),
        ("amount_to_largest", 1.0, {}, "no amount above it is known to be genuine"),
        ("second_ratio_14d", 0, {}, "one payment at most in 14 days before"),
        ("checks_failed", 1, {}, "1 check of the card failed"),
        ("card_weakly_read", 2, {}, "only the card's number is known"),
        ("last_spike_days", 0.4, {}, "a payment far above the usual today"),
        ("card_stolen", 0.42, {}, "card is stolen with 42 %, say its payments"),
    ],
)
def test_a_reason_is_said_with_its_figure(
    name: str, value: float, features: dict[str, float], text: str
) -> None:
    assert said(name, value, **features).text == text


def test_a_burst_does_not_make_itself_usual() -> None:
    reason = said("payments_1d", 12, payments_14d=12 + 13)
    assert (reason.value, reason.usual, reason.unit) == (13, 1, "payments")


@pytest.mark.parametrize("name", FEATURE_NAMES)
def test_every_feature_has_words_for_every_value(name: str) -> None:
    for value in (-1.0, 0.0, 0.3, 1.0, 2.0, 60.0, 99.0):
        reason = said(name, value)
        assert reason.text
        assert "_" not in reason.text


def test_shares_are_of_what_all_reasons_add() -> None:
    score = pay(1, 0, score=0.9)
    reasons = tuple(
        Reason(feature=name, value=1.0, contribution=added)
        for name, added in (("night", 3.0), ("declined", 1.0))
    )
    one = paid(score.model_copy(update={"reasons": reasons}))
    assert one is not None
    assert [reason.weight for reason in score_reasons(one, {"model-simple": model()})] == [0.75, 0.25]
