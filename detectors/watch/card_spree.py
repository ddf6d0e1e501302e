"""A card that suddenly pays often and much."""

from math import log10
from typing import NamedTuple

from detectors.watch.card_history import CardHistories, CardHistory
from detectors.watch.card_reports import CardReports
from detectors.watch.case import Case
from detectors.watch.cases import CaseBook
from detectors.watch.paid import Paid
from detectors.watch.payment_words import card_name, place_name
from detectors.watch.rarity import rarity
from detectors.watch.stores import StoreBook
from detectors.watch.wording import count, duration, money
from schemas.alert import Alert, AlertReason

__all__ = ["CardSpree"]

SPANS = (600.0, 1_800.0, 3_600.0)
"""Looked at for each payment, in seconds. Chosen: a thief hurries."""

FEWEST = 3
"""Payments that can be a spree: two are a purchase and what was forgotten."""

GOES_ON_SECONDS = 7_200.0
"""After a pause so long the next payment must convince anew; and only what is older becomes a habit."""

DAY_OF_SHOPPING = 36_000.0
"""A day's payments fall within about ten hours."""

TRIP = 3.0
"""One payment makes the next more likely: people visit several shops on one way. Chosen, not tuned."""

RETRY_SECONDS = 600.0
"""The same amount at the same terminal so soon after is the same purchase: declined and tried again."""

ALARMED = 7.0
"""Rarity of number, amounts and tills together, as −log10 of a probability: in 52 days of the simulator's
seeds 101-103, 7,000 payments a day, no card without a thief came beyond 6.3, and every spree did."""

MUCH_MORE = 3.0
"""On top where somebody has just said that the card is all right. Chosen, not tuned."""

MOST_PER_PAYMENT = 1.0
"""One huge payment alone is no spree: an amount counts for at most a factor of ten."""


class Usual(NamedTuple):
    """What a card usually does: payments a day, and minor units each."""

    per_day: float
    amount: float


class Pace(NamedTuple):
    """The payments of one span beside what is usual."""

    surprise: float
    payments: list[Paid]
    usual: Usual


class SpreeCase(Case):
    """A spree of one card."""

    kind = "card_spree"
    strength = 3
    detector = "card-spree/1"

    def __init__(self, card: str, window: str, usual: Usual) -> None:
        super().__init__("card", card, window)
        self.usual = usual

    def words(self, stores: StoreBook) -> tuple[str, tuple[AlertReason, ...]]:
        """Say how many, how fast, how much, and what is usual."""
        ordered = sorted(self.payments.values(), key=lambda one: one.seconds)
        lasted = ordered[-1].seconds - ordered[0].seconds
        tills = len({one.terminal for one in ordered})
        where = place_name([stores.name(store) for store in dict.fromkeys(one.store for one in ordered)])
        number, (per_day, usual) = len(ordered), self.usual
        declined = sum(one.declined for one in ordered)
        mean = self.money / max(number, 1)
        name = card_name(self.entity)
        sentence = (
            f"{name[0].upper()}{name[1:]}: {count(number, 'payment')} in {duration(max(lasted, 60.0))} at "
            f"{count(tills, 'till')} of {where}, {money(self.money)} in all"
            f"{f', {declined} declined' if declined else ''}; usually {per_day:.1f} a day of {money(usual)}."
        )
        shown = duration(max(lasted, 60.0))
        return sentence, (
            AlertReason(
                text=f"{count(number, 'payment')} in {shown}, usually {per_day:.1f} a day",
                value=number,
                usual=per_day * max(lasted, 60.0) / DAY_OF_SHOPPING,
                unit="payments",
                weight=0.5,
            ),
            AlertReason(
                text=f"{money(mean)} each, usually {money(usual)}",
                value=mean / 100,
                usual=usual / 100,
                unit="EUR",
                weight=0.4,
            ),
            AlertReason(
                text=f"{count(tills, 'till')} one after the other",
                value=tills,
                usual=1,
                unit="tills",
                weight=0.1,
            ),
        )


