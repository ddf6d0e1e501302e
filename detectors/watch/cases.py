"""Payments that belong together: what becomes a finding, and when it ends."""

import heapq
from abc import ABC, abstractmethod
from collections.abc import Callable
from itertools import count
from math import inf
from typing import ClassVar

from detectors.fraud.claims import FRAUD, Claim
from detectors.watch.finding import Finding
from detectors.watch.paid import Paid
from detectors.watch.stores import StoreBook
from detectors.watch.wording import count as counted
from detectors.watermark import DAY_SECONDS
from schemas.alert import MAX_PAYMENTS, AlertKind, AlertReason, EntityType

__all__ = ["Case", "CaseBook"]

LASTS_SECONDS = DAY_SECONDS
"""A finding about payments ends so long after its newest one: whoever had to act has acted. Chosen."""

KEPT_PAYMENTS = 500
"""Of one case; the oldest are forgotten beyond, though still counted."""

SAID_BY = {"analyst": "an analyst", "customer": "the customer", "chargeback": "a chargeback"}


class Case(ABC):
    """A finding in the making. Subclasses say what it is and put it in words.

    Parameters
    ----------
    entity_type, entity, window, store_id
        As in `Finding`.

    """

    kind: ClassVar[AlertKind]
    strength: ClassVar[int]
    """A payment belongs to one case; a stronger one takes it from a weaker one."""
    detector: ClassVar[str]
    labels_end_it: ClassVar[bool] = True

    def __init__(self, entity_type: EntityType, entity: str, window: str) -> None:
        self.entity_type: EntityType = entity_type
        self.entity = entity
        self.window = window
        self.payments: dict[int, Paid] = {}
        self.count = 0
        self.money = 0
        self.since = inf
        self.last = -inf
        self.absorbed_at: float | None = None
        self.absorbed_by: Case | None = None
        self.settled_at: float | None = None
        self.settled_as = ""
        self.expired = False

    @property
    def until(self) -> float | None:
        """When it ended."""
        if self.absorbed_at is not None:
            return self.absorbed_at
        if self.settled_at is not None:
            return self.settled_at
        return self.last + LASTS_SECONDS if self.expired else None

    @property
    def newest(self) -> Paid:
        """The payment that was made last."""
        return max(self.payments.values(), key=lambda one: (one.seconds, one.event))

    @property
    def stores(self) -> set[str]:
        """Where it was paid."""
        return {one.store for one in self.payments.values()} - {""}

    def add(self, one: Paid) -> None:
        """Take in a payment."""
        self.payments[one.event] = one
        self.count += 1
        self.money += 0 if one.declined else one.amount or 0
        self.since = min(self.since, one.seconds)
        self.last = max(self.last, one.seconds)

    def remove(self, event: int) -> None:
        """Let go of a payment."""
        one = self.payments.pop(event, None)
        if one is not None:
            self.count -= 1
            self.money -= 0 if one.declined else one.amount or 0

    @abstractmethod
    def words(self, stores: StoreBook) -> tuple[str, tuple[AlertReason, ...]]:
        """Write the sentence and up to three reasons."""

    def finding(self, stores: StoreBook) -> Finding:
        """Give it as it stands."""
        sentence, reasons = self.words(stores)
        if self.absorbed_by is not None:
            sentence += f" Now part of: {self.absorbed_by.entity}."
        elif self.settled_at is not None:
            sentence += f" {self.settled_as}."
        newest = sorted(self.payments.values(), key=lambda one: (one.seconds, one.event))[-MAX_PAYMENTS:]
        places = self.stores
        return Finding(
            kind=self.kind,
            entity_type=self.entity_type,
            entity=self.entity,
            window=self.window,
            store_id=next(iter(places)) if len(places) == 1 else None,
            sentence=sentence,
            since=self.since,
            last_at=self.last,
            until=self.until,
            reasons=reasons,
            count=max(self.count, 1),
            money_at_risk_minor=max(self.money, 0),
            payments=tuple(one.for_alert for one in newest),
            detector=self.detector,
            model_version=newest[-1].version if newest else None,
        )


