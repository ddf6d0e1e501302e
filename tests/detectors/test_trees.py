"""Trees from a message score as LightGBM does; what could hang, crash or lie is refused."""

from typing import Any

import lightgbm
import numpy as np
import pytest

from detectors.errors import ModelRefused
from detectors.fraud.boosting import SETTINGS, fit_trees
from detectors.fraud.trees import TreeScorer
from schemas.model import Trees

RANDOM = np.random.default_rng(3)
# values that 32 bits hold, as the sample of the trainer has them
ROWS = RANDOM.normal(size=(4_000, 6)).astype(np.float32).astype(np.float64)
FRAUDS = RANDOM.random(4_000) < 1 / (1 + np.exp(3 - 2 * ROWS[:, 1] * ROWS[:, 2]))


@pytest.fixture(scope="module")
def trees() -> Trees:
    return fit_trees(ROWS, FRAUDS, honest_share=0.1, rounds=20)


def test_trees_score_as_lightgbm_does(trees: Trees) -> None:
    booster = lightgbm.train(SETTINGS, lightgbm.Dataset(ROWS, FRAUDS.astype(float)), num_boost_round=20)
    expected = booster.predict(ROWS, raw_score=True) + np.log(0.1)
    np.testing.assert_allclose(TreeScorer("v", trees, 6).log_odds(ROWS), expected, atol=1e-5)


def test_fitting_again_gives_the_same_trees(trees: Trees) -> None:
    assert fit_trees(ROWS, FRAUDS, honest_share=0.1, rounds=20) == trees


def test_contributions_add_up_to_the_score(trees: Trees) -> None:
    scorer = TreeScorer("v", trees, 6)
    values = np.frombuffer(trees.value, "<f4").astype(np.float64)
    base = values[list(trees.roots)].sum() + trees.bias
    added = scorer.contributions(ROWS)
    np.testing.assert_allclose(added.sum(axis=1) + base, scorer.log_odds(ROWS), atol=1e-6)
    assert np.abs(added[:, 1:3]).mean() > 5 * np.abs(added[:, [0, 3, 4, 5]]).mean()


def changed(column: bytes, kind: str, place: int, value: float) -> bytes:
    array = np.frombuffer(column, kind).copy()
    array[place] = value
    return array.tobytes()


def broken_parts(trees: Trees) -> dict[str, dict[str, Any]]:
    return {
        "a feature that is not there": {"feature": changed(trees.feature, "<i2", 0, 6)},
        "a way back": {"left": changed(trees.left, "<i4", 0, 0)},
        "a way out": {"right": changed(trees.right, "<i4", 0, 10**6)},
        "a root outside": {"roots": (10**6,)},
        "a leaf that is no number": {"value": changed(trees.value, "<f4", -1, np.nan)},
        "a threshold that is no number": {"threshold": changed(trees.threshold, "<f4", 0, np.inf)},
        "a column cut off": {"value": trees.value[:-3]},
        "a column that is shorter": {"value": trees.value[:-4]},
        "a bias that is no number": {"bias": float("nan")},
    }


def test_damaged_trees_are_refused(trees: Trees) -> None:
    for what, part in broken_parts(trees).items():
        with pytest.raises(ModelRefused) as refused:
            TreeScorer("v", trees.model_copy(update=part), 6)
        assert refused.value.version == "v", what
