"""Payments that belong together: what becomes a finding."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from math import inf
from typing import ClassVar

from detectors.fraud.claims import FRAUD, Claim
from detectors.watch.entry import is_answered
from detectors.watch.finding import Finding, identity
from detectors.watch.paid import Paid, named
from detectors.watch.stores import StoreBook
from detectors.watch.wording import count
from detectors.watermark import DAY_SECONDS
from schemas.alert import MAX_PAYMENTS, Alert, AlertCounterfactual, AlertKind, AlertReason, EntityType

__all__ = ["LASTS_SECONDS", "RELEASED", "Case"]

LASTS_SECONDS = DAY_SECONDS
"""A finding about payments ends so long after its newest one: whoever had to act has acted. Chosen."""

RELEASED = "No longer suspicious"
"""Why a case is over that has let go of its last payment."""

GOES_ON = "It goes on after an answer"
"""How the sentence of a case ends that follows one about the same that was answered."""

PART_OF = "Now part of: "
"""How the sentence of a case ends that a stronger one has absorbed, before what that is about."""

SAID_BY = {"analyst": "an analyst", "customer": "the customer", "chargeback": "a chargeback"}


class Case(ABC):
    """A finding in the making. Subclasses say what it is and put it in words.

    Parameters
    ----------
    entity_type, entity, window
        As in `Finding`.

    Attributes
    ----------
    begun
        Whether it is at work: one that was resumed from an alert waits until one of its payments comes.
    let_go
        Payments that belong to it, though at present they are no part of it.
    named
        Payments that its alert named in any record that was written.
    answered
        Whether somebody has said what its payments are. It takes no more: nobody would look at them there.
    follows
        Whether one of its kind about the same was answered before it.

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
        self.told_as: str | None = None
        self.begun = False
        self.answered = False
        self.follows = False
        self.payments: dict[int, Paid] = {}
        self.let_go: set[int] = set()
        self.named: set[int] = set()
        self._unnamed = 0
        self._unnamed_until = -inf
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
    def alert_id(self) -> str:
        """Under which it is told: as it was, else by what it is about."""
        return self.told_as or identity(self.kind, self.entity_type, self.entity, self.window)

    @property
    def until(self) -> float | None:
        """When it ended."""
        if self.absorbed_at is not None:
            return self.absorbed_at
        if self.settled_at is not None:
            return self.settled_at
        return self.last + LASTS_SECONDS if self.expired else None

    @property
    def stores(self) -> set[str]:
        """Where it was paid."""
        return {one.store for one in self.payments.values()} - {""}

    def takes(self, seconds: float) -> bool:
        """Whether a payment of this moment may still belong to it; one made before it ended may."""
        return (
            self.absorbed_at is None
            and not self.is_spoken(seconds)
            and (self.settled_at is None or seconds <= self.settled_at)
            and self.since - LASTS_SECONDS < seconds <= self.last + LASTS_SECONDS
        )

    def is_spoken(self, seconds: float) -> bool:
        """Whether it was answered before a payment of this moment came.

        Its alert names only the newest payments: of one that was resumed, as many of the moments before may
        come as it has counted.
        """
        return self.answered and not (self._unnamed and seconds <= self._unnamed_until)

    def add(self, one: Paid) -> None:
        """Take in a payment."""
        if self._unnamed and one.seconds <= self._unnamed_until:
            self._unnamed -= 1
        elif one.event not in self.payments:
            self.count += 1
            self.money += 0 if one.declined else one.amount or 0
        self.payments[one.event] = one
        self.let_go.discard(one.event)
        for event in self.let_go & self.payments.keys():
            self.remove(event)
        self.since = min(self.since, one.seconds)
        self.last = max(self.last, one.seconds)

    def remove(self, event: int) -> None:
        """Let go of a payment."""
        one = self.payments.pop(event)
        self.let_go.add(event)
        self.count -= 1
        self.money -= 0 if one.declined else one.amount or 0

    def resume(self, alert: Alert) -> None:
        """Stand as an alert that was written before says; of several the last one counts.

        What an earlier one named and this one does not, it has let go, unless newer payments took its place.
        A case that is at work, for it was restored from a snapshot, knows more of its payments than the alert
        does. Whether it became part of another one it will find again: the record in which that one names its
        payments may have been lost, and nobody would tell of them.
        """
        self.told_as = alert.alert_id
        self.answered = is_answered(alert)
        self.follows = GOES_ON in alert.sentence
        stood = {one.event: one for one in named(alert)}
        self.named |= stood.keys()
        if self.begun:
            stood |= {event: one for event, one in self.payments.items() if event in stood}
        oldest = min((one.seconds for one in stood.values()), default=inf)
        for event in [event for event in self.payments if event not in stood]:
            if self.payments[event].seconds > oldest or event in self.let_go:
                del self.payments[event]
                self.let_go.add(event)
        self.payments |= stood
        self.let_go -= stood.keys()
        self.count, self.money = alert.count, alert.money_at_risk_minor
        self.since, self.last = alert.since.timestamp(), alert.last_at.timestamp()
        self._unnamed, self._unnamed_until = max(0, self.count - len(self.payments)), self.last
        until = None if alert.until is None else alert.until.timestamp()
        self.expired = until is not None and until >= self.last + LASTS_SECONDS
        absorbed = PART_OF in alert.sentence and not self.expired
        if not absorbed:
            self.absorbed_at = self.absorbed_by = None
        elif not self.begun:
            self.absorbed_at = until
        self.settled_at = None if self.expired or absorbed else until
        if alert.sentence.endswith(f" {RELEASED}."):
            self.let_go |= stood.keys()
            self.settled_as = RELEASED

    def revive(self, own: Collection[int]) -> None:
        """Be no part of a stronger case any more, with those payments that this one has not taken over."""
        self.absorbed_at = self.absorbed_by = None
        for event in self.payments.keys() - set(own):
            self.remove(event)

    def meet(self, one: Paid) -> None:
        """Put a payment in the place of what an alert said of it; its score stays as it was told."""
        told = self.payments.get(one.event)
        if told is not None:
            one.score = one.score if told.score is None else told.score
            self.payments[one.event] = one

    def settle(self, claims: Sequence[Claim]) -> None:
        """End, or go on, as is known of its payments: it ends when each has a claim.

        Parameters
        ----------
        claims
            Those that stand, one each of the payments that have one.

        """
        frauds = sum(claim.kind == FRAUD for claim in claims)
        if 0 < len(claims) == len(self.payments) and (self.labels_end_it or not frauds):
            self.settled_at = max(self.since, *(claim.known for claim in claims))
            self.settled_as = settlement(frauds, len(claims), {claim.said_by for claim in claims})
        else:
            self.settled_at = None

    @abstractmethod
    def words(self, stores: StoreBook) -> tuple[str, tuple[AlertReason, ...]]:
        """Write the sentence and up to three reasons."""

    def counterfactual(self) -> AlertCounterfactual | None:
        """Say at what amount it would not have come to this, where that is what it rests on."""
        return None

    def finding(self, stores: StoreBook) -> Finding:
        """Give it as it stands."""
        sentence, reasons = self.words(stores)
        if self.follows:
            sentence += f" {GOES_ON}."
        if self.absorbed_by is not None:
            sentence += f" {PART_OF}{self.absorbed_by.entity}."
        elif self.settled_at is not None and self.settled_as:
            sentence += f" {self.settled_as}."
        newest = sorted(self.payments.values(), key=lambda one: (one.seconds, one.event))[-MAX_PAYMENTS:]
        places = self.stores
        return Finding(
            kind=self.kind,
            entity_type=self.entity_type,
            entity=self.entity,
            window=self.window,
            told_as=self.told_as,
            store_id=next(iter(places)) if len(places) == 1 else None,
            sentence=sentence,
            since=self.since,
            last_at=self.last,
            until=self.until,
            reasons=reasons,
            count=max(self.count, 1),
            money_at_risk_minor=max(self.money, 0),
            payments=tuple(one.for_alert for one in newest),
            counterfactual=self.counterfactual(),
            detector=self.detector,
            model_version=newest[-1].version if newest else None,
        )


def settlement(frauds: int, number: int, sources: set[str]) -> str:
    """Say what labels have made of a case."""
    who = " and ".join(sorted(SAID_BY.get(source, source) for source in sources))
    if frauds in (0, number):
        what = count(number, "payment") if number > 1 else "payment"
        return f"{what.capitalize()} said to be {'fraud' if frauds else 'genuine'} by {who}"
    return f"{count(frauds, 'payment')} said to be fraud and {number - frauds} genuine by {who}"
