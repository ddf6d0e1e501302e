"""Brings each scored payment together with its label, whichever comes first."""

from collections.abc import Sequence
from heapq import heappop, heappush
from typing import NamedTuple, get_args

from detectors.fraud.claims import WITHDRAWN, Claim, standing
from detectors.fraud.waiting_days import Payment, Waiting, WaitingDays
from detectors.watermark import DAY_SECONDS, Watermark
from schemas.metrics import OddLabel

__all__ = ["Example", "LabelJoin"]


class Example(NamedTuple):
    """A payment whose verdict is known. Times are in seconds since 1970."""

    occurred: float
    known: float
    features: bytes
    """As `feature_table` lays them out."""
    score: float | None
    """What the models of its time said; none for a cold start."""
    fraud: bool
    event: int
    terminal: str
    weight: float = 1.0
    """How many payments it stands for."""


class LabelJoin:
    """Joins by event id. Each payment comes out once, however often its score and label are delivered.

    Both wait in one bucket per day of payment; whole buckets are dropped once they are older than
    `keep_days` behind the payments' watermark, so memory is bounded by event time.

    A label may be known at most `keep_days` after the newest payments; a later one waits for them. So a
    label with a broken clock cannot push a model's `valid_from` into a far future.

    Of several labels that wait for a score, the one that stands counts, and none if all were withdrawn. Once
    an example came out, whatever else is said about its payment changes nothing: an online model cannot
    unlearn. Terminals' windows follow such a change at once; the model, with later payments.

    Attributes
    ----------
    odd
        How many labels so far were

        - late: their payment is older than `keep_days`; dropped
        - early: said to be known before their payment was made; they are wrong, and dropped
        - unknown: no score of their payment came within `keep_days`; dropped then
        - repeated: say again what is known, or what was learnt; dropped
        - contradictory: say otherwise than another one; see above

    """

    def __init__(self, keep_days: float = 60.0) -> None:
        self._keep = keep_days * DAY_SECONDS
        self._waiting = WaitingDays()
        self._ahead: list[tuple[Claim, int, float]] = []
        self._watermark = Watermark()
        self._oldest_day = 0
        self.dropped = 0
        """Scores and labels that came too late to be joined."""
        self.odd: dict[OddLabel, int] = dict.fromkeys(get_args(OddLabel), 0)

    def __len__(self) -> int:
        """Count the payments and labels remembered, joined ones included."""
        return len(self._waiting) + len(self._ahead)

    def scored(
        self,
        event: int,
        occurred: float,
        features: bytes,
        score: float | None,
        terminal: str,
        *,
        weight: float = 1.0,
    ) -> Example | None:
        """Take in a scored payment; give the example if its label is here already."""
        watermark = self._watermark.advance(occurred)
        if watermark - self._keep >= (self._oldest_day + 1) * DAY_SECONDS:
            self._drop_old(watermark)
        day = self._day(occurred)
        if day is None:
            return None
        if event not in day:
            day[event] = Payment(features, score, terminal, weight=weight)
            return None
        waiting = day[event]
        if not isinstance(waiting, tuple) or isinstance(waiting, Payment):
            return None  # a repeat
        stands = standing(waiting)
        if stands is None:
            day[event] = Payment(features, score, terminal, waiting, weight)
            return None
        day[event] = stands.kind
        return Example(occurred, waiting[-1].known, features, score, stands.fraud, event, terminal, weight)

    def labelled(self, event: int, occurred: float, claim: Claim) -> Example | None:
        """Take in a label; give the example if its payment was scored already."""
        if claim.known < occurred:
            self.odd["early"] += 1
            return None
        if claim.known > self._watermark.seconds + self._keep > 0:
            heappush(self._ahead, (claim, event, occurred))
            return None
        day = self._day(occurred)
        if day is None:
            self.odd["late"] += 1
            return None
        waiting = day.get(event, ())
        before = waiting.said if isinstance(waiting, Payment) else waiting
        odd = odd_after(claim, before)
        if odd is not None:
            self.odd[odd] += 1
        if isinstance(before, int) or odd == "repeated":
            return None
        said = tuple(sorted((*before, claim)))
        stands = standing(said)
        if isinstance(waiting, Payment) and stands is not None:
            day[event] = stands.kind
            return Example(
                occurred,
                said[-1].known,
                waiting.features,
                waiting.score,
                stands.fraud,
                event,
                waiting.terminal,
                waiting.weight,
            )
        day[event] = waiting._replace(said=said) if isinstance(waiting, Payment) else said
        return None

    def released(self) -> list[Example]:
        """Give the examples of labels that the payments have caught up with."""
        examples = []
        while self._ahead and self._ahead[0][0].known <= self._watermark.seconds + self._keep:
            claim, event, occurred = heappop(self._ahead)
            example = self.labelled(event, occurred, claim)
            if example is not None:
                examples.append(example)
        return examples

    def _day(self, occurred: float) -> dict[int, Waiting] | None:
        number = int(occurred // DAY_SECONDS)
        if number < self._oldest_day:
            self.dropped += 1
            return None
        return self._waiting.days.setdefault(number, {})

    def _drop_old(self, watermark: float) -> None:
        self._oldest_day = int((watermark - self._keep) // DAY_SECONDS)
        days = self._waiting.days
        for number in [number for number in days if number < self._oldest_day]:
            self.odd["unknown"] += sum(
                len(waiting)
                for waiting in days.pop(number).values()
                if isinstance(waiting, tuple) and not isinstance(waiting, Payment)
            )


def odd_after(claim: Claim, before: Sequence[Claim] | int) -> OddLabel | None:
    """Say what is odd about a claim, after others that wait for a score or the verdict that was learnt."""
    if isinstance(before, int):
        return "repeated" if claim.kind == before else "contradictory"
    if claim in before:
        return "repeated"
    other = claim.kind != WITHDRAWN and any(one.kind not in (claim.kind, WITHDRAWN) for one in before)
    return "contradictory" if other else None
