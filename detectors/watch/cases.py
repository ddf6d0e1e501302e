"""All cases about payments: which payment belongs to which, and when each ends."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from math import inf
from typing import TypeVar

from detectors.fraud.claims import Claim
from detectors.watch.case import LASTS_SECONDS, RELEASED, Case
from detectors.watch.paid import Paid
from schemas.alert import Alert, AlertKind

__all__ = ["CaseBook"]

KEPT_PAYMENTS = 500
"""Of one case; the oldest are forgotten beyond, though still counted."""

Some = TypeVar("Some", bound=Case)


class CaseBook:
    """All cases of the last days, and which payment belongs to which.

    Of the cases of one kind about one thing a payment belongs to the first one that took it, for good: it
    may be let go and come back, or a stronger case may take it, but no second alert of the kind ever names
    it. After a restart the alerts that were written say which that is, whatever the order in which payments
    and labels come then.

    Parameters
    ----------
    standing
        What is known about a payment at a moment.

    Cost: 3 µs a payment that belongs to a case; nothing for others.

    """

    def __init__(self, standing: Callable[[int, float], Claim | None]) -> None:
        self._standing = standing
        self._about: dict[tuple[AlertKind, str], list[Case]] = {}
        self._by_id: dict[str, Case] = {}
        self._of: dict[int, Case] = {}
        self._changed: dict[Case, None] = {}
        self._due: list[tuple[float, int, Case]] = []
        self._tie = count()
        self.clock = -inf

    def __len__(self) -> int:
        """Count what is remembered."""
        return len(self._by_id) + len(self._of) + len(self._due) + sum(map(len, self._about.values()))

    def resume(self, make: Callable[[Alert], Case], alert: Alert) -> None:
        """Take in an alert that was written by a predecessor; it says what became of a case since."""
        case = self._by_id.get(alert.alert_id)
        if case is None:
            case = self._by_id[alert.alert_id] = make(alert)
            case.resume(alert)
            self._look_after(case)
        else:
            case.resume(alert)
            if case.begun:
                self._changed[case] = None
        for event in case.payments:
            before = self._of.get(event)
            if before is None or before.strength < case.strength:
                self._of[event] = case
        self._trim(case)

    def meet(self, one: Paid) -> bool:
        """Recognise a payment that comes for the first time; say whether an alert named it before.

        One that is only named by a case that is part of another by now is looked at anew: the record in which
        the other one names it may have been lost.
        """
        case = self._of.get(one.event)
        if case is None:
            return False
        case.meet(one)
        self.begin(case)
        return case.absorbed_at is None

    def of(self, event: int) -> Case | None:
        """Give the case that a payment is part of."""
        case = self._of.get(event)
        return case if case is not None and event in case.payments and event not in case.let_go else None

    def written(self, alert: Alert) -> None:
        """Note whom an alert names that is written now."""
        case = self._by_id.get(alert.alert_id)
        if case is not None:
            case.named.update(one.event_id.int for one in alert.payments)

    def answer(self, alert_id: str, *, stands: bool) -> None:
        """Note whether an answer to an alert stands: then its case takes no more payments.

        One that was let go before anybody was told of it belongs to it no more: the answer does not speak of
        it, and should it come back nobody would look at it there.
        """
        case = self._by_id.get(alert_id)
        if case is None:
            return
        case.answered = stands
        if stands:
            for event in case.let_go - case.named - case.payments.keys():
                case.let_go.discard(event)
                if self._of.get(event) is case:
                    del self._of[event]

    def is_answered(self, event: int, strength: int) -> bool:
        """Say whether a payment is part of a case, at least so strong, of which somebody has spoken.

        It is no evidence for another one: what goes on after an answer must convince by itself.
        """
        case = self.of(event)
        return case is not None and case.answered and case.strength >= strength

    def held(self, event: int) -> Paid | None:
        """Give a payment that belongs to a case."""
        case = self._of.get(event)
        return None if case is None else case.payments.get(event)

    def lasting(self, kind: AlertKind, entity: str, seconds: float) -> Iterator[Case]:
        """Go through the cases of an entity that a payment of this moment may belong to, newest first."""
        return (case for case in reversed(self._about.get((kind, entity), ())) if case.takes(seconds))

    def active(self, kind: AlertKind, entity: str, seconds: float) -> Case | None:
        """Give the newest case of an entity that a payment of this moment may belong to."""
        return next(self.lasting(kind, entity, seconds), None) if (kind, entity) in self._about else None

    def owner(self, kind: type[Some], entity: str, one: Paid) -> Some | None:
        """Give the case of a kind about an entity to which a payment belongs, though it may be let go."""
        case = self._of.get(one.event)
        return case if isinstance(case, kind) and case.entity == entity else None

    def told(self, case: Some, payments: Sequence[Paid]) -> Some:
        """Give the case that is the same as a new one and was there before, else the new one.

        It is the same if it is about the same and one of the payments belongs to it, or if its alert was
        written under the same name, lasts, was not answered, and has not come up again since.
        """
        for one in payments:
            before = self.owner(type(case), case.entity, one)
            if before is not None:
                return before
        same = self._by_id.get(case.alert_id)
        if not isinstance(same, type(case)) or same.begun or same.until is not None:
            return case
        return case if same.is_spoken(payments[0].seconds) else same

    def begin(self, case: Case) -> bool:
        """Let a case be at work if it has payments; a name that is taken gets the moment behind it.

        That one is taken too where a case began with a payment that it let go before anybody was told of it,
        and that comes back after the answer.
        """
        if not case.payments or case.begun:
            return case.begun
        case.begun = True
        if case.told_as is None:
            case.follows = any(
                one.answered and (one.kind, one.entity) == (case.kind, case.entity)
                for one in self._by_id.values()
            )
            if case.alert_id in self._by_id:
                case.window = f"{case.window} {case.since:.3f}"
            while case.alert_id in self._by_id:
                case.window = f"{case.window} again"
            self._by_id[case.alert_id] = case
            self._look_after(case)
            self._changed[case] = None
        self._about.setdefault((case.kind, case.entity), []).append(case)
        return True

    def put(self, case: Case, one: Paid) -> bool:
        """Let a payment belong to a case, unless it is part of one as strong; say whether it does now.

        A case that a stronger one had absorbed is at work again, with this payment: nobody else tells of it.
        """
        before = self.of(one.event)
        if before is not None and before is not case:
            if before.strength >= case.strength:
                return False
            self._take_from(before, case, one)
        if before is not case or case.absorbed_at is not None:
            if case.absorbed_at is not None:
                case.revive([event for event in case.payments if self._of.get(event) is case])
            case.add(one)
            case.expired = case.expired and case.last + LASTS_SECONDS <= self.clock
            self._of[one.event] = case
            self._trim(case)
            self._changed[case] = None
        if case.settled_at is not None:
            self.settle(one.event, max(one.seconds, self.clock))
        return True

    def _take_from(self, before: Case, case: Case, one: Paid) -> None:
        """Let a stronger case have a payment; the last one stays for the sentence of what is over."""
        if len(before.payments) > 1:
            before.remove(one.event)
        elif before.until is None:
            before.absorbed_at, before.absorbed_by = max(one.seconds, case.last), case
        self._changed[before] = None

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
            if self._of.get(one.event) is weaker:
                self._of[one.event] = stronger
                stronger.add(one)
        self._trim(stronger)
        self._changed[weaker] = self._changed[stronger] = None

    def release(self, event: int, seconds: float) -> None:
        """Let a payment be no part of its case any more; it still belongs to it, should it come back."""
        case = self.of(event)
        if case is None:
            return
        if len(case.payments) == 1:
            case.let_go.add(event)  # but it stays for the sentence of what is over
            case.settled_at, case.settled_as = seconds, RELEASED
        else:
            case.remove(event)
        self._changed[case] = None

    def settle(self, event: int, seconds: float) -> None:
        """Look whether all of a case's payments are known to be fraud or genuine now."""
        case = self.of(event)
        if case is None or case.absorbed_at is not None:
            return
        known = (self._standing(one, seconds) for one in case.payments)
        case.settle([claim for claim in known if claim is not None])
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
                if case.until is None:
                    self._changed[case] = None
                case.expired = True
            self._look_after(case)

    def changed(self) -> list[Case]:
        """Hand out what has changed since the last call."""
        changed, self._changed = self._changed, {}
        return list(changed)

    def _look_after(self, case: Case) -> None:
        """Come back to a case when it may end, or else may be forgotten."""
        ends = case.last + LASTS_SECONDS
        due = ends + LASTS_SECONDS if case.expired else ends
        heapq.heappush(self._due, (due, next(self._tie), case))

    def _trim(self, case: Case) -> None:
        while len(case.payments) > KEPT_PAYMENTS:
            event = next(iter(case.payments))
            del case.payments[event], self._of[event]

    def _forget(self, case: Case) -> None:
        del self._by_id[case.alert_id]
        if case.begun:
            about = self._about[case.kind, case.entity]
            about.remove(case)
            if not about:
                del self._about[case.kind, case.entity]
        for event in (*case.payments, *case.let_go):
            if self._of.get(event) is case:
                del self._of[event]
