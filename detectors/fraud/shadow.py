"""Champion and challengers over the same matured payments: how each ranked them, and how sure that is."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.ranking import Ranking

__all__ = ["Comparison", "MaturedDay", "Measured", "compared", "thinned"]

MOST_ROWS = 5_000
"""Payments of a day that are kept; of more, the frauds, the highest of each subject, and a sample."""
HIGHEST = 1_000
"""Of each subject's scores, kept whole: ten times what people can look at in a day."""
RESAMPLES = 100
"""Of the bootstrap: intervals come from their standard deviation, which is known to 7 % with so many."""
NORMAL_95 = 1.96


class MaturedDay(NamedTuple):
    """The labelled payments of a day, and how many there were.

    Parameters
    ----------
    number
        The day, counted from 1970.
    scores
        Of each subject; shape (n_subjects, n).
    frauds, customers
        Shape (n,).
    weights
        How many payments each stands for; shape (n,).
    payments, labelled
        Scored payments of the day, and those with a verdict.
    versions
        Of each subject, the model that scored last.

    """

    number: int
    scores: NDArray[np.float64]
    frauds: NDArray[np.bool_]
    customers: NDArray[np.int64]
    weights: NDArray[np.float64]
    payments: int
    labelled: int
    versions: tuple[str, ...]


class Measured(NamedTuple):
    """Of one subject: average precision with its standard error, and precision of the highest customers."""

    average_precision: float
    error: float
    card_precision: float

    @property
    def interval(self) -> tuple[float, float]:
        """Give the 95 % interval of the average precision, within 0 and 1."""
        low = max(0.0, self.average_precision - NORMAL_95 * self.error)
        return low, min(1.0, self.average_precision + NORMAL_95 * self.error)


class Comparison(NamedTuple):
    """What a window of matured days says.

    Parameters
    ----------
    subjects
        In the order of the scores' rows.
    errors
        Standard error of the difference of each pair of subjects in average precision, with the same
        customers in both; shape (n_subjects, n_subjects).
    payments, labelled, frauds
        Counted over the window.

    """

    subjects: tuple[Measured, ...]
    errors: NDArray[np.float64]
    payments: int
    labelled: int
    frauds: int


def thinned(day: MaturedDay, most: int = MOST_ROWS) -> MaturedDay:
    """Drop payments that no figure needs one by one; those that stay of a kind stand for those that go.

    All frauds and each subject's highest stay. Of the rest every n-th customer's stay, chosen by number, so
    the same payments always do.
    """
    if len(day.frauds) <= most:
        return day
    kept = day.frauds.copy()
    for scores in day.scores:
        kept[np.argpartition(scores, -HIGHEST)[-HIGHEST:]] = True
    rest = ~kept
    every = -(-int(rest.sum()) // max(most - int(kept.sum()), most // 4))
    sampled = rest & (day.customers % every == 0)
    share = sampled.sum() / max(rest.sum(), 1)
    rows = np.flatnonzero(kept | sampled)
    return day._replace(
        scores=day.scores[:, rows],
        frauds=day.frauds[rows],
        customers=day.customers[rows],
        weights=np.where(sampled, day.weights / max(share, 1e-9), day.weights)[rows],
    )


def compared(days: Sequence[MaturedDay], *, cards_per_day: int) -> Comparison:
    """Measure all subjects over the same payments.

    The bootstrap draws customers, for what one customer pays hangs together; its seed is the last day, so the
    same window always gives the same figures.

    Parameters
    ----------
    days
        At least one, with the same subjects.
    cards_per_day
        How many customers people can look at in a day.

    Cost: 1 ms per 1,000 payments and subject.

    """
    scores = np.concatenate([day.scores for day in days], axis=1)
    frauds = np.concatenate([day.frauds for day in days])
    weights = np.concatenate([day.weights for day in days])
    people, of_payment = np.unique(np.concatenate([day.customers for day in days]), return_inverse=True)
    rankings = [Ranking(row, frauds) for row in scores] if len(frauds) else []
    generator = np.random.default_rng(days[-1].number)
    drawn = np.zeros((RESAMPLES, len(scores)))
    for number in range(RESAMPLES if rankings else 0):
        times = generator.poisson(1.0, len(people))[of_payment] * weights
        drawn[number] = [ranking.average_precision(times) for ranking in rankings]
    return Comparison(
        tuple(
            Measured(
                rankings[place].average_precision(weights) if rankings else 0.0,
                float(drawn[:, place].std()),
                float(np.mean([card_precision(day, place, cards_per_day) for day in days])),
            )
            for place in range(len(scores))
        ),
        (drawn[:, :, None] - drawn[:, None, :]).std(axis=0),
        sum(day.payments for day in days),
        sum(day.labelled for day in days),
        int(frauds.sum()),
    )


def card_precision(day: MaturedDay, subject: int, cards: int) -> float:
    """Give the share of the day's highest customers that were defrauded that day.

    A customer counts for as many as its highest payment stands for. Of what rules decline only a control
    group is known: counted once each, it would hardly matter, though people would look at all of it.
    """
    if not len(day.customers):
        return 0.0
    people, of_payment = np.unique(day.customers, return_inverse=True)
    defrauded = np.bincount(of_payment, day.frauds, len(people)) > 0
    falling = np.argsort(-day.scores[subject], kind="stable")
    _, firsts = np.unique(of_payment[falling], return_index=True)
    highest = falling[np.sort(firsts)]
    weights = day.weights[highest]
    looked_at = np.clip(cards - (np.cumsum(weights) - weights), 0.0, weights)
    return float((looked_at * defrauded[of_payment[highest]]).sum() / looked_at.sum())
