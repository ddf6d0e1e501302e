"""A terminal at which several cards were misused."""

from collections.abc import Callable
from math import exp, inf

import numpy as np

from detectors.fraud.calibration import log_odds_of
from detectors.fraud.champions import Champions
from detectors.fraud.features import CUSTOMER_FEATURES, UNKNOWN_TERMINAL
from detectors.fraud.terminals import TerminalRisk
from detectors.watch.case import Case
from detectors.watch.cases import CaseBook
from detectors.watch.fresh_labels import FRESH_SECONDS, FreshLabels
from detectors.watch.paid import Paid, labelled
from detectors.watch.rarity import rarity
from detectors.watch.stores import StoreBook
from detectors.watch.wording import count, duration, money
from detectors.watermark import DAY_SECONDS
from schemas.alert import Alert, AlertReason
from schemas.label import Label

__all__ = ["TerminalFraud"]

ALARMED = 4.5
"""−log10 of the probability: of 150 terminals looked at every hour, one in two weeks would reach it by chance
if the usual figures were exact; in 52 days of the simulator's seeds 101-103 only truly robbed places did."""

FEWEST_CARDS = 2
"""One card, however often misused, says nothing about where."""

FRESH_A_DAY = 0.005
"""Frauds that a customer reports on the day of the payment: almost none at an ordinary terminal. Chosen."""

KNOWN_A_DAY = 0.1
"""Frauds that become known on one day, however old: a stolen card is used somewhere. Chosen."""

FRESH_SHARE = 0.0002
"""Of 5,000 payments one is a fraud that is reported on the same day and that no spree explains. Chosen."""

SUSPICIOUS_SECONDS = 21_600.0
SUSPICIOUS_A_DAY = 0.3
"""A budget of 50 payments a day over 150 terminals."""

SETTLED_DAYS = 3.0
"""Of labels, before old frauds may accuse a terminal: until then nobody knows what is usual. Chosen."""

USUAL_DAYS = 10.0
"""Over which a terminal's own number of suspicious payments is averaged. Chosen, not tuned."""

FORGOTTEN = 0.05
"""Suspicious payments that are left of a count after a month."""

TERMINAL_COLUMNS = slice(len(CUSTOMER_FEATURES), len(CUSTOMER_FEATURES) + len(UNKNOWN_TERMINAL))


class TerminalCase(Case):
    """One terminal, the frauds confirmed there and the payments that look like them."""

    kind = "terminal_fraud"
    strength = 2
    detector = "terminal-fraud/1"
    labels_end_it = False

    def __init__(self, terminal: str, window: str, usual: float) -> None:
        super().__init__("terminal", terminal, window)
        self.confirmed: set[int] = set()
        self.usual = usual

    def words(self, stores: StoreBook) -> tuple[str, tuple[AlertReason, ...]]:
        """Say how many are confirmed, how many look like it, and what is usual."""
        confirmed = [one for event, one in self.payments.items() if event in self.confirmed]
        suspicious = len(self.payments) - len(confirmed)
        cards = len({one.card for one in confirmed})
        times = [one.seconds for one in self.payments.values()]
        lasted = duration(max(60.0, max(times) - min(times)))
        where = ", ".join(stores.name(store) for store in sorted(self.stores)) or "an unknown store"
        frauds, others = count(len(confirmed), "confirmed fraud"), count(suspicious, "suspicious payment")
        too = f" and {others}" if suspicious else ""
        # of payments that are long gone only the label is left, and no amount
        known = any(one.amount is not None for one in self.payments.values())
        worth = f", {money(self.money)}" if known else ""
        sentence = (
            f"Terminal {self.entity} at {where} looks compromised: {frauds} on {count(cards, 'card')}{too} "
            f"within {lasted}{worth}; usually {per_day(self.usual)}."
        )
        number = len(self.payments)
        return sentence, (
            AlertReason(
                text=f"{frauds} within {lasted}, usually {per_day(self.usual)}",
                value=len(confirmed),
                usual=self.usual,
                unit="payments",
                weight=0.9 * len(confirmed) / number,
            ),
            AlertReason(
                text=f"{others}, usually {SUSPICIOUS_A_DAY:.1f} a day",
                value=suspicious,
                usual=SUSPICIOUS_A_DAY,
                unit="payments",
                weight=0.9 * suspicious / number,
            ),
            AlertReason(
                text=f"{count(cards, 'card')} whose owners say so, usually one at most",
                value=cards,
                usual=1.0,
                unit="cards",
                weight=0.1,
            ),
        )


