"""Which cards an analyst looks at today: a share for what their answer would teach, the others by risk."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from detectors.fraud.exploring import TerminalGaps, choose_cards

__all__ = ["Choice", "Spent", "choose_reviews", "parted"]


class Spent(NamedTuple):
    """What a card has paid at one terminal since yesterday, as far as nobody said anything about it."""

    card: str
    terminal: str
    payments: int
    highest: float
    """Highest score."""


class Choice(NamedTuple):
    """A card to look at.

    Parameters
    ----------
    card
        Its name.
    by_risk
        Whether it is for its score; else for what its answer would teach.
    terminal
        Of those where it paid the one that the least is known of, if it can be one where no card before paid.

    """

    card: str
    by_risk: bool
    terminal: str


def parted(cards: int, teaching_share: float) -> tuple[int, int]:
    """Part a budget: how many cards by risk, and how many for what they teach."""
    teaching = round(cards * teaching_share)
    return cards - teaching, teaching


def choose_reviews(
    spent: Sequence[Spent], gaps: TerminalGaps, at: float, *, cards: int, teaching_share: float
) -> list[Choice]:
    """Choose as the benchmark's analyst does, by the same code.

    Parameters
    ----------
    spent
        Of the last day.
    gaps
        What is known of terminals.
    at
        When the answer would come, seconds since 1970.
    cards, teaching_share
        How many to choose, and how many of these for what they teach.

    Returns
    -------
    list of Choice
        Those by risk first, the highest score first.

    Cost: 3 µs for each card and terminal.

    """
    if not spent:
        return []
    values = gaps.values([one.terminal for one in spent], np.full(len(spent), at))
    cards_named, card_places = np.unique([one.card for one in spent], return_inverse=True)
    _, terminal_places = np.unique([one.terminal for one in spent], return_inverse=True)
    by_risk, by_value = parted(cards, teaching_share)
    chosen = choose_cards(
        card_places,
        terminal_places,
        np.array([one.highest for one in spent]),
        values * np.array([one.payments for one in spent]),
        by_score=by_risk,
        by_value=by_value,
    ).tolist()
    suspicious, telling = chosen[:by_risk], chosen[by_risk:]
    paid = paid_by(chosen, card_places.tolist(), spent, values.tolist())
    by_score = [Choice(str(cards_named[place]), True, max(paid[place])[1]) for place in suspicious]
    for_each = zip(telling, each_another([paid[place] for place in telling]), strict=True)
    return by_score + [Choice(str(cards_named[place]), False, terminal) for place, terminal in for_each]


Gap = tuple[float, str]
"""What an answer about a terminal would teach, and the terminal."""


def paid_by(
    chosen: Sequence[int], card_places: Sequence[int], spent: Sequence[Spent], values: Sequence[float]
) -> dict[int, list[Gap]]:
    """Give the terminals of each card that was chosen."""
    paid: dict[int, list[Gap]] = {place: [] for place in chosen}
    for place, one, value in zip(card_places, spent, values, strict=True):
        if place in paid:
            paid[place].append((value, one.terminal))
    return paid


def each_another(paid: Sequence[Sequence[Gap]]) -> list[str]:
    """Name each card's terminal that the least is known of, if possible one where no card before paid."""
    spoken_of: set[str] = set()
    found = []
    for gaps in paid:
        found.append(max(gaps, key=lambda gap: (gap[1] not in spoken_of, gap))[1])
        spoken_of.update(terminal for _, terminal in gaps)
    return found
