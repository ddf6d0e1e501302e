"""One shop's checkout: how clicks on pay usually end, how they end now, and whether that is a change."""

from dataclasses import dataclass, replace
from math import log
from typing import NamedTuple

__all__ = ["Checkout", "MinuteOfPaying", "Run"]

BROKEN_SHARE = 0.3
"""A broken checkout lets at most so much of the usual share through."""

ERRORS_RISE = 10.0
"""A broken checkout shows so many times the usual errors."""

SUREST_SHARE = 0.985
"""However well it went so far, some visitors close the page: one failed click must never be a finding."""

LEAST_PAYS = 100.0
FIRST_SECONDS = 3 * 86_400.0
"""Clicks and time that must have been learnt from before anything is judged."""

FADE = 0.5 ** (1 / (14 * 1_440))
"""Per minute: what is two weeks old counts half."""

NEEDED = 10.5
"""Evidence (natural log) that makes a finding: three failed clicks in a row, or two with errors shown."""

LEAST_FAILED = 2
BACK_TO_NORMAL = 5.0
"""Opposite evidence that ends it: five clicks in a row that were answered."""


class MinuteOfPaying(NamedTuple):
    """What happened in one minute; `answered` = payments, approved or declined."""

    pays: int
    answered: int
    errors: int
    money: int
    orders: int


@dataclass
class Run:
    """What has happened since the evidence last was zero. Times: seconds since 1970."""

    since: float
    last_at: float
    pays: int = 0
    answered: int = 0
    errors: int = 0
    minutes: int = 0


class Checkout:
    """Judges clicks on pay by what became of each.

    A click is answered by a payment in the same minute or the next. The evidence is a cumulative sum of log
    likelihood ratios of answers (Bernoulli) and of errors shown (Poisson), never below zero (Page 1954).
    What belongs to a finding is not learnt from.

    Cost: about 2 µs a minute.
    """

    def __init__(self, first_minute: float) -> None:
        self._first_minute = first_minute
        self._owed = 0
        self._pays = self._answered = self._errors = self._minutes = 0.0
        self._orders = self._money = 0.0
        self._evidence = self._back = 0.0
        self._back_since = first_minute
        self.run = self._failing = Run(first_minute, first_minute)
        self.open = False
        self.until: float | None = None

    @property
    def usual_share(self) -> float:
        """Share of clicks on pay that a payment answers; never quite 1."""
        return min(SUREST_SHARE, (self._answered + 1.0) / (self._pays + 2.0))

    @property
    def usual_errors(self) -> float:
        """Errors shown in a minute; never quite 0."""
        return (self._errors + 1.0) / (self._minutes + 1_440.0)

    @property
    def order_value(self) -> float:
        """Minor units that an order usually brings; 0 where none was seen."""
        return self._money / self._orders if self._orders else 0.0

    def minute(self, begin: float, seen: MinuteOfPaying) -> bool:
        """Take in a finished minute; say whether there is something to tell."""
        if self.until is not None:
            self.open, self.until = False, None
            self._restart(begin)
        late = min(self._owed, seen.answered)
        failed = self._owed - late
        at_once = min(seen.pays, seen.answered - late)
        self._owed = seen.pays - at_once
        answered = late + at_once
        if answered + failed + seen.errors == 0 and not self.open:
            self._learn(answered, failed, seen)
            return False
        gained = self._gained(answered, failed, seen.errors)
        ready = self._pays >= LEAST_PAYS and begin - self._first_minute >= FIRST_SECONDS
        if not self.open and (not ready or self._evidence + gained <= 0):
            self._learn(answered, failed, seen)
            # What looked bad for a while and was not is as usual as the rest.
            self._pays += self.run.pays
            self._answered += self.run.answered
            self._errors += self.run.errors
            self._minutes += self.run.minutes
            self._restart(begin + 60)
            return False
        run = self.run
        run.pays += answered + failed
        run.answered += answered
        run.errors += seen.errors
        run.minutes += 1
        run.last_at = begin + 60
        if self.open:
            if self._recovers(begin, -gained):
                # What it came to, without the clicks that showed that it was over.
                self.run = self._failing
            return True
        self._evidence += gained
        self.open = self._evidence >= NEEDED and run.pays - run.answered >= LEAST_FAILED
        self._back_since = begin + 60
        self._failing = replace(run)
        return self.open

    def _gained(self, answered: int, failed: int, errors: int) -> float:
        usual, broken = self.usual_share, self.usual_share * BROKEN_SHARE
        paying = answered * log(broken / usual) + failed * log((1 - broken) / (1 - usual))
        return paying + errors * log(ERRORS_RISE) - (ERRORS_RISE - 1) * self.usual_errors

    def _learn(self, answered: int, failed: int, seen: MinuteOfPaying) -> None:
        self._pays = self._pays * FADE + answered + failed
        self._answered = self._answered * FADE + answered
        self._errors = self._errors * FADE + seen.errors
        self._minutes = self._minutes * FADE + 1
        self._orders = self._orders * FADE + seen.orders
        self._money = self._money * FADE + seen.money

    def _restart(self, at: float) -> None:
        self._evidence = self._back = 0.0
        self.run = Run(at, at)

    def _recovers(self, begin: float, gained: float) -> bool:
        if self._back + gained <= 0:
            self._back, self._back_since = 0.0, begin + 60
            self._failing = replace(self.run)
            return False
        if self._back == 0:
            self._back_since = begin
        self._back += gained
        if self._back >= BACK_TO_NORMAL:
            self.until = self._back_since
        return self.until is not None
