"""What labels say of declined payments, when hardly any of those gets one."""

from itertools import count

import numpy as np
import pytest

from detectors.fraud.label_weights import Share, label_weight, share_of_weights
from detectors.fraud.training_sample import HONEST_SHARE, TrainingSample
from detectors.ranking import Ranking
from detectors.rules.control_group import is_chosen
from schemas.score import DecidedBy

RATE = 0.05
DECLINED_FROM = 0.8


class Labelled:
    """A shop that declines every payment whose score is .8 or more.

    Scores are too high: of payments with the score s only s / 2 are fraud. Of those declined outside of the
    control group, the only ones to get a label are half the frauds (the bank writes) and one in a hundred
    genuine ones (the customer calls).
    """

    def __init__(self, seed: int, payments: int = 100_000) -> None:
        random = np.random.default_rng(seed)
        self.scores = random.beta(0.5, 1.5, payments)
        self.frauds = random.random(payments) < self.scores / 2
        declined = self.scores >= DECLINED_FROM
        control = declined & np.array([is_chosen(f"{seed}-{one}", RATE) for one in range(payments)])
        told = random.random(payments) < np.where(self.frauds, 0.5, 0.01)
        self.known = ~declined | control | told
        by: dict[bool, DecidedBy] = {True: "control", False: "rules"}
        self.weights = np.array(
            [
                label_weight(by[bool(passed)], RATE) if stopped else label_weight("model", None)
                for stopped, passed in zip(declined, control, strict=True)
            ]
        )

    def precision(self, weights: np.ndarray, threshold: float = 0.7) -> Share:
        """Estimate the share of fraud among all payments from a threshold on."""
        rows = self.known & (self.scores >= threshold)
        counted = weights[rows]
        found = share_of_weights(counted[self.frauds[rows]].sum(), counted.sum(), (counted * counted).sum())
        assert found is not None
        return found

    def truth(self, threshold: float = 0.7) -> float:
        return float(self.frauds[self.scores >= threshold].mean())


@pytest.mark.parametrize("seed", range(5))
def test_weighted_precision_is_true_within_its_error_and_unweighted_is_not(seed: int) -> None:
    shop = Labelled(seed)
    weighted, plain = shop.precision(shop.weights), shop.precision(np.ones(len(shop.weights)))
    assert weighted.low <= shop.truth() <= weighted.high
    assert weighted.high - weighted.low < 0.2
    assert not plain.low <= shop.truth() <= plain.high


def test_the_error_holds_in_nineteen_of_twenty_shops() -> None:
    shops = [Labelled(seed, 10_000) for seed in range(100, 180)]
    found = [(shop.precision(shop.weights, DECLINED_FROM), shop.truth(DECLINED_FROM)) for shop in shops]
    assert sum(share.low <= truth <= share.high for share, truth in found) >= 0.9 * len(shops)


def test_weights_put_average_precision_right() -> None:
    shop = Labelled(1)
    true = Ranking(shop.scores, shop.frauds).average_precision()
    known = Ranking(shop.scores[shop.known], shop.frauds[shop.known])
    weighted = known.average_precision(shop.weights[shop.known])
    assert abs(weighted - true) < 0.03 < abs(known.average_precision() - true)


def test_without_labels_that_count_nothing_is_said() -> None:
    assert share_of_weights(0.0, 0.0, 0.0) is None
    found = share_of_weights(0.0, 3.0, 3.0)
    assert found is not None
    assert (found.value, found.low, round(found.high, 2)) == (0.0, 0.0, 0.56)


def test_trees_see_as_many_payments_as_the_control_group_stands_for() -> None:
    sample, events = TrainingSample(1), count(1)
    sample.begin(-30 * 86_400.0)
    for _ in range(30_000):
        sample.add(next(events), 0.0, (0.0,), fraud=False)
    for _ in range(300):
        sample.add(next(events), 0.0, (1.0,), fraud=False, weight=100.0)
    for _ in range(150):
        sample.add(next(events), 0.0, (1.0,), fraud=True, weight=100.0)
    rows = sample.rows(0.0)
    assert rows is not None
    features, frauds, weights = rows
    control = features[:, 0] == 1.0
    assert weights[control & ~frauds].sum() == pytest.approx(300 * 100 * HONEST_SHARE)
    assert weights[control & frauds].sum() == 150 * 100
    assert set(weights[~control].tolist()) == {1.0}
