"""The two-cause model's loops: binned features and crosses of two, one weight for each bin."""

from math import exp, sqrt
from typing import Any

import numpy as np

from detectors.compiled import compiled

__all__ = ["COARSE", "FINE", "explain_rows", "fill_places", "learn_rows", "score_rows"]

FINE = 26
"""Bins of a feature at most: 25 edges."""
COARSE = 17
"""Bins of a feature in a cross: every three fine ones make two."""


@compiled
def bin_of(value: Any, edges: Any) -> Any:
    """Count the edges that a value reaches."""
    low, high = 0, len(edges)
    while low < high:
        middle = (low + high) // 2
        if value >= edges[middle]:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def fill_places(features: Any, edges: Any, terms: Any, out: Any) -> None:
    """Write where the weights of each row are, by term."""
    bins = np.empty(features.shape[1], np.int64)
    for row in range(len(features)):
        for column in range(features.shape[1]):
            bins[column] = bin_of(features[row, column], edges[column])
        for term in range(len(terms)):
            first, second, start = terms[term, 0], terms[term, 1], terms[term, 2]
            if second < 0:
                out[row, term] = start + bins[first]
            else:
                out[row, term] = start + bins[first] * 2 // 3 * COARSE + bins[second] * 2 // 3


@compiled
def squashed(log_odds: Any) -> Any:
    """Turn log odds into a probability."""
    return 1 / (1 + exp(-min(max(log_odds, -35.0), 35.0)))


@compiled
def causes(places: Any, split: Any, weights: Any, biases: Any) -> Any:
    """Probability that the card, and that the terminal, is the cause."""
    card, terminal = biases[0], biases[1]
    for term in range(split):
        card += weights[places[term]]
    for term in range(split, len(places)):
        terminal += weights[places[term]]
    return squashed(card), squashed(terminal)


@compiled
def score_rows(places: Any, split: Any, weights: Any, biases: Any, out: Any) -> None:
    """Write the probability of fraud of each row."""
    for row in range(len(places)):
        card, terminal = causes(places[row], split, weights, biases)
        out[row] = 1 - (1 - card) * (1 - terminal)


@compiled
def learn_rows(places: Any, frauds: Any, split: Any, memory: Any, settings: Any, out: Any) -> None:
    """Take an AdaGrad step for each row, one after the other; write what it scored before."""
    weights, squares, biases, bias_squares = memory
    rate, penalty = settings
    for row in range(len(places)):
        card, terminal = causes(places[row], split, weights, biases)
        score = 1 - (1 - card) * (1 - terminal)
        out[row] = score
        error = score - frauds[row]
        # Of the log likelihood: how much of the score is this cause's.
        of_card = error * card / score
        of_terminal = error * terminal / score
        for term in range(places.shape[1]):
            place = places[row, term]
            gradient = (of_card if term < split else of_terminal) + penalty * weights[place]
            squares[place] += gradient * gradient
            weights[place] -= rate * gradient / sqrt(squares[place])
        for cause in range(2):
            gradient = of_card if cause == 0 else of_terminal
            bias_squares[cause] += gradient * gradient
            biases[cause] -= rate * gradient / sqrt(bias_squares[cause])


@compiled
def explain_rows(places: Any, terms: Any, split: Any, weights: Any, biases: Any, out: Any) -> None:
    """Add to each feature its weights of the likelier cause."""
    for row in range(len(places)):
        card, terminal = causes(places[row], split, weights, biases)
        begin, end = (0, split) if card >= terminal else (split, places.shape[1])
        for term in range(begin, end):
            weight = weights[places[row, term]]
            first, second = terms[term, 0], terms[term, 1]
            if second < 0:
                out[row, first] += weight
            else:
                out[row, first] += weight / 2
                out[row, second] += weight / 2
