"""What the features add is exact for every kind of model: with the base it is the log odds of the score."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from detectors.fraud.boosting import fit_trees
from detectors.fraud.calibration import log_odds_of
from detectors.fraud.champions import Champions
from detectors.fraud.scorers import Scorer
from detectors.fraud.two_causes import TwoCauseModel
from schemas.model import Calibration, Trees, TwoCauses
from tests.detectors.models import WIDTH, model

RANDOM = np.random.default_rng(6)
ROWS = RANDOM.gamma(1, 3, size=(2_000, WIDTH)).astype(np.float32).astype(np.float64)
FRAUDS = RANDOM.random(len(ROWS)) < 1 / (1 + np.exp(4 - ROWS[:, 0] / 3 - ROWS[:, 21] / 3))
CALIBRATION = Calibration(a=0.7, b=1.6, c=-0.4)


@cache
def trees() -> Trees:
    return fit_trees(ROWS, FRAUDS, honest_share=0.5, rounds=30)


@cache
def two_causes() -> TwoCauses:
    taught = TwoCauseModel()
    taught.learn(ROWS, FRAUDS)
    return taught.part()


def scorer(kind: str) -> Scorer:
    parts: dict[str, dict[str, Any]] = {
        "logistic": {"kind": "logistic"},
        "trees": {"trees": trees()},
        "online": {"two_causes": two_causes()},
        "blend": {"trees": trees(), "two_causes": two_causes(), "trees_share": 0.4},
        "online, new": {"two_causes": TwoCauseModel().part()},
        "calibrated": {
            "trees": trees(), "two_causes": two_causes(), "trees_share": 0.4, "calibration": CALIBRATION,
        },
    }  # fmt: skip
    return Champions().scorer_of(model(**({"kind": "blend", "samples": ()} | parts[kind])))


@pytest.mark.parametrize("kind", ["logistic", "trees", "online", "online, new", "blend", "calibrated"])
def test_base_and_contributions_add_up_to_the_log_odds(kind: str) -> None:
    used = scorer(kind)
    expected = log_odds_of(used.scores(ROWS))
    sure = np.abs(expected) < 20  # beyond, a probability in 64 bits does not say its log odds any more
    assert sure.sum() > 500
    added = used.contributions(ROWS).sum(axis=1) + used.base
    np.testing.assert_allclose(added[sure], expected[sure], atol=1e-6)


def test_calibration_changes_no_order_of_reasons() -> None:
    plain, stretched = scorer("blend").contributions(ROWS), scorer("calibrated").contributions(ROWS)
    np.testing.assert_array_equal(plain > 0, stretched > 0)
    np.testing.assert_array_equal(plain.argmax(axis=1), stretched.argmax(axis=1))
