"""Half-space trees score as River's do, and see what no single figure shows."""

import numpy as np
import pytest
from river.anomaly import HalfSpaceTrees

from detectors.anomaly import half_space_loops as loops
from detectors.anomaly.detector import ALARM
from detectors.anomaly.half_space import SEED, HalfSpaceDetector, drawn


@pytest.mark.parametrize("width", [1, 3])
def test_scores_are_rivers(width: int) -> None:
    random = np.random.default_rng(width)
    vectors = np.clip(random.normal(0.5, 0.15, (1_200, width)), 0.0, 1.0)
    vectors[900:905] = 0.99
    model = HalfSpaceTrees(loops.TREES, loops.HEIGHT, loops.WINDOW, seed=SEED)
    theirs = []
    for vector in vectors:
        named = dict(enumerate(vector.tolist()))
        theirs.append(model.score_one(named))  # type: ignore[no-untyped-call]  # River has no types
        model.learn_one(named)  # type: ignore[no-untyped-call]
    scores, far = np.empty(len(vectors)), np.empty(len(vectors))
    masses = np.zeros(1, loops.SERIES)
    loops.observe_vectors(np.zeros(len(vectors), np.int64), vectors, *drawn(width), masses, scores, far)
    assert scores == pytest.approx(theirs, abs=1e-9)
    assert max(theirs[900:905]) > np.mean(theirs[300:])


def test_figures_that_never_came_together_are_told() -> None:
    """Three figures go up and down together; then one goes down as the others go up, within what was seen."""
    random = np.random.default_rng(1)
    count = 6_000
    seconds = 1.7e9 + np.arange(float(count)) * 300.0
    common = random.normal(0, 10, count)
    values = random.normal(100, 1, (count, 3))
    values += common[:, None]
    odd = slice(5_000, 5_024)
    values[odd] = np.array([122.0, 78.0, 122.0]) + random.normal(0, 1, (24, 3))
    alarms = np.flatnonzero(HalfSpaceDetector(1, 3).observe(seconds, values) >= ALARM)
    assert ((alarms >= 5_000) & (alarms < 5_024)).any()
    assert (alarms < 5_000).sum() <= 1