class TerminalFraud:
    """Watches confirmed and suspicious payments per terminal, each against what is usual there.

    Payments that a spree or a card test explains say nothing about the terminal, and scores without any
    complaint do not accuse one.

    Parameters
    ----------
    cases, labels, risk, champions
        Shared with the other watchers of payments.
    find
        Gives a payment of the last day or two.

    Cost: .3 µs a payment, 3 µs a suspicious one, 30 µs a fraud that becomes known.

    """

    def __init__(
        self,
        cases: CaseBook,
        labels: FreshLabels,
        risk: TerminalRisk,
        champions: Champions,
        find: Callable[[int], Paid | None],
    ) -> None:
        self._cases = cases
        self._labels = labels
        self._risk = risk
        self._champions = champions
        self._find = find
        self._began = inf
        self._suspicious: dict[str, list[Paid]] = {}
        self._usually: dict[str, tuple[float, float]] = {}
        self._known: dict[str, dict[int, Label]] = {}
        # Where each terminal stands, for labels do not say it; as many as the chain has tills.
        self._stores: dict[str, str] = {}

    def __len__(self) -> int:
        """Count what is remembered."""
        return (
            sum(map(len, self._suspicious.values()))
            + sum(map(len, self._known.values()))
            + len(self._usually)
        )

    def see(self, one: Paid) -> bool:
        """Look at a payment that belongs to no spree; say whether it belongs to a terminal's case."""
        self._stores[one.terminal] = one.store
        if not one.suspicious:
            return False
        case = self._cases.active("terminal_fraud", one.terminal, one.seconds)
        if case is not None:
            return self._cases.put(case, one)
        if not suspicious_by_itself(one, self._champions):
            return False
        self._suspicious.setdefault(one.terminal, []).append(one)
        found = self._look(one.terminal, one.seconds)
        self._usually[one.terminal] = (self._own(one.terminal, one.seconds) + 1, one.seconds)
        return found

    def remember(self, one: Paid) -> None:
        """Let a terminal remember a payment that has its case, without a look at it."""
        self._stores[one.terminal] = one.store
        case = self._cases.of(one.event)
        elsewhere = case is None or case.strength < TerminalCase.strength
        if one.suspicious and elsewhere and suspicious_by_itself(one, self._champions):
            self._suspicious.setdefault(one.terminal, []).append(one)
            self._usually[one.terminal] = (self._own(one.terminal, one.seconds) + 1, one.seconds)

    def resumed(self, alert: Alert) -> Case:
        """Make the case of an alert that was written before, with what was usual then."""
        return TerminalCase(alert.entity, "", (alert.reasons[0].usual or 0.0) if alert.reasons else 0.0)

    def confirmed(self, label: Label) -> None:
        """Look at a terminal of which a payment has just become known as fraud."""
        known, terminal, event = label.known_at.timestamp(), label.terminal_id, label.event_id.int
        self._began = min(self._began, known)
        self._known.setdefault(terminal, {})[event] = label
        own = self._cases.of(event)
        case = own if isinstance(own, TerminalCase) else self._cases.active("terminal_fraud", terminal, known)
        if not isinstance(case, TerminalCase):
            self._look(terminal, known)
        elif case is own or not self._explained(event):
            self._join(case, self._payment(label), known)

    def cleared(self, event: int) -> None:
        """Note that a payment is not known as fraud, or no longer."""
        case = self._cases.of(event)
        if isinstance(case, TerminalCase):
            case.confirmed.discard(event)

    def sweep(self, clock: float) -> None:
        """Forget what is older than the windows."""
        for terminal, payments in list(self._suspicious.items()):
            payments[:] = [one for one in payments if one.seconds > clock - DAY_SECONDS]
            if not payments:
                del self._suspicious[terminal]
        for terminal in [one for one in self._usually if self._own(one, clock) < FORGOTTEN]:
            del self._usually[terminal]
        for terminal, labels in list(self._known.items()):
            for event, label in list(labels.items()):
                if label.known_at.timestamp() <= clock - FRESH_SECONDS:
                    del labels[event]
            if not labels:
                del self._known[terminal]

    def _own(self, terminal: str, seconds: float) -> float:
        """Count a terminal's suspicious payments, each e times less after ten days."""
        count, at = self._usually.get(terminal, (0.0, seconds))
        return count * exp(min(0.0, at - seconds) / (USUAL_DAYS * DAY_SECONDS))

    def _usually_suspicious(self, terminal: str, seconds: float) -> float:
        """Say how many payments would be suspicious here in six hours."""
        a_day = max(SUSPICIOUS_A_DAY, self._own(terminal, seconds) / USUAL_DAYS)
        return a_day * SUSPICIOUS_SECONDS / DAY_SECONDS

    def _explained(self, event: int) -> bool:
        """Say whether something else is behind a payment, or this was told and answered."""
        case = self._cases.of(event)
        return case is not None and (
            case.strength > TerminalCase.strength or self._cases.is_answered(event, TerminalCase.strength)
        )

    def _look(self, terminal: str, seconds: float) -> bool:
        fresh = [
            label
            for label in self._labels.confirmed(terminal, seconds)
            if not self._explained(label.event_id.int)
        ]
        known = [
            label
            for event, label in self._known.get(terminal, {}).items()
            if seconds - DAY_SECONDS < label.known_at.timestamp() <= seconds
            and not self._explained(event)
            and self._is_fraud(event, seconds)
        ]
        events = {label.event_id.int for label in fresh}
        doubtful = [
            one
            for one in self._suspicious.get(terminal, ())
            if seconds - SUSPICIOUS_SECONDS < one.seconds <= seconds
            and one.event not in events
            and not self._explained(one.event)
            and not self._is_genuine(one.event, seconds)
        ]
        day, day_share, _, _, month, month_share = self._risk.windows(terminal, seconds)
        observed = min(29.0, (seconds - self._began) / DAY_SECONDS - 1)
        usual = max(0.0, month * month_share - day * day_share) / max(1.0, observed)
        looks = rarity(cards_of(doubtful), self._usually_suspicious(terminal, seconds))
        # scores alone accuse no terminal: one new model may find many payments suspicious that are not
        expected = max(FRESH_A_DAY, FRESH_SHARE * month / max(1.0, observed + 1))
        at_once = rarity(customers_of(fresh), expected) + looks if fresh else 0.0
        in_time = rarity(customers_of(known), KNOWN_A_DAY + usual) if observed >= SETTLED_DAYS else 0.0
        if max(at_once, in_time) < ALARMED:
            return False
        labels = {label.event_id.int: label for label in (*fresh, *(known if in_time >= ALARMED else ()))}
        if customers_of(list(labels.values())) + cards_of(doubtful) < FEWEST_CARDS:
            return False
        self._open(terminal, labels, doubtful, seconds, usual)
        return True

    def _open(
        self, terminal: str, labels: dict[int, Label], doubtful: list[Paid], seconds: float, usual: float
    ) -> None:
        first = min(
            [*(label.occurred_at.timestamp() for label in labels.values()), *(p.seconds for p in doubtful)]
        )
        confirmed = [self._payment(label) for label in labels.values()]
        case = self._cases.told(TerminalCase(terminal, f"{first:.3f}", usual), [*confirmed, *doubtful])
        for one in confirmed:
            self._join(case, one, seconds)
        for one in doubtful:
            self._cases.put(case, one)
        self._cases.begin(case)

    def _payment(self, label: Label) -> Paid:
        """Give the payment of a label, or what its label and its terminal say of it."""
        known = self._find(label.event_id.int)
        return known or labelled(label, self._stores.get(label.terminal_id, ""))

    def _join(self, case: TerminalCase, one: Paid, seconds: float) -> None:
        before = self._cases.of(one.event)
        self._cases.put(case, one)
        case.confirmed.add(one.event)
        self._cases.touch(case, seconds)
        if before is not None and all(other.terminal == case.entity for other in before.payments.values()):
            self._cases.absorb(case, before, seconds)

    def _is_fraud(self, event: int, seconds: float) -> bool:
        claim = self._labels.standing(event, seconds)
        return claim is not None and claim.fraud

    def _is_genuine(self, event: int, seconds: float) -> bool:
        claim = self._labels.standing(event, seconds)
        return claim is not None and not claim.fraud


def per_day(usual: float) -> str:
    """Write how many frauds become known on a usual day."""
    return f"{usual:.1f} a day" if usual >= 0.05 else "none"


def customers_of(labels: list[Label]) -> int:
    """Count the customers that labels are about; an unknown one is another each time."""
    return len({label.customer_id or str(label.event_id) for label in labels})


def cards_of(payments: list[Paid]) -> int:
    """Count the cards of payments; an unknown one is another each time."""
    return len({one.card or str(one.event_id) for one in payments})


def suspicious_by_itself(one: Paid, champions: Champions) -> bool:
    """Say whether a payment would be suspicious at a terminal of which nothing is known, too.

    One confirmed fraud raises every score at its terminal: those say nothing new about the terminal.
    """
    if one.score is None or not one.features:
        return False
    rows = np.frombuffer(one.features * 2).reshape(2, -1).copy()
    rows[1, TERMINAL_COLUMNS] = UNKNOWN_TERMINAL
    scores = champions.rescore(one.version or "", rows)
    if scores is None:
        return False
    here, elsewhere, said, threshold = log_odds_of(np.array([*scores, one.score, one.threshold])).tolist()
    return bool(said - (here - elsewhere) >= threshold)
