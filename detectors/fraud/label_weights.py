"""How much a label says where most of its like get none: a control group speaks for what was declined."""

from math import sqrt
from typing import NamedTuple

from schemas.score import DecidedBy

__all__ = ["Share", "label_weight", "share_of_weights"]

NORMAL_95 = 1.96


def label_weight(decided_by: DecidedBy, control_rate: float | None) -> float:
    """Say how many payments the label of one stands for.

    Those that would have been declined are known from the control group alone, which is a random part of
    them: each of it counts 1 / its chance. The others of them count nothing where a label comes all the same,
    since which of them get one is no chance: who calls in is the honest customer, what an analyst looks at is
    what looks bad. What could not have been in the group counts once.

    Returns
    -------
    float
        1 / `control_rate`, 0 or 1.

    References
    ----------
    Horvitz and Thompson, A generalization of sampling without replacement, JASA 1952.

    """
    if control_rate is None:
        return 1.0
    return 1.0 / control_rate if decided_by == "control" else 0.0


class Share(NamedTuple):
    """A share of fraud, and between what it lies with 95 %."""

    value: float
    low: float
    high: float


def share_of_weights(frauds: float, everything: float, squares: float) -> Share | None:
    """Estimate a share from weighted labels.

    Parameters
    ----------
    frauds, everything
        Weights of the frauds, and of all that have a label, added up.
    squares
        Of all those weights, added up.

    Returns
    -------
    Share or None
        None without any weight. Between: Wilson's interval for `everything`² / `squares` payments, as many as
        the weighted ones are worth (Kish 1965).

    """
    if not everything:
        return None
    value, worth = frauds / everything, everything * everything / squares
    slack = NORMAL_95**2 / worth
    middle = (value + slack / 2) / (1 + slack)
    half = NORMAL_95 * sqrt(value * (1 - value) / worth + slack / (4 * worth)) / (1 + slack)
    return Share(value, max(0.0, min(value, middle - half)), min(1.0, max(value, middle + half)))
