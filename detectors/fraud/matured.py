"""Days whose labels are in: every line's figures over the last weeks."""

from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from detectors.fraud.champions import COLD_START, Champions
from detectors.fraud.day_book import Day, DayBook
from detectors.fraud.shadow import Comparison, MaturedDay, compared, thinned
from detectors.watermark import DAY_SECONDS
from schemas.model_metrics import ModelMetrics

__all__ = ["CHAMPION", "MATURITY_DAYS", "MaturedWindow"]

CHAMPION = "champion"
"""The subject that stands for what scored, whichever model it was."""

MATURITY_DAYS = 7.0
"""A payment without a complaint for so long is taken for genuine by whoever sends labels."""


class MaturedWindow:
    """The last matured days, scored by every line as of the time of each payment.

    Parameters
    ----------
    lines
        What scores in shadow, by name.
    window_days
        How many days are looked at together.
    cards_per_day
        The alert budget.

    """

    def __init__(self, lines: dict[str, Champions], *, window_days: int, cards_per_day: int) -> None:
        self._lines = lines
        self._cards = cards_per_day
        self._days: deque[MaturedDay] = deque(maxlen=window_days)
        self.subjects = (CHAMPION, *lines)

    def add(self, number: int, book: DayBook) -> bool:
        """Take in a day; one from before every line had a model says nothing of them, and is left out."""
        day = book.day(number)
        verdicts = book.verdicts(number, day, (number + 1 + MATURITY_DAYS) * DAY_SECONDS)
        shadows = [champions.score_batch(day.seconds, day.features) for champions in self._lines.values()]
        if any(COLD_START in shadow.versions for shadow in shadows):
            return False
        known = np.flatnonzero(verdicts >= 0)
        matured = MaturedDay(
            number,
            np.array([day.scores, *(shadow.scores for shadow in shadows)])[:, known],
            verdicts[known] == 1,
            day.customers[known],
            np.ones(len(known)),
            len(day.events),
            len(known),
            (last_version(day), *(shadow.versions[shadow.models[-1]] for shadow in shadows)),
        )
        self._days.append(thinned(matured))
        return True

    def compare(self) -> Comparison:
        """Measure all subjects over the days that are in."""
        return compared(self._days, cards_per_day=self._cards)

    def metrics(self, comparison: Comparison) -> list[ModelMetrics]:
        """Write down what a comparison says."""
        return [
            self._metrics(place, comparison) for place in range(len(self.subjects)) if comparison.payments
        ]

    def _metrics(self, place: int, comparison: Comparison) -> ModelMetrics:
        last, measured = self._days[-1], comparison.subjects[place]
        low, high = measured.interval
        return ModelMetrics(
            subject=self.subjects[place],
            version=last.versions[place],
            day=moment(last.number),
            window_days=len(self._days),
            matured_at=moment(last.number + 1 + MATURITY_DAYS),
            payments=comparison.payments,
            labelled=comparison.labelled,
            unlabelled_share=1 - comparison.labelled / comparison.payments,
            frauds=comparison.frauds,
            average_precision=measured.average_precision,
            average_precision_low=low,
            average_precision_high=high,
            card_precision=measured.card_precision,
            cards_per_day=self._cards,
        )


def moment(day: float) -> datetime:
    """Give the moment so many days after 1970."""
    return datetime.fromtimestamp(day * DAY_SECONDS, UTC)


def last_version(day: Day) -> str:
    """Name the model that scored the last payment of a day."""
    versions: Sequence[str] = day.versions
    return versions[-1] or COLD_START
