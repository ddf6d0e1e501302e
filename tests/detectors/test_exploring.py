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
    terminals = np.arange(7)
    scores = np.array([0.1, 0.9, 0.8, 0.2, 0.1, 0.1, 0.0])
    values = np.array([9.0, 9.0, 0.0, 5.0, 3.0, 3.0, 0.0])
    assert choose_cards(cards, terminals, scores, values, by_score=2, by_value=2).tolist() == [1, 2, 4, 3]
    few = choose_cards(cards[:1], terminals[:1], scores[:1], values[:1], by_score=2, by_value=2)
    assert few.tolist() == [1]
    assert choose_cards(cards[:0], terminals[:0], scores[:0], values[:0], by_score=2, by_value=2).size == 0


def test_no_terminal_is_told_of_twice_before_each_was_told_of_once() -> None:
    """Everybody pays at the web checkout (0), which is darkest; two cards also elsewhere."""
    cards = np.array([0, 1, 2, 3, 4, 4, 5])
    terminals = np.array([0, 0, 0, 1, 0, 2, 1])
    values = np.array([90.0, 90.0, 90.0, 2.0, 80.0, 3.0, 1.0])
    chosen = choose_cards(cards, terminals, np.zeros(7), values, by_score=0, by_value=6).tolist()
    assert chosen == [0, 4, 3, 1, 5, 2]
