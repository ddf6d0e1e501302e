"""Half-space trees: how few values lie near a vector, by the values of the window before.

River's algorithm (`river.anomaly.HalfSpaceTrees`, which also draws the trees) as loops over flat arrays, with
masses for each series; a test holds the scores against River's own.

References
----------
S. C. Tan, K. M. Ting, T. F. Liu: Fast Anomaly Detection for Streaming Data. IJCAI 2011.
"""

from math import log, sqrt
from typing import Any

import numpy as np

from detectors.compiled import compiled

__all__ = ["HEIGHT", "NODES", "SERIES", "TREES", "WINDOW", "observe_vectors"]

TREES, HEIGHT, WINDOW = 10, 8, 250
NODES = 2 ** (HEIGHT + 1) - 1
FEW = 0.1 * WINDOW
"""A node with fewer values is not looked into."""
MOST = float(TREES * WINDOW * (2 ** (HEIGHT + 1) - 1))
SETTLED = 3
"""Windows before anything is scored: two to learn what scores are usual by."""
LEARNS, FARTHEST = 1 / 1_000, 6.0
LASTS = 1 / 6
"""Share of the newest score in what is held against the threshold. A tenth of all usual vectors lie where the
trees see few, so a single one says little, and several in a row a lot."""
HELD_WIDTH = sqrt(LASTS / (2 - LASTS))

SERIES = np.dtype([
    ("counter", "<i8"), ("windows", "<i8"), ("mean", "<f8"), ("variance", "<f8"), ("held", "<f8"),
    ("gathers", "<f4", (TREES, NODES)), ("counts", "<f4", (TREES, NODES)),
])  # fmt: skip
"""Masses of the window that gathers and of the one before; what scores are usual."""


@compiled
def raw_score(vector: Any, features: Any, limits: Any, masses: Any) -> Any:
    """Give River's score: 1 less the share of the largest mass that the trees could find here."""
    score = 0.0
    for tree in range(TREES):
        node, weight = 0, 1.0
        for _ in range(HEIGHT):
            mass = masses[tree, node]
            score += mass * weight
            if mass < FEW:
                break
            node = 2 * node + (1 if vector[features[tree, node]] < limits[tree, node] else 2)
            weight *= 2.0
        else:
            score += masses[tree, node] * weight
    return 1.0 - score / MOST


@compiled
def learn(vector: Any, features: Any, limits: Any, one: Any) -> Any:
    """Count a vector in each tree; at the end of a window its masses take the place of those before."""
    for tree in range(TREES):
        node = 0
        for _ in range(HEIGHT):
            one.gathers[tree, node] += 1.0
            node = 2 * node + (1 if vector[features[tree, node]] < limits[tree, node] else 2)
        one.gathers[tree, node] += 1.0
    one.counter += 1
    if one.counter == WINDOW:
        one.counts[:] = one.gathers
        one.gathers[:] = 0.0
        one.counter = 0
        one.windows += 1


@compiled
def observe_vectors(
    places: Any, vectors: Any, features: Any, limits: Any, series: Any, scores: Any, far: Any
) -> Any:
    """Score vectors in their order, each before it is learnt.

    Parameters
    ----------
    places
        The series of each.
    vectors
        Shape (n, width), each component in [0, 1].
    features, limits
        Of the trees' nodes: which component is compared, and with what, shape (trees, nodes).
    series
        What is known of each series (`SERIES`).
    scores
        Filled: River's score; 0 in the first window.
    far
        Filled: deviations of −ln(1 − score), of the last few together, above what is usual for it; 0 before
        three windows.

    """
    for event in range(len(places)):
        one = series[places[event]]
        scores[event] = far[event] = 0.0
        if one.windows > 0:
            scores[event] = raw_score(vectors[event], features, limits, one.counts)
            sparse = -log(max(1.0 - scores[event], 1e-12))
            off, width = sparse - one.mean, sqrt(one.variance)
            if one.windows >= SETTLED and width > 0.0:
                one.held += (off / width - one.held) * LASTS
                far[event] = max(0.0, one.held / HELD_WIDTH)
                off = min(off, FARTHEST * width)
            seen = (one.windows - 1) * WINDOW + one.counter
            learns = max(1.0 / (seen + 1.0), LEARNS)
            one.mean += off * learns
            one.variance += (off * off - one.variance) * learns
        learn(vectors[event], features, limits, one)
