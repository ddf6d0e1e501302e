"""Which model scores, which is refused, and what a verdict says."""

from datetime import timedelta
from math import exp, inf, nan
from typing import Any

import numpy as np
import pytest

from detectors.errors import FeaturesRefused, ModelRefused
from detectors.fraud.champions import BASE_RATE, COLD_START, Champions
from detectors.fraud.features import FEATURE_NAMES
from schemas.errors import SetAside
from schemas.model import ModelSample
from tests.detectors.models import WIDTH, model
from tests.support.events import MONDAY

ROWS = np.random.default_rng(7).normal(5, 10, (50, WIDTH))


def test_the_newest_model_valid_at_the_payments_time_scores_it() -> None:
    champions = Champions()
    for day in (2, 1, 3):  # the order of arrival does not matter
        champions.add(model(day))
    moments = [MONDAY + timedelta(days=day) for day in (2.5, 0.5, 1, 3, 9)]
    verdicts = champions.score(moments, ROWS[:5])
    assert [verdict.model_version for verdict in verdicts] == [
        "model-0002.000", COLD_START, "model-0001.000", "model-0003.000", "model-0003.000",
    ]  # fmt: skip
    for row, (moment, verdict) in enumerate(zip(moments, verdicts, strict=True)):
        assert champions.score([moment], ROWS[row : row + 1]) == [verdict]


def test_a_model_that_arrives_later_does_not_change_earlier_scores() -> None:
    champions = Champions()
    champions.add(model(1))
    moments = [MONDAY + timedelta(days=2)] * 50
    before = champions.score(moments, ROWS)
    champions.add(model(3))
    assert champions.score(moments, ROWS) == before


def test_cold_start_approves_at_the_base_rate() -> None:
    (verdict,) = Champions().score([MONDAY], ROWS[:1])
    assert verdict == (BASE_RATE, 1.0, "approve", (), COLD_START)


def test_score_is_the_logistic_of_bias_and_contributions() -> None:
    champions = Champions()
    champions.add(model())
    verdicts = champions.score([MONDAY] * 50, ROWS)
    for row, verdict in zip(ROWS.tolist(), verdicts, strict=True):
        odds = {
            name: (-1) ** place * (value - place) / (1 + place)
            for place, (name, value) in enumerate(zip(FEATURE_NAMES, row, strict=True))
        }
        assert verdict.score == pytest.approx(1 / (1 + exp(2 - sum(odds.values()))))
        assert verdict.decision == ("review" if verdict.score >= 0.5 else "approve")
        strongest = sorted((added for added in odds.values() if added > 0), reverse=True)[:3]
        if verdict.score < 0.5 * 0.5:
            strongest = []  # nobody asks why it was approved
        assert [reason.contribution for reason in verdict.reasons] == pytest.approx(strongest)
        for reason in verdict.reasons:
            assert reason.contribution == pytest.approx(odds[reason.feature])
            assert reason.value == row[FEATURE_NAMES.index(reason.feature)]


def test_nothing_that_speaks_for_a_payment_is_a_reason() -> None:
    champions = Champions()
    champions.add(model())
    harmless = np.arange(WIDTH) - 10.0 * (-1.0) ** np.arange(WIDTH)
    one = harmless.copy()
    one[4] = 5.0
    champions.add(model(0.5, bias=10_000.0))
    verdicts = champions.score([MONDAY + timedelta(days=1)] * 2, np.array([harmless, one]))
    assert [len(verdict.reasons) for verdict in verdicts] == [0, 1]
    assert verdicts[1].reasons[0].feature == FEATURE_NAMES[4]


def test_far_odds_stay_probabilities() -> None:
    champions = Champions()
    champions.add(model())
    verdicts = champions.score([MONDAY] * 2, np.array([[1e300] * WIDTH, [-1e6] * WIDTH]))
    assert all(0 <= verdict.score <= 1 for verdict in verdicts)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"feature_set": "other"}, "feature set"),
        ({"features": FEATURE_NAMES[::-1]}, "feature set"),
        ({"samples": (ModelSample(features=(0.0,) * WIDTH, score=0.123),)}, "sample 0"),
    ],
)
def test_a_model_that_would_score_otherwise_is_refused(fields: dict[str, Any], reason: str) -> None:
    champions = Champions()
    with pytest.raises(ModelRefused, match=reason) as refused:
        champions.add(model(**fields))
    assert isinstance(refused.value, SetAside)
    assert len(champions) == 0


def test_a_model_with_a_number_that_is_none_is_refused() -> None:
    """The contract refuses it first; this is for a model that was built without validation."""
    with pytest.raises(ModelRefused, match="finite"):
        Champions().add(model().model_copy(update={"bias": nan, "samples": ()}))


def test_a_repeated_model_is_welcome_and_a_changed_one_is_not() -> None:
    champions = Champions()
    champions.add(model())
    champions.add(model())
    assert len(champions) == 1
    with pytest.raises(ModelRefused, match="taken"):
        champions.add(model(threshold=0.7))


@pytest.mark.parametrize("broken", [nan, inf, -inf])
def test_features_that_are_not_numbers_are_refused(broken: float) -> None:
    rows = ROWS.copy()
    rows[10, 3] = broken
    with pytest.raises(FeaturesRefused):
        Champions().score([MONDAY] * 50, rows)


def test_rows_of_another_width_or_number_are_refused() -> None:
    with pytest.raises(FeaturesRefused):
        Champions().score([MONDAY], ROWS[:1, :-1])
    with pytest.raises(FeaturesRefused):
        Champions().score([MONDAY], ROWS[:2])
    assert Champions().score([], ROWS[:0]) == []
