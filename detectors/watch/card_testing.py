"""Somebody who tries out many cards to find those that work."""

from dataclasses import dataclass

from detectors.watch.case import Case
from detectors.watch.cases import CaseBook
from detectors.watch.paid import Paid
from detectors.watch.payment_words import place_name
from detectors.watch.recent_places import RecentPlaces, SpanOfPlace
from detectors.watch.stores import StoreBook
from detectors.watch.wording import count, duration, money, share
from schemas.alert import Alert, AlertReason, EntityType

__all__ = ["CardTesting"]

KEPT_SECONDS = 7_200.0
GOES_ON_SECONDS = 3_600.0
"""After so long without a try the next one must convince anew."""


@dataclass(frozen=True)
class Rule:
    """How many cards and declines one place must see to be where cards are tested.

    `cards` and `declined_cards` are different cards within `span` seconds; `share` is the part of the
    payments that were declined. All chosen, not tuned: a family shares a device, an office shares a
    network, and a till sees a new card every few minutes, but nobody else is declined again and again with
    one card after the other.
    """

    what: str
    entity_type: EntityType
    span: float
    cards: int
    declined_cards: int
    share: float


RULES = {
    "device": Rule("device", "device", 1_800.0, 5, 4, 0.5),
    "network": Rule("network", "device", 1_800.0, 6, 5, 0.5),
    "terminal": Rule("terminal", "terminal", 600.0, 8, 8, 0.6),
}


class TestingCase(Case):
    """Cards tried out from one device or network, or at one terminal."""

    kind = "card_testing"
    strength = 4
    detector = "card-testing/1"
    __test__ = False  # for pytest: it is about cards

    def __init__(self, rule: Rule, entity: str, window: str) -> None:
        super().__init__(rule.entity_type, entity, window)
        self.rule = rule

    def words(self, stores: StoreBook) -> tuple[str, tuple[AlertReason, ...]]:
        """Say how many cards, how many were declined, and what went through."""
        tried = list(self.payments.values())
        cards = len({one.card for one in tried})
        declined = sum(one.declined for one in tried)
        passed = sum(one.amount or 0 for one in tried if not one.declined)
        lasted = duration(max(60.0, self.last - self.since))
        where = place_name([stores.name(store) for store in sorted({one.store for one in tried})])
        sentence = (
            f"{count(cards, 'card')} tried out in {lasted} from one {self.rule.what} at {where}: "
            f"{declined} of {count(len(tried), 'payment')} declined, usually 1 in 50; "
            f"{money(passed)} went through."
        )
        return sentence, (
            AlertReason(
                text=f"{count(cards, 'card')} from {self.rule.what} {self.entity}, usually 1",
                value=cards,
                usual=1,
                unit="cards",
                weight=0.5,
            ),
            AlertReason(
                text=f"{share(declined / len(tried))} declined, usually 2 %",
                value=declined / len(tried),
                usual=0.02,
                unit="share",
                weight=0.4,
            ),
            AlertReason(
                text=f"{money(sum(one.amount or 0 for one in tried) / len(tried))} each",
                value=sum(one.amount or 0 for one in tried) / len(tried) / 100,
                unit="EUR",
                weight=0.1,
            ),
        )


class CardTesting:
    """Watches devices, networks and terminals for many cards and many declines.

    Parameters
    ----------
    cases
        Shared with the other watchers of payments.

    Cost: 1.5 µs a payment that goes through, 10 µs a declined one and .4 µs for each that was declined at its
    places within half an hour. Memory: the payments of two to eight hours.

    """

    def __init__(self, cases: CaseBook) -> None:
        self._cases = cases
        self._tries = {what: RecentPlaces(KEPT_SECONDS) for what in RULES}
        self._declined = {what: RecentPlaces(KEPT_SECONDS) for what in RULES}
        self._rotate_at = 0.0

    def __len__(self) -> int:
        """Count the payments remembered."""
        return sum(len(places) for of_rule in (self._tries, self._declined) for places in of_rule.values())

    def see(self, one: Paid, watermark: float) -> bool:
        """Look at a payment; say whether it belongs to somebody who tests cards."""
        # every place remembers, but only the most precise one is told of
        self.remember(one, watermark)
        if one.card is None:
            return False
        if not one.declined:
            # who shares a network or a terminal with a tester is not one; who is declined there may be
            case = None if one.device is None else self._lasting(one.device, one)
            return case is not None and self._cases.put(case, one)
        return any(
            self._look(RULES[what], entity, one) for what, entity in places_of(one) if entity is not None
        )

    def remember(self, one: Paid, watermark: float) -> None:
        """Let each place of a payment remember it, without a look."""
        if watermark >= self._rotate_at:
            for places in (*self._tries.values(), *self._declined.values()):
                places.rotate()
            self._rotate_at = watermark + KEPT_SECONDS
        if one.card is None:
            return
        for what, entity in places_of(one):
            if entity is not None:
                self._tries[what].add(entity, one)
                if one.declined:
                    self._declined[what].add(entity, one)

    def resumed(self, alert: Alert) -> Case:
        """Make the case of an alert that was written before; its sentence says what kind of place it is."""
        what = next((name for name in RULES if f" from one {name} at " in alert.sentence), "device")
        return TestingCase(RULES[what], alert.entity, "")

    def _lasting(self, entity: str, one: Paid) -> Case | None:
        """Give the case of a place that a payment goes on with."""
        case = self._cases.active("card_testing", entity, one.seconds)
        return case if case is not None and one.seconds - case.last <= GOES_ON_SECONDS else None

    def _look(self, rule: Rule, entity: str, one: Paid) -> bool:
        """Look at a place of a declined payment."""
        lasting = self._lasting(entity, one)
        if lasting is not None:
            return self._cases.put(lasting, one)
        seen = self._tries[rule.what].within(entity, rule.span, one.seconds)
        refused = self._declined[rule.what].within(entity, rule.span, one.seconds)
        if len(seen) < rule.cards or len(refused) < rule.declined_cards:
            return False
        declined = [other for other in refused.payments() if not self._explained(other)]
        if len({other.card for other in declined}) < rule.declined_cards:
            return False
        within = self._unexplained(seen, len(declined), rule.share)
        if within is None or len({other.card for other in within}) < rule.cards:
            return False
        tries = within if rule.what == "device" else declined
        case = self._cases.told(TestingCase(rule, entity, f"{tries[0].seconds:.3f}"), tries)
        for other in tries:
            self._cases.put(case, other)
        return self._cases.begin(case)

    def _unexplained(self, seen: SpanOfPlace, declined: int, share: float) -> list[Paid] | None:
        """List payments that belong to no tester yet, oldest first; None if too few of them were declined."""
        found: list[Paid] = []
        for at in range(seen.end - 1, seen.first - 1, -1):
            if not self._explained(seen.paid[at]):
                found.append(seen.paid[at])
                if declined < share * len(found):
                    return None
        return found[::-1]

    def _explained(self, one: Paid) -> bool:
        """Say whether a payment belongs to a tester already, so that a wider place is not accused as well."""
        case = self._cases.of(one.event)
        return case is not None and case.kind == "card_testing"


def places_of(one: Paid) -> tuple[tuple[str, str | None], ...]:
    """Name the places at which a payment was tried, the most precise first."""
    return ("device", one.device), ("network", one.network), ("terminal", one.terminal)
