"""Watches payments: suspicious ones, sprees, tested cards, compromised terminals; learns from answers."""

from collections import OrderedDict
from collections.abc import Sequence, Sized
from math import inf

from detectors.fraud.champions import Champions
from detectors.fraud.detector import SUSPICIOUS
from detectors.fraud.label_book import LabelBook, Suspicion
from detectors.fraud.payments import tag_of
from detectors.fraud.terminals import TerminalRisk
from detectors.watch.card_reports import CardReports
from detectors.watch.card_spree import CardSpree
from detectors.watch.card_testing import CardTesting
from detectors.watch.cases import CaseBook
from detectors.watch.effects import (
    Effect,
    Learnt,
    Move,
    Reach,
    Rescored,
    Said,
    answer_labels,
    rescore,
    terminal_risk,
)
from detectors.watch.finding import Finding
from detectors.watch.fresh_labels import FreshLabels
from detectors.watch.paid import Paid, feature_at
from detectors.watch.payment_words import PLACES
from detectors.watch.recent_paid import RecentPaid
from detectors.watch.stores import StoreBook
from detectors.watch.suspicious_payment import SuspiciousPayments
from detectors.watch.terminal_fraud import TerminalFraud
from detectors.watch.would_pass import WouldPass
from detectors.watermark import DAY_SECONDS, Watermark
from schemas.alert import Alert, AlertPayment
from schemas.answer import Answer
from schemas.label import Label
from schemas.model import Model
from schemas.promotion import Promotion

__all__ = ["PaymentWatch"]

AMOUNT_RISK = PLACES["amount_risk"]

ANSWERS_KEPT = 1_000
"""Answered alerts whose labelled payments are remembered, so that taking back reaches each of them."""