class CardSpree:
    """Watches how often and how much each card pays, against its own habit.

    Parameters
    ----------
    cases, reports
        Shared with the other watchers of payments.

    Cost: 2.5 µs a payment. Memory: see `CardHistories`.

    """

    def __init__(self, cases: CaseBook, reports: CardReports) -> None:
        self._cases = cases
        self._reports = reports
        self.histories = CardHistories(GOES_ON_SECONDS)

    def see(self, one: Paid, watermark: float) -> bool:
        """Look at a payment; say whether it belongs to a spree."""
        card, history = one.card, self.remember(one, watermark)
        if card is None or history is None or len(history.recent) < FEWEST:
            return False
        case = self._cases.active("card_spree", card, one.seconds)
        if case is not None and one.seconds - case.last <= GOES_ON_SECONDS:
            return self._cases.put(case, one)
        pace = self._pace(history, one)
        if pace is None:
            return False
        report = self._reports.at(card, one.seconds)
        if pace.surprise < ALARMED + (MUCH_MORE if report is not None and not report.stolen else 0.0):
            return False
        return self._begin(card, pace, one)

    def remember(self, one: Paid, watermark: float) -> CardHistory | None:
        """Put a payment into its card's history, without a look at it; None without a card."""
        if one.card is None:
            return None
        history, past = self.histories.see(one.card, one, watermark)
        for other in past:
            case = self._cases.of(other.event)
            if case is None or case.kind == "payment_fraud":
                history.learn(other)
                self.histories.everyone(other)
        return history

    def resumed(self, alert: Alert) -> Case:
        """Make the case of an alert that was written before, with what was usual then."""
        times = [one.occurred_at.timestamp() for one in alert.payments]
        lasted = max(max(times) - min(times), 60.0)
        often, each, *_ = [*(reason.usual or 0.0 for reason in alert.reasons), 0.0, 0.0]
        return SpreeCase(alert.entity, "", Usual(often * DAY_OF_SHOPPING / lasted, each * 100))

    def _begin(self, card: str, pace: Pace, one: Paid) -> bool:
        case = self._cases.told(SpreeCase(card, f"{pace.payments[0].seconds:.3f}", pace.usual), pace.payments)
        weaker = self._cases.active("payment_fraud", card, one.seconds)
        if weaker is not None:
            self._cases.absorb(case, weaker, one.seconds)
        for other in pace.payments:
            self._cases.put(case, other)
        return self._cases.begin(case)

    def _pace(self, history: CardHistory, one: Paid) -> Pace | None:
        """Find the span that surprises most."""
        before = [
            other
            for other in history.recent
            if one.seconds - SPANS[-1] < other.seconds <= one.seconds
            and not self._cases.is_answered(other.event, SpreeCase.strength)
        ]
        attempts = without_retries(before)
        if len(attempts) < FEWEST:
            return None
        usual = Usual(self.histories.per_day(history, one.seconds), self.histories.usual(history))
        best: Pace | None = None
        for span in SPANS:
            within = [other for other in attempts if other.seconds > one.seconds - span]
            if len(within) < FEWEST:
                continue
            surprise = self._surprise(within, span, usual)
            if best is None or surprise > best.surprise:
                best = Pace(surprise, within, usual)
        return best

    def _surprise(self, within: list[Paid], span: float, usual: Usual) -> float:
        # the first payment of a span is given: that others follow it is what surprises
        often = rarity(len(within) - 1, TRIP * usual.per_day * span / DAY_OF_SHOPPING)
        each = usual.amount
        much = sum(min(MOST_PER_PAYMENT, log10(max(one.amount or each, 1) / each)) for one in within)
        tills = 0.5 * min(4, len({one.terminal for one in within}) - 1)
        return often + max(0.0, much) + tills


def without_retries(payments: list[Paid]) -> list[Paid]:
    """Leave out what repeats the amount of a payment at the same terminal minutes before."""
    kept: list[Paid] = []
    latest: dict[tuple[str, int | None], float] = {}
    for one in payments:
        before = latest.get((one.terminal, one.amount))
        latest[one.terminal, one.amount] = one.seconds
        if before is None or one.seconds - before > RETRY_SECONDS:
            kept.append(one)
    return kept
