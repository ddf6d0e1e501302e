"""Scored payments and what was said about them, day by day, until a day is old enough to be judged."""

from collections.abc import Sequence
from math import isfinite
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from detectors.fraud.champions import BASE_RATE
from detectors.fraud.claims import claim_of, standing
from detectors.fraud.feature_rows import feature_table
from detectors.fraud.features import FEATURE_NAMES, FEATURE_SET
from detectors.fraud.judged_days import Judged, JudgedDays, SaidDays
from detectors.fraud.label_weights import label_weight
from detectors.watermark import DAY_SECONDS
from schemas.label import Label
from schemas.score import Score

__all__ = ["Day", "DayBook"]


class Day(NamedTuple):
    """The payments of a day as columns, in the order of their times; row i is about payment i.

    Parameters
    ----------
    seconds, events, customers, channels
        When, which, who and where; shape (n,).
    features
        Shape (n, n_features).
    scores, reviewed, versions
        What was said of each at its time, and by which model; shape (n,).
    weights
        For how many the label of each stands; shape (n,).

    """

    seconds: NDArray[np.float64]
    events: Sequence[int]
    features: NDArray[np.float64]
    scores: NDArray[np.float64]
    reviewed: NDArray[np.bool_]
    versions: Sequence[str]
    customers: NDArray[np.int64]
    channels: NDArray[np.str_]
    weights: NDArray[np.float64]


class DayBook:
    """Keeps days, counted from 1970 in UTC, until they are forgotten; what comes for one that was is dropped.

    Memory: 250 bytes a payment of the days kept, beside its features, which the trainer holds too.
    """

    def __init__(self) -> None:
        self._paid = JudgedDays()
        self._said = SaidDays()
        self._forgotten_to = 0

    def __len__(self) -> int:
        """Count the payments and labels kept."""
        return len(self._paid) + len(self._said)

    def scored(self, scores: Sequence[Score], rows: Sequence[bytes]) -> None:
        """Take in score records, and the features of each as `feature_bytes` packs them.

        Those that judge no payment, or by other features, are passed over.
        """
        for score, row in zip(scores, rows, strict=True):
            payment = score.payment
            if (
                score.disposition != "scored"
                or payment is None
                or score.feature_set != FEATURE_SET
                or len(score.features) != len(FEATURE_NAMES)
                or not all(map(isfinite, score.features))
            ):
                continue
            seconds = payment.occurred_at.timestamp()
            number = int(seconds // DAY_SECONDS)
            if number < self._forgotten_to:
                continue
            who = payment.customer_id or payment.card_id or payment.payment_id
            self._paid.days.setdefault(number, {}).setdefault(
                payment.event_id.int,
                Judged(
                    seconds,
                    payment.event_id.int,
                    row,
                    BASE_RATE if score.score is None else score.score,
                    score.score is not None
                    and score.score >= (1.0 if score.threshold is None else score.threshold),
                    score.model_version or "",
                    crc32(who.encode()),
                    payment.channel,
                    label_weight(score.decided_by, score.control_rate),
                ),
            )

    def labelled(self, labels: Sequence[Label]) -> None:
        """Take in labels; a repeat changes nothing."""
        for label in labels:
            number = int(label.occurred_at.timestamp() // DAY_SECONDS)
            if number < self._forgotten_to:
                continue
            said, claim = self._said.days.setdefault(number, {}), claim_of(label)
            before = said.get(label.event_id.int, ())
            if claim not in before:
                said[label.event_id.int] = (*before, claim)

    def days(self, until: float) -> list[int]:
        """List the days kept that had ended at a moment, in order."""
        return sorted(number for number in self._paid.days if (number + 1) * DAY_SECONDS <= until)

    def day(self, number: int) -> Day:
        """Lay out a day; the order in which its payments came does not matter."""
        rows = sorted(self._paid.days[number].values())
        return Day(
            np.array([row.seconds for row in rows]),
            [row.event for row in rows],
            feature_table([row.features for row in rows]),
            np.array([row.score for row in rows]),
            np.array([row.reviewed for row in rows], np.bool_),
            [row.version for row in rows],
            np.array([row.customer for row in rows], np.int64),
            np.array([row.channel for row in rows]),
            np.array([row.weight for row in rows]),
        )

    def verdicts(self, number: int, day: Day, known_to: float) -> NDArray[np.int8]:
        """Say of each payment what stood at a moment: 1 fraud, 0 genuine, -1 nothing."""
        said = self._said.days.get(number, {})
        found = np.full(len(day.events), -1, np.int8)
        for place, event in enumerate(day.events):
            claims = [claim for claim in said.get(event, ()) if claim.known <= known_to]
            stands = standing(sorted(claims)) if claims else None
            if stands is not None:
                found[place] = stands.fraud
        return found

    def forget(self, number: int) -> None:
        """Drop a day and all before it."""
        self._forgotten_to = number + 1
        for days in (self._paid.days, self._said.days):
            for day in [one for one in days if one <= number]:
                del days[day]
