"""Trees as flat arrays, tree by tree over a batch."""

from typing import Any

from detectors.compiled import compiled

__all__ = ["explain_trees", "score_trees"]


@compiled
def score_trees(features: Any, roots: Any, nodes: Any, out: Any) -> None:
    """Add each tree's log odds to each row."""
    column, threshold, left, right, value = nodes
    for root in roots:
        for row in range(len(features)):
            node = root
            while column[node] >= 0:
                node = left[node] if features[row, column[node]] <= threshold[node] else right[node]
            out[row] += value[node]


@compiled
def explain_trees(features: Any, roots: Any, nodes: Any, out: Any) -> None:
    """Add to each feature what looking at it changed, on the way through each tree; shape (n, n_features)."""
    column, threshold, left, right, value = nodes
    for root in roots:
        for row in range(len(features)):
            node = root
            while column[node] >= 0:
                at = column[node]
                after = left[node] if features[row, at] <= threshold[node] else right[node]
                out[row, at] += value[after] - value[node]
                node = after
