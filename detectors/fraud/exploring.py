"""Which cards to look at for what their answer would teach, beside those that are suspicious."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from detectors.watermark import DAY_SECONDS

__all__ = ["TerminalGaps", "choose_cards"]


class TerminalGaps:
    """How much happened at each terminal of which nothing is known yet.

    Cost: .3 µs a payment or label. Memory: 100 bytes a terminal.
    """

    def __init__(self) -> None:
        self._terminals: dict[str, tuple[int, float]] = {}

    @classmethod
    def of(cls, known: Iterable[tuple[str, int, float]]) -> "TerminalGaps":
        """Begin with what was counted elsewhere: terminal, payments without label, newest one with, or 0."""
        gaps = cls()
        gaps._terminals = {terminal: (unlabelled, last) for terminal, unlabelled, last in known}
        return gaps

    def known_of(self, terminal: str) -> tuple[int, float]:
        """Give a terminal's payments without label, and when the newest one with one was made; 0 = none."""
        return self._terminals.get(terminal, (0, 0.0))

    def paid(self, terminals: Iterable[str]) -> None:
        """Count payments that have no label."""
        for terminal in terminals:
            unlabelled, last = self._terminals.get(terminal, (0, 0.0))
            self._terminals[terminal] = (unlabelled + 1, last)

    def labelled(self, terminal: str, occurred: float) -> None:
        """Take notice of the first label of a payment that was made then, in seconds since 1970."""
        unlabelled, last = self._terminals.get(terminal, (1, 0.0))
        self._terminals[terminal] = (max(0, unlabelled - 1), max(last, occurred))

    def values(self, terminals: Sequence[str], seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give what a label of each of these payments would teach: unlabelled payments × days in the dark."""
        known = [self._terminals.get(terminal, (0, 0.0)) for terminal in terminals]
        unlabelled = np.array([number for number, _ in known], np.float64)
        last = np.array([moment for _, moment in known], np.float64)
        days = np.clip((seconds - last) / DAY_SECONDS, 0.0, 60.0)
        return unlabelled * days


def choose_cards(
    cards: NDArray[np.int64],
    terminals: NDArray[np.int64],
    scores: NDArray[np.float64],
    values: NDArray[np.float64],
    *,
    by_score: int,
    by_value: int,
) -> NDArray[np.int64]:
    """Choose the cards of a day to look at: the most suspicious, then of the others what teaches most.

    An answer about a terminal ends its time in the dark, so a second one would teach next to nothing: each
    card is chosen for terminals that no card before it speaks of. Once all are spoken of, they count again.

    Parameters
    ----------
    cards, terminals, scores, values
        Per payment of the day: whose it is, where (from 0), its score, and what its answer would teach.
    by_score, by_value
        How many cards to choose by their highest score, and by the sum of their values.

    Returns
    -------
    NDArray
        Cards, those chosen by score first.

    Cost: 10 ns for each payment and card chosen by value.

    """
    names, places = np.unique(cards, return_inverse=True)
    highest = np.full(len(names), -np.inf)
    np.maximum.at(highest, places, scores)
    suspicious = np.argsort(-highest, kind="stable")[:by_score]
    left = np.ones(len(names), np.bool_)
    left[suspicious] = False
    spoken_of = np.zeros(int(terminals.max(initial=-1)) + 1, np.bool_)
    telling: list[int] = []
    for _ in range(min(by_value, int(left.sum()))):
        taught = np.bincount(places, np.where(spoken_of[terminals], 0.0, values), len(names))
        if not taught[left].any():
            spoken_of[:] = False
            taught = np.bincount(places, values, len(names))
        taught[~left] = -1.0
        best = int(taught.argmax())
        left[best] = False
        spoken_of[terminals[places == best]] = True
        telling.append(best)
    return names[[*suspicious.tolist(), *telling]]