class PaymentWatch:
    """All watchers of payments, from the narrowest to the widest, and what they share.

    A payment belongs to one finding at most: who tests cards, else a spree of its card, else its terminal,
    else its card and day. A stronger finding takes over the payments of weaker ones, which then end. Each
    ends 24 hours after its newest evidence, or when all its payments have a verdict.

    Payments come in the order of each card, though cards may be hours apart. Labels may come at any time;
    each counts from its `known_at` on, and payments before that never see it.

    Cost: 11 µs a payment over a simulated fortnight of 101,000, 4 µs more for what `findings` writes, 5 µs a
    label. Memory: payments of two days, verdicts of 32 to 64 days, cards of 45 to 90.

    Parameters
    ----------
    stores
        Names and time zones.

    Attributes
    ----------
    rescored
        How many open payments answers have had scored again.
    would_pass
        Finds the amount at which a payment would have passed.

    """

    def __init__(self, stores: StoreBook) -> None:
        self.rescored = 0
        self._stores = stores
        self._champions = Champions()
        self._models: dict[str, Model] = {}
        self._watermark = Watermark()
        self._risk = TerminalRisk()
        self._risk.follow(self._watermark)
        self._book = LabelBook()
        self._book.follow(self._watermark)
        self._labels = FreshLabels()
        self._recent = RecentPaid()
        self._cases = CaseBook(self._labels.standing)
        self._reports = CardReports(self._labels)
        self._testing = CardTesting(self._cases)
        self._spree = CardSpree(self._cases, self._reports)
        self._terminal = TerminalFraud(self._cases, self._labels, self._risk, self._champions, self._find)
        self.would_pass = WouldPass(self._champions, self._book.amounts)
        self._suspicious = SuspiciousPayments(
            self._cases, self._reports, stores, self._models, self.would_pass
        )
        self._risky: list[Suspicion] = []
        self._answered: OrderedDict[str, dict[int, AlertPayment]] = OrderedDict()
        self._clock = -inf
        self._sweep_at = -inf

    def __len__(self) -> int:
        """Count what is remembered, models aside."""
        parts: tuple[Sized, ...] = (
            self._labels,
            self._recent,
            self._cases,
            self._reports,
            self._testing,
            self._spree.histories,
            self._terminal,
        )
        return sum(map(len, parts)) + self._risk.entries + self._book.entries

    def promotion(self, promotion: Promotion) -> None:
        """Take in a decision about which model scores."""
        self._champions.promote(promotion)

    def model(self, model: Model) -> None:
        """Take in a model.

        Raises
        ------
        ModelRefused
            As `Champions.add`; nothing has changed then.

        """
        self._champions.add(model)
        self._book.take_table(model)
        # For words: what all payments have on average. The parts that score are the champions'.
        self._models[model.version] = model.model_copy(update={"trees": None, "two_causes": None})

    def labels(self, labels: Sequence[Label]) -> None:
        """Take in labels; each counts from its `known_at` on, and a repeated one changes nothing."""
        self._suspect()
        self._risk.learn(labels)
        self._book.learn(labels)
        self._labels.take(labels)
        self._pass(self._clock)

    def resume(self, alert: Alert) -> None:
        """Take in an alert about payments that was written before: what belongs together stays together."""
        makers = {
            "card_testing": self._testing.resumed,
            "card_spree": self._spree.resumed,
            "terminal_fraud": self._terminal.resumed,
            "payment_fraud": self._suspicious.resumed,
        }
        if alert.payments:
            self._cases.resume(makers[alert.kind], alert)

    def written(self, alert: Alert) -> None:
        """Take notice of an alert about payments that is written now."""
        self._cases.written(alert)

    def paid(self, payments: Sequence[Paid]) -> None:
        """Take in scored payments."""
        for one in payments:
            watermark = self._watermark.advance(one.seconds)
            if watermark > self._clock:
                self._pass(watermark)
            risk = feature_at(one, AMOUNT_RISK)
            if risk >= SUSPICIOUS:
                self._risky.append((one.terminal, round(one.seconds * 1e6), tag_of(one.event), risk))
            if self._recent.add(one, watermark):
                self._see(one, watermark)

    def _suspect(self) -> None:
        """Note suspicious amounts before anything else is asked of the book: one alone costs 10 µs."""
        if self._risky:
            self._book.suspect(self._risky)
            self._risky.clear()

    def findings(self, now: float) -> list[Finding]:
        """Give the findings that are new or have changed since the last call.

        Parameters
        ----------
        now
            Event time reached, in seconds since 1970; −inf if unknown, then the payments' own time counts.

        """
        if now > self._clock or self._labels.due_at <= self._clock:
            self._pass(max(now, self._clock))
        return [case.finding(self._stores) for case in self._cases.changed() if case.payments]

    def answered(self, said: Sequence[Said]) -> list[Effect]:
        """Learn from answers at once; give the effect of each.

        Labels of the alerts' payments count for terminals and cards from now on. Then open payments of the
        last day at the same terminals and of the same customers are scored again, once however many answers
        reach them, and what has changed comes out of the next `findings`.

        Cost: 30 µs a label, 10 µs a payment scored again, and a look at the payments of two days.

        Raises
        ------
        ValueError
            If an answer is not about payments.

        """
        self._suspect()
        learnt = [self._learn(alert, answer) for alert, answer in said]
        reach = Reach(self._rescore(learnt))
        return [one.effect(reach) for one in learnt]

    def _learn(self, alert: Alert, answer: Answer) -> Learnt:
        payments = {payment.event_id.int: payment for payment in alert.payments}
        if answer.verdict == "withdrawn":
            payments = self._answered.pop(alert.alert_id, {}) or payments
        labels = answer_labels(payments.values(), answer)
        self._cases.answer(alert.alert_id, stands=answer.verdict != "withdrawn")
        if answer.verdict != "withdrawn":
            self._remember(alert.alert_id, payments)
        at = answer.at.timestamp()
        terminals = sorted({payment.terminal_id for payment in payments.values()})
        before = [terminal_risk(terminal, at, self._labels, self._risk) for terminal in terminals]
        self._risk.learn(labels)
        self._book.learn(labels)
        for label in self._labels.take(labels, hold=False):
            self._became_known(label)
        moves = [
            Move(terminal, risk, terminal_risk(terminal, at, self._labels, self._risk))
            for terminal, risk in zip(terminals, before, strict=True)
        ]
        found = [self._find(event) for event in payments]
        cards = [known.card for known in found if known is not None and known.card]
        customers = {one.customer_id for one in payments.values() if one.customer_id is not None}
        return Learnt(answer, labels, moves, list(dict.fromkeys(cards)), frozenset(customers))

    def _rescore(self, learnt: Sequence[Learnt]) -> Rescored:
        """Score the open payments that answers reach again, as of the latest of them."""
        at = max((one.answer.at.timestamp() for one in learnt), default=-inf)
        terminals = {move.terminal for one in learnt for move in one.moves}
        customers = {customer for one in learnt for customer in one.customers}
        reached = [
            one
            for one in self._recent.day_before(at)
            if (one.terminal in terminals or one.customer in customers)
            and self._labels.standing(one.event, at) is None
        ]
        rescored = rescore(reached, at, self._champions, self._book)
        self.rescored += len(rescored.payments)
        for one in rescored.below:
            case = self._cases.of(one.event)
            if case is not None and case.kind == "payment_fraud":
                self._cases.release(one.event, at)
        for one in rescored.above:
            case = self._cases.of(one.event)
            if (case is None or case.until is not None) and not self._terminal.see(one):
                self._suspicious.see(one)
        return rescored

    def _see(self, one: Paid, watermark: float) -> None:
        if one.card is not None and one.event in self._labels:
            self._reports.note(one.card, one.event)
        if self._cases.meet(one):
            self._testing.remember(one, watermark)
            self._spree.remember(one, watermark)
            self._terminal.remember(one)
            self._suspicious.remember(one)
            return
        tested = self._testing.see(one, watermark)
        spree = self._spree.see(one, watermark)
        if not tested and not spree and not self._terminal.see(one):
            self._suspicious.see(one)

    def _pass(self, clock: float) -> None:
        """Let time pass: labels become known, findings end, and what is old is forgotten."""
        self._suspect()
        self._clock = clock
        if self._labels.due_at <= clock:
            for label in list(self._labels.release(clock)):
                self._became_known(label)
        self._cases.advance(clock)
        if clock >= self._sweep_at:
            self._sweep_at = clock + DAY_SECONDS / 24
            self._risk.expire()
            self._book.expire()
            self._labels.sweep(clock)
            self._reports.sweep()
            self._terminal.sweep(clock)

    def _became_known(self, label: Label) -> None:
        event, known = label.event_id.int, label.known_at.timestamp()
        one = self._find(event)
        if one is not None and one.card is not None:
            self._reports.note(one.card, event)
        claim = self._labels.standing(event, known)
        if claim is not None and claim.fraud:
            self._terminal.confirmed(label)
        else:
            self._terminal.cleared(event)
        self._cases.settle(event, max(known, self._clock))

    def _find(self, event: int) -> Paid | None:
        return self._recent.get(event) or self._cases.held(event)

    def _remember(self, alert_id: str, payments: dict[int, AlertPayment]) -> None:
        self._answered[alert_id] = self._answered.pop(alert_id, {}) | payments
        if len(self._answered) > ANSWERS_KEPT:
            self._answered.popitem(last=False)
