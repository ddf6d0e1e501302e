"""Two scorings of the same payments, side by side."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.ranking import Ranking
from detectors.watermark import DAY_SECONDS

__all__ = ["Comparison", "DayAlerts", "Labelled", "Moved", "ScorePairs", "compare"]

QUANTILES = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)
UNKNOWN, FRAUD = -1, 1


@dataclass(frozen=True)
class ScorePairs:
    """Payments that were scored twice, as arrays of one length.

    Parameters
    ----------
    event_ids
        Texts of 36 characters.
    seconds
        When they were made, since 1970.
    amounts_minor
        Minor units of each payment's currency.
    live, other
        Scores in [0, 1].
    live_reviewed, other_reviewed
        Whether the score was at the threshold or above.
    verdicts
        1 fraud, 0 genuine, -1 not known.

    """

    event_ids: NDArray[np.bytes_]
    seconds: NDArray[np.float64]
    amounts_minor: NDArray[np.int64]
    live: NDArray[np.float64]
    other: NDArray[np.float64]
    live_reviewed: NDArray[np.bool_]
    other_reviewed: NDArray[np.bool_]
    verdicts: NDArray[np.int8]

    def since(self, seconds: float) -> "ScorePairs":
        """Leave out payments made before a moment."""
        late = self.seconds >= seconds
        return ScorePairs(**{name: column[late] for name, column in vars(self).items()})


class DayAlerts(NamedTuple):
    """Payments at the threshold or above, of one day of event time in UTC."""

    day: date
    payments: int
    live: int
    other: int


class Moved(NamedTuple):
    """A payment whose score moved far."""

    event_id: str
    occurred_at: datetime
    amount_minor: int
    live: float
    other: float
    live_reviewed: bool
    other_reviewed: bool
    verdict: int


class Labelled(NamedTuple):
    """How well one scoring ranks the payments whose verdict is known.

    Of the payments within the budget of a day, the highest scores of that day, only some have a label.
    """

    payments: int
    frauds: int
    average_precision: float
    within_budget: int
    within_budget_labelled: int
    within_budget_frauds: int

    @property
    def precision_at_budget(self) -> float | None:
        """Share of fraud among the labelled payments within the budget; None if none has a label."""
        labelled = self.within_budget_labelled
        return self.within_budget_frauds / labelled if labelled else None


@dataclass(frozen=True)
class Comparison:
    """What differs between two scorings. `moved` is sorted by how far, farthest first."""

    payments: int
    same_score: int
    newly_reviewed: int
    no_longer_reviewed: int
    mean_difference: float
    mean_absolute_difference: float
    difference_quantiles: tuple[tuple[float, float], ...]
    days: tuple[DayAlerts, ...]
    moved: tuple[Moved, ...]
    live: Labelled
    other: Labelled

    @property
    def decisions_changed(self) -> int:
        """Payments that one scoring would have reviewed and the other not."""
        return self.newly_reviewed + self.no_longer_reviewed

    @property
    def decisions_changed_share(self) -> float:
        """The same as a share of all payments; 0 without any."""
        return self.decisions_changed / self.payments if self.payments else 0.0


def compare(pairs: ScorePairs, *, budget: int, most: int) -> Comparison:
    """Compare two scorings.

    Parameters
    ----------
    pairs
        Payments scored in both.
    budget
        Payments that people can look at in a day.
    most
        How many of the payments that moved farthest to name.

    Cost: about 1 µs a payment, for sorting; no copy of the arrays but a few of 8 bytes a payment.

    """
    difference = pairs.other - pairs.live
    days = (pairs.seconds // DAY_SECONDS).astype(np.int64)
    empty = not len(difference)
    return Comparison(
        payments=len(difference),
        same_score=int(np.count_nonzero(difference == 0)),
        newly_reviewed=int(np.count_nonzero(pairs.other_reviewed & ~pairs.live_reviewed)),
        no_longer_reviewed=int(np.count_nonzero(pairs.live_reviewed & ~pairs.other_reviewed)),
        mean_difference=0.0 if empty else float(difference.mean()),
        mean_absolute_difference=0.0 if empty else float(np.abs(difference).mean()),
        difference_quantiles=quantiles(difference),
        days=alerts_by_day(days, pairs),
        moved=farthest(difference, pairs, most),
        live=labelled(pairs.live, pairs.verdicts, days, budget),
        other=labelled(pairs.other, pairs.verdicts, days, budget),
    )


def quantiles(difference: NDArray[np.float64]) -> tuple[tuple[float, float], ...]:
    """Give the distribution of differences; nothing for nothing."""
    if not len(difference):
        return ()
    found = np.quantile(difference, QUANTILES).tolist()
    return tuple(zip(QUANTILES, found, strict=True))


def alerts_by_day(days: NDArray[np.int64], pairs: ScorePairs) -> tuple[DayAlerts, ...]:
    """Count the reviewed payments of each day."""
    known, place = np.unique(days, return_inverse=True)
    counts = [
        np.bincount(place, weights=weights, minlength=len(known)).astype(np.int64).tolist()
        for weights in (np.ones(len(days)), pairs.live_reviewed, pairs.other_reviewed)
    ]
    return tuple(
        DayAlerts(datetime.fromtimestamp(day * DAY_SECONDS, UTC).date(), *figures)
        for day, *figures in zip(known.tolist(), *counts, strict=True)
    )


def farthest(difference: NDArray[np.float64], pairs: ScorePairs, most: int) -> tuple[Moved, ...]:
    """Name the payments that moved farthest; the earlier one of two that moved as far."""
    order = np.argsort(-np.abs(difference), kind="stable")[:most]
    return tuple(
        Moved(
            pairs.event_ids[row].decode(),
            datetime.fromtimestamp(float(pairs.seconds[row]), UTC),
            int(pairs.amounts_minor[row]),
            float(pairs.live[row]),
            float(pairs.other[row]),
            bool(pairs.live_reviewed[row]),
            bool(pairs.other_reviewed[row]),
            int(pairs.verdicts[row]),
        )
        for row in order.tolist()
        if difference[row] != 0
    )


def labelled(
    scores: NDArray[np.float64], verdicts: NDArray[np.int8], days: NDArray[np.int64], budget: int
) -> Labelled:
    """Measure one scoring by what is known so far."""
    known = verdicts != UNKNOWN
    frauds = int(np.count_nonzero(verdicts == FRAUD))
    ranking = Ranking(scores[known], verdicts[known] == FRAUD) if frauds else None
    order = np.lexsort((-scores, days))
    chosen = order[rank_within(days[order]) < budget]
    return Labelled(
        payments=int(np.count_nonzero(known)),
        frauds=frauds,
        average_precision=ranking.average_precision() if ranking else 0.0,
        within_budget=len(chosen),
        within_budget_labelled=int(np.count_nonzero(known[chosen])),
        within_budget_frauds=int(np.count_nonzero(verdicts[chosen] == FRAUD)),
    )


def rank_within(sorted_days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count the entries of each day from 0."""
    begins = np.flatnonzero(np.diff(sorted_days, prepend=sorted_days[:1] - 1))
    lengths = np.diff(begins, append=len(sorted_days))
    return np.arange(len(sorted_days)) - np.repeat(begins, lengths)
