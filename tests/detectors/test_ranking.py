"""The measures against their definitions."""

import numpy as np
import pytest

from detectors.ranking import Ranking


def by_definition(scores: list[float], frauds: list[bool], weights: list[float]) -> tuple[float, float]:
    """Average precision over distinct thresholds; area under ROC as the chance of the right order."""
    total = sum(weight for fraud, weight in zip(frauds, weights, strict=True) if fraud)
    precision_sum, before = 0.0, 0.0
    for threshold in sorted(set(scores), reverse=True):
        above = [place for place, score in enumerate(scores) if score >= threshold]
        found = sum(weights[place] for place in above if frauds[place])
        seen = sum(weights[place] for place in above)
        if seen:
            precision_sum += (found - before) / total * found / seen
        before = found
    right = pairs = 0.0
    for one, fraud in enumerate(frauds):
        for other, also in enumerate(frauds):
            if fraud and not also:
                pairs += weights[one] * weights[other]
                ahead = (scores[one] > scores[other]) + (scores[one] == scores[other]) / 2
                right += ahead * weights[one] * weights[other]
    return precision_sum, right / pairs


@pytest.mark.parametrize("seed", range(5))
def test_measures_equal_their_definitions_with_ties_and_weights(seed: int) -> None:
    random = np.random.default_rng(seed)
    frauds = random.random(80) < 0.2
    scores = np.round(random.random(80) + np.where(frauds, 0.3, 0.0), 1)
    weights = random.integers(0, 4, 80).astype(np.float64)
    ranking = Ranking(scores, frauds)
    for chosen in (np.ones(80), weights):
        expected = by_definition(scores.tolist(), frauds.tolist(), chosen.tolist())
        measured = (ranking.average_precision(chosen), ranking.area_under_roc(chosen))
        assert measured == pytest.approx(expected)
    assert ranking.average_precision() == pytest.approx(ranking.average_precision(np.ones(80)))


def test_nothing_to_find_is_no_error() -> None:
    ranking = Ranking(np.array([0.1, 0.2]), np.array([False, False]))
    assert (ranking.average_precision(), ranking.area_under_roc()) == (0.0, 0.5)
