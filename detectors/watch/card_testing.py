"""Somebody who tries out many cards to find those that work."""

from bisect import insort
from dataclasses import dataclass

from detectors.watch.case import Case
from detectors.watch.cases import CaseBook
from detectors.watch.paid import Paid
from detectors.watch.payment_words import place_name
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

    Cost: 1 µs a payment. Memory: the payments of two to four hours.

    """

    def __init__(self, cases: CaseBook) -> None:
        self._cases = cases
        self._recent: dict[tuple[str, str], list[Paid]] = {}
        self._aging: dict[tuple[str, str], list[Paid]] = {}
        self._rotate_at = 0.0

    def __len__(self) -> int:
        """Count the payments remembered."""
        return sum(map(len, self._recent.values())) + sum(map(len, self._aging.values()))

    def see(self, one: Paid, watermark: float) -> bool:
        """Look at a payment; say whether it belongs to somebody who tests cards."""
        # every place remembers, but only the most precise one is told of
        places = self.remember(one, watermark)
        return any(self._look(RULES[what], entity, recent, one) for what, entity, recent in places)

    def remember(self, one: Paid, watermark: float) -> list[tuple[str, str, list[Paid]]]:
        """Let each place of a payment remember it, without a look; give what, which, and its payments."""
        if watermark >= self._rotate_at:
            self._aging, self._recent = self._recent, {}
            self._rotate_at = watermark + KEPT_SECONDS
        if one.card is None:
            return []
        places = (("device", one.device), ("network", one.network), ("terminal", one.terminal))
        return [
            (what, entity, self._at((what, entity), one)) for what, entity in places if entity is not None
        ]

    def resumed(self, alert: Alert) -> Case:
        """Make the case of an alert that was written before; its sentence says what kind of place it is."""
        what = next((name for name in RULES if f" from one {name} at " in alert.sentence), "device")
        return TestingCase(RULES[what], alert.entity, "")

    def _at(self, place: tuple[str, str], one: Paid) -> list[Paid]:
        recent = self._recent.get(place)
        if recent is None:
            recent = self._recent[place] = self._aging.pop(place, [])
        if not recent or one.seconds >= recent[-1].seconds:
            recent.append(one)
        else:
            insort(recent, one, key=lambda other: other.seconds)
        while recent[0].seconds < recent[-1].seconds - KEPT_SECONDS:
            del recent[0]
        return recent

    def _look(self, rule: Rule, entity: str, recent: list[Paid], one: Paid) -> bool:
        case = self._cases.active("card_testing", entity, one.seconds)
        if case is not None and one.seconds - case.last <= GOES_ON_SECONDS:
            # who shares a network or a terminal with a tester is not one; who is declined there may be
            return (rule.what == "device" or one.declined) and self._cases.put(case, one)
        if not one.declined or len(recent) < rule.cards:
            return False
        within = [
            other
            for other in recent
            if one.seconds - rule.span < other.seconds <= one.seconds and not self._explained(other)
        ]
        declined = [other for other in within if other.declined]
        if (
            len({other.card for other in within}) < rule.cards
            or len({other.card for other in declined}) < rule.declined_cards
            or len(declined) < rule.share * len(within)
        ):
            return False
        tries = within if rule.what == "device" else declined
        case = self._cases.told(TestingCase(rule, entity, f"{tries[0].seconds:.3f}"), tries)
        for other in tries:
            self._cases.put(case, other)
        return self._cases.begin(case)

    def _explained(self, one: Paid) -> bool:
        """Say whether a payment belongs to a tester already, so that a wider place is not accused as well."""
        case = self._cases.of(one.event)
        return case is not None and case.kind == "card_testing"
