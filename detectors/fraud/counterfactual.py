"""At what amount a payment would have passed."""

from math import log
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from detectors.fraud import customer_loops as loops
from detectors.fraud.amounts import AmountTables
from detectors.fraud.detector import DECIMALS
from detectors.fraud.features import FEATURE_NAMES

__all__ = ["Counterfactual", "largest_passing", "rows_at_amounts"]

GRID = 2_000
"""Amounts tried at once: below 20.00 every one, above so many that two neighbours differ by half a percent.
Chosen, not tuned."""

SAME = 1.5 * 10**-DECIMALS
"""A feature that comes out so near to what is stored, which is rounded, was made from the same table."""

AMOUNT, TO_USUAL, USUAL, TO_LARGEST, RISK, STRANGENESS = (
    FEATURE_NAMES.index(name)
    for name in (
        "amount",
        "amount_to_usual",
        "usual_amount",
        "amount_to_largest",
        "amount_risk",
        "ratio_strangeness",
    )
)


class RowScorer(Protocol):
    """Scores rows; each by itself."""

    def scores(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the probability of fraud, shape (n,)."""


class Counterfactual(NamedTuple):
    """What amount would have passed.

    Parameters
    ----------
    passes_minor
        The largest amount found at which the score lies under the threshold, in the payment's minor units;
        None if no amount from .01 on helps.
    held
        Features of the amount that could not be computed anew and stayed as they were.

    """

    passes_minor: int | None
    held: tuple[str, ...]


def rows_at_amounts(
    row: NDArray[np.float64], amounts_minor: NDArray[np.int64], seconds: float, tables: AmountTables
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Give the features that a payment would have had at other amounts, all else equal.

    Five features depend on the amount. `amount` and `amount_to_usual` follow exactly (to rounding) from the
    stored `usual_amount`, `amount_to_largest` in proportion, `amount_risk` and `ratio_strangeness` from the
    table that was valid when the payment was made. All others, `card_stolen` and the ratios of 14 days among
    them, look at earlier payments only.

    Parameters
    ----------
    row
        The stored features, shape (n_features,).
    amounts_minor
        Minor units of the payment's currency.
    seconds
        When it was made, since 1970.
    tables
        Those of the models that were valid.

    Returns
    -------
    NDArray, tuple of str
        Shape (n_amounts, n_features); and which features were held fixed, because what is stored does not
        say how they would change: `amount_to_largest` where it is 1 (nothing paid was genuine for sure, and
        it is 1 for every amount; or the amount was the largest and one unit more, which looks the same), and
        the two of the table where the tables given here do not say what is stored.

    """
    rows = np.tile(row, (len(amounts_minor), 1))
    amounts = amounts_minor / 100
    usual = float(np.exp(row[USUAL]))
    rows[:, AMOUNT] = amounts
    rows[:, TO_USUAL] = np.log(amounts / usual + 0.01)
    held = []
    if row[TO_LARGEST] == 1.0 or row[AMOUNT] <= 0:
        held.append(FEATURE_NAMES[TO_LARGEST])
    else:
        rows[:, TO_LARGEST] = row[TO_LARGEST] / row[AMOUNT] * amounts
    _, risks, strangeness, _ = tables.at(np.array([seconds]))
    looked_up = of_table(risks[0], strangeness[0], np.append(amounts, row[AMOUNT]), usual)
    if np.abs(looked_up[-1] - row[[RISK, STRANGENESS]]).max() < SAME:
        rows[:, [RISK, STRANGENESS]] = looked_up[:-1]
    else:
        held += [FEATURE_NAMES[RISK], FEATURE_NAMES[STRANGENESS]]
    return np.round(rows, DECIMALS), tuple(held)


def of_table(
    risks: NDArray[np.float64], strangeness: NDArray[np.float64], amounts: NDArray[np.float64], usual: float
) -> NDArray[np.float64]:
    """Look up risk and strangeness of amounts, shape (n_amounts, 2)."""
    found = np.empty((len(amounts), 2))
    for place, amount in enumerate(amounts.tolist()):
        ratio = loops.ratio_bin(amount / usual)
        found[place] = risks[loops.amount_bin(amount), ratio], strangeness[ratio]
    return found


def largest_passing(
    row: NDArray[np.float64], scorer: RowScorer, threshold: float, seconds: float, tables: AmountTables
) -> Counterfactual:
    """Find the largest amount below a payment's own at which its score lies under the threshold.

    A score need not rise with the amount, so amounts are tried from the payment's own down on a grid, and
    between the first that passes and its neighbour above again, until nothing between them passes: the amount
    named passes and the next one does not. What passes only between two neighbours of a grid may be missed.

    Parameters
    ----------
    row
        The stored features of a payment whose score reaches the threshold.
    scorer, threshold
        Of the model that scored it.
    seconds, tables
        See `rows_at_amounts`.

    Cost: 2 ms with 30 trees and the online model.

    """
    own = round(float(row[AMOUNT]) * 100)
    held: tuple[str, ...] = rows_at_amounts(row, np.zeros(0, np.int64), seconds, tables)[1]
    low, high = 1, own
    passes = None
    while low < high:
        amounts = grid(low, high)
        rows, held = rows_at_amounts(row, amounts, seconds, tables)
        passing = np.flatnonzero(scorer.scores(rows) < threshold)
        if not len(passing):
            break
        place = int(passing[-1])
        passes = int(amounts[place])
        low, high = passes + 1, int(amounts[place + 1]) if place + 1 < len(amounts) else high
    return Counterfactual(passes, held)


def grid(low: int, high: int) -> NDArray[np.int64]:
    """Give rising amounts from `low` to below `high`: all of them, or so many that ratios are alike."""
    if high - low <= GRID:
        return np.arange(low, high)
    spread = np.exp(np.linspace(log(low), log(high - 1), GRID))
    return np.unique(np.rint(spread).astype(np.int64).clip(low, high - 1))
