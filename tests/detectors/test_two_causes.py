"""The online model: a message says all of it, two causes are told apart, and damaged parts are refused."""

from typing import Any

import numpy as np
import pytest

from detectors.errors import ModelRefused
from detectors.fraud.bins import EDGES
from detectors.fraud.features import FEATURE_NAMES
from detectors.fraud.two_causes import TwoCauseModel

WIDTH = len(FEATURE_NAMES)
RANDOM = np.random.default_rng(4)
ROWS = RANDOM.gamma(1, 3, size=(3_000, WIDTH))
CARD, TERMINAL = FEATURE_NAMES.index("amount_risk"), FEATURE_NAMES.index("terminal_frauds_run")
ROWS[:, CARD] = np.where(RANDOM.random(3_000) < 0.1, 0.9, 0.002)
ROWS[:, TERMINAL] = np.where(RANDOM.random(3_000) < 0.1, 9, 0)
FRAUDS = (ROWS[:, CARD] > 0.5) | (ROWS[:, TERMINAL] > 5)


def taught() -> TwoCauseModel:
    model = TwoCauseModel()
    model.learn(ROWS, FRAUDS)
    return model


def test_either_cause_alone_is_enough_and_is_the_reason() -> None:
    model = taught()
    rows = np.tile(ROWS[~FRAUDS][:1], (3, 1))
    rows[1, CARD], rows[2, TERMINAL] = 0.9, 9
    scores = model.score(rows)
    assert scores[0] < 0.2
    assert min(scores[1:]) > 0.7
    reasons = model.contributions(rows)
    assert reasons[1].argmax() == CARD
    assert reasons[2].argmax() == TERMINAL


def test_rows_learnt_in_one_batch_or_one_by_one_make_the_same_model() -> None:
    whole, each = taught(), TwoCauseModel()
    before = [each.learn(ROWS[place : place + 1], FRAUDS[place : place + 1])[0] for place in range(3_000)]
    np.testing.assert_array_equal(whole.weights, each.weights)
    np.testing.assert_array_equal(TwoCauseModel().learn(ROWS, FRAUDS), before)


def test_a_message_says_all_of_it() -> None:
    model = taught()
    read = TwoCauseModel.of_part("v", model.part(), WIDTH)
    np.testing.assert_allclose(read.score(ROWS), model.score(ROWS), atol=1e-6)
    assert read.part() == model.part()


@pytest.mark.parametrize(
    "part",
    [
        {"weights": b"1234"},
        {"weights": np.full(len(TwoCauseModel().weights), np.nan, "<f4").tobytes()},
        {"biases": (float("inf"), 0.0)},
        {"terms": ((WIDTH, -1),)},
        {"terms": ((-1, -1),)},
        {"card_terms": 1_000},
        {"edges": EDGES[:-1]},
        {"edges": ((3.0, 1.0), *EDGES[1:])},
        {"edges": (tuple(range(30)), *EDGES[1:])},
    ],
)
def test_damaged_parts_are_refused(part: dict[str, Any]) -> None:
    with pytest.raises(ModelRefused):
        TwoCauseModel.of_part("v", TwoCauseModel().part().model_copy(update=part), WIDTH)
