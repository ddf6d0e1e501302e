"""Of the cards of a day some are looked at because they are suspicious, some for what they teach."""

import numpy as np

from detectors.fraud.exploring import TerminalGaps, choose_cards

DAY = 86_400.0


def test_a_terminal_in_the_dark_teaches_most() -> None:
    gaps = TerminalGaps()
    gaps.paid(["dark"] * 10 + ["known"] * 10 + ["quiet"])
    for _ in range(9):
        gaps.labelled("known", 19 * DAY)
    dark, known, quiet, new = gaps.values(["dark", "known", "quiet", "new"], np.full(4, 20 * DAY)).tolist()
    assert (dark, known, quiet, new) == (200, 1, 20, 0)


def test_cards_are_chosen_once_by_score_and_then_by_value() -> None:
    cards = np.array([1, 1, 2, 3, 4, 4, 5])
    scores = np.array([0.1, 0.9, 0.8, 0.2, 0.1, 0.1, 0.0])
    values = np.array([9.0, 9.0, 0.0, 5.0, 3.0, 3.0, 0.0])
    assert choose_cards(cards, scores, values, by_score=2, by_value=2).tolist() == [1, 2, 4, 3]
    assert choose_cards(cards[:1], scores[:1], values[:1], by_score=2, by_value=2).tolist() == [1]