class CaseBook:
    """All cases of the last days, and which payment belongs to which.

    Parameters
    ----------
    standing
        What is known about a payment at a moment.

    Cost: 3 µs a payment that belongs to a case; nothing for others.

    """

    def __init__(self, standing: Callable[[int, float], Claim | None]) -> None:
        self._standing = standing
        self._newest: dict[tuple[AlertKind, str], Case] = {}
        self._windows: set[tuple[AlertKind, str, str]] = set()
        self._of: dict[int, Case] = {}
        self._changed: dict[Case, None] = {}
        self._due: list[tuple[float, int, Case]] = []
        self._tie = count()
        self.clock = -inf

    def __len__(self) -> int:
        """Count what is remembered."""
        return len(self._newest) + len(self._windows) + len(self._of) + len(self._due)

    def of(self, event: int) -> Case | None:
        """Give the case that a payment belongs to."""
        return self._of.get(event)

    def held(self, event: int) -> Paid | None:
        """Give a payment that belongs to a case."""
        case = self._of.get(event)
        return None if case is None else case.payments.get(event)

    def active(self, kind: AlertKind, entity: str, seconds: float) -> Case | None:
        """Give the case of an entity that a payment of this moment may still belong to."""
        case = self._newest.get((kind, entity))
        if case is None or case.absorbed_at is not None or case.settled_at is not None:
            return None
        return case if case.since - LASTS_SECONDS < seconds <= case.last + LASTS_SECONDS else None

    def begin(self, case: Case) -> None:
        """Take in a new case; a window that is taken gets the moment behind it."""
        identity = (case.kind, case.entity, case.window)
        if identity in self._windows:
            case.window = f"{case.window} {case.since:.3f}"
            identity = (case.kind, case.entity, case.window)
        self._windows.add(identity)
        self._newest[case.kind, case.entity] = case
        heapq.heappush(self._due, (case.last + LASTS_SECONDS, next(self._tie), case))
        self._changed[case] = None

    def put(self, case: Case, one: Paid) -> bool:
        """Let a payment belong to a case, unless it belongs to one as strong; say whether it does now."""
        before = self._of.get(one.event)
        if before is not None:
            if before is case or before.strength >= case.strength:
                return before is case
            if len(before.payments) > 1:
                before.remove(one.event)
            elif before.until is None:
                # the last one stays for the sentence of what is over
                before.absorbed_at, before.absorbed_by = max(one.seconds, case.last), case
            self._changed[before] = None
        case.add(one)
        case.expired = case.expired and case.last + LASTS_SECONDS <= self.clock
        self._of[one.event] = case
        self._trim(case)
        self._changed[case] = None
        return True

    def touch(self, case: Case, seconds: float) -> None:
        """Note evidence that is no payment, such as a label."""
        case.last = max(case.last, seconds)
        case.expired = case.expired and case.last + LASTS_SECONDS <= self.clock
        self._changed[case] = None

    def absorb(self, stronger: Case, weaker: Case, seconds: float) -> None:
        """Let a weaker case become part of a stronger one, with all its payments."""
        if weaker is stronger or weaker.strength >= stronger.strength or weaker.until is not None:
            return
        weaker.absorbed_at, weaker.absorbed_by = seconds, stronger
        for one in weaker.payments.values():
            self._of[one.event] = stronger
            stronger.add(one)
        self._trim(stronger)
        self._changed[weaker] = self._changed[stronger] = None

    def release(self, event: int, seconds: float) -> None:
        """Let a payment belong to no case any more."""
        case = self._of.pop(event, None)
        if case is not None:
            if len(case.payments) == 1:
                case.settled_at, case.settled_as = seconds, "No longer suspicious"
            else:
                case.remove(event)
            self._changed[case] = None

    def settle(self, event: int, seconds: float) -> None:
        """Look whether all of a case's payments are known to be fraud or genuine now."""
        case = self._of.get(event)
        if case is None or case.absorbed_at is not None:
            return
        known = [self._standing(one, seconds) for one in case.payments]
        claims = [claim for claim in known if claim is not None]
        frauds = sum(claim.kind == FRAUD for claim in claims)
        settled = 0 < len(claims) == len(known) and (case.labels_end_it or not frauds)
        if settled:
            case.settled_at = max(case.since, *(claim.known for claim in claims))
            case.settled_as = settlement(frauds, len(claims), {claim.said_by for claim in claims})
        else:
            case.settled_at = None
        case.expired = case.last + LASTS_SECONDS <= self.clock
        self._changed[case] = None

    def advance(self, clock: float) -> None:
        """End what had no news for a day, and forget it a day later."""
        self.clock = max(self.clock, clock)
        while self._due and self._due[0][0] <= self.clock:
            _, _, case = heapq.heappop(self._due)
            ends = case.last + LASTS_SECONDS
            if ends + LASTS_SECONDS <= self.clock and case.expired:
                self._forget(case)
                continue
            if ends <= self.clock and not case.expired:
                case.expired = True
                self._changed[case] = None
            due = ends + LASTS_SECONDS if case.expired else ends
            heapq.heappush(self._due, (due, next(self._tie), case))

    def changed(self) -> list[Case]:
        """Hand out what has changed since the last call."""
        changed, self._changed = self._changed, {}
        return list(changed)

    def _trim(self, case: Case) -> None:
        while len(case.payments) > KEPT_PAYMENTS:
            event = next(iter(case.payments))
            del case.payments[event], self._of[event]

    def _forget(self, case: Case) -> None:
        self._windows.discard((case.kind, case.entity, case.window))
        if self._newest.get((case.kind, case.entity)) is case:
            del self._newest[case.kind, case.entity]
        for event in case.payments:
            if self._of.get(event) is case:
                del self._of[event]


def settlement(frauds: int, number: int, sources: set[str]) -> str:
    """Say what labels have made of a case."""
    who = " and ".join(sorted(SAID_BY.get(source, source) for source in sources))
    if frauds in (0, number):
        what = counted(number, "payment") if number > 1 else "payment"
        return f"{what.capitalize()} said to be {'fraud' if frauds else 'genuine'} by {who}"
    return f"{counted(frauds, 'payment')} said to be fraud and {number - frauds} genuine by {who}"
