"""Payments that the model finds suspicious, together per card and day."""

from collections.abc import Mapping
from math import log

from detectors.watch.card_reports import CardReports, Report
from detectors.watch.case import Case
from detectors.watch.cases import CaseBook
from detectors.watch.paid import Paid
from detectors.watch.payment_words import card_name, feature, place_name, score_reasons, usual_amount
from detectors.watch.stores import StoreBook
from detectors.watch.wording import count, duration, money
from detectors.watch.would_pass import WouldPass
from schemas.alert import Alert, AlertCounterfactual, AlertReason, EntityType
from schemas.model import Model

__all__ = ["SuspiciousPayments"]

MUCH_STRONGER = log(10)
"""A card that is said to be all right is heard of again at ten times the odds of the threshold. Chosen."""

HIGHEST = 1 - 1e-9


class SuspiciousCase(Case):
    """Suspicious payments of one card on one local day."""

    kind = "payment_fraud"
    strength = 1
    detector = "suspicious-payment/1"

    def __init__(
        self,
        entity_type: EntityType,
        entity: str,
        window: str,
        models: Mapping[str, Model],
        would_pass: WouldPass,
    ) -> None:
        super().__init__(entity_type, entity, window)
        self._models = models
        self._would_pass = would_pass
        self._found: AlertCounterfactual | None = None
        self._found_for: tuple[int, float | None, float] | None = None
        self.reports: dict[int, Report] = {}

    def resume(self, alert: Alert) -> None:
        """Stand as an alert that was written before says."""
        super().resume(alert)
        self._found, self._found_for = alert.counterfactual, None

    def counterfactual(self) -> AlertCounterfactual | None:
        """Say at what amount the most suspicious payment would have passed; looked for when that changes."""
        worst = self._worst()
        now = worst.event, worst.score, worst.threshold
        told = self._found_for is None and self._found is not None and self._found.event_id == worst.event_id
        if self._found_for != now and not told:
            self._found = self._would_pass.of(worst)
        if not told or worst.features:
            self._found_for = now
        return self._found

    def _worst(self) -> Paid:
        return max(self.payments.values(), key=lambda one: (one.score or 0.0, one.event))

    def words(self, stores: StoreBook) -> tuple[str, tuple[AlertReason, ...]]:
        """Tell of the most suspicious payment, and how many there are."""
        worst = self._worst()
        whose = card_name(worst.card) if worst.card else "an unknown customer"
        names = sorted({one.store for one in self.payments.values()})
        where = place_name([stores.name(store) for store in names])
        number = len(self.payments)
        total = money(sum(one.amount or 0 for one in self.payments.values()))
        declined = sum(one.declined for one in self.payments.values())
        if number == 1:
            what = "Declined payment" if declined else "Payment"
            sentence = f"{what} of {total} by {whose} at {where} looks stolen"
        else:
            refused = f", {declined} declined," if declined else ""
            sentence = f"{count(number, 'payment')} of {total}{refused} by {whose} at {where} look stolen"
        why, reasons = striking(worst), score_reasons(worst, self._models)
        said = self._reported()
        if said is not None:
            why = [said.text, *why]
            reasons = (said, *reasons[:2])
        elif not why and reasons:
            why = [reasons[0].text]
        ruled = max((one for one in self.payments.values() if one.ruling), key=newest, default=None)
        if ruled is not None:
            why = [ruled.ruling, *why]
            reasons = (AlertReason(text=ruled.ruling, value=1.0, unit="payments", weight=1.0), *reasons[:2])
        return sentence + (f": {', '.join(why)}." if why else ".") + self._passing(worst), reasons

    def _passing(self, worst: Paid) -> str:
        """Tell at what amount it would have passed."""
        other = self.counterfactual()
        if other is None or other.passes_minor is None:
            return ""
        if len(self.payments) == 1:
            return f" At {money(other.passes_minor)} it would have passed."
        return f" The one of {money(worst.amount or 0)} would have passed at {money(other.passes_minor)}."

    def _reported(self) -> AlertReason | None:
        """Tell of the last payment that was made though the card was reported."""
        known = [(one.seconds, event) for event, one in self.payments.items() if event in self.reports]
        if not known:
            return None
        seconds, event = max(known)
        report = self.reports[event]
        ago = max(0.0, seconds - report.known)
        who = "the customer" if report.said_by == "customer" else "an analyst"
        return AlertReason(
            text=f"{who} reported the card stolen {duration(ago)} before",
            value=ago / 60,
            unit="minutes",
            weight=1.0 if not self.payments[event].suspicious else 0.5,
        )


class SuspiciousPayments:
    """Watches what reaches the threshold that the budget of alerts sets, and cards reported as stolen.

    Cost: .3 µs a payment that is neither.

    Parameters
    ----------
    cases, reports, stores
        Shared with the other watchers of payments.
    models
        By version, for what is usual.
    would_pass
        Finds the amount at which a payment would have passed.

    """

    def __init__(
        self,
        cases: CaseBook,
        reports: CardReports,
        stores: StoreBook,
        models: Mapping[str, Model],
        would_pass: WouldPass,
    ) -> None:
        self._cases = cases
        self._reports = reports
        self._stores = stores
        self._models = models
        self._would_pass = would_pass

    def see(self, one: Paid) -> None:
        """Look at a payment that belongs to no stronger case."""
        report = self._reports.at(one.card, one.seconds) if one.card else None
        stolen = report is not None and report.stolen
        if not stolen and not one.suspicious:
            return
        if report is not None and not report.stolen and odds(one) < MUCH_STRONGER:
            return
        case = self._of_the_day(one)
        self._cases.put(case, one)
        self._cases.begin(case)
        self.remember(one)

    def remember(self, one: Paid) -> None:
        """Note of a payment that has its case what was said about the card before."""
        case = self._cases.of(one.event)
        report = self._reports.at(one.card, one.seconds) if one.card else None
        if isinstance(case, SuspiciousCase) and report is not None and report.stolen:
            case.reports[one.event] = report

    def resumed(self, alert: Alert) -> Case:
        """Make the case of an alert that was written before."""
        return self._case(alert.entity_type, alert.entity, "")

    def _of_the_day(self, one: Paid) -> Case:
        """Give the case that a payment belongs to already, else that of its card and day, or a new one."""
        if one.card is None:
            return self._cases.told(self._case("payment", str(one.event_id), ""), [one])
        before = self._cases.owner(SuspiciousCase, one.card, one)
        if before is not None:
            return before
        day = self._stores.local(one.store, one.seconds).date()
        for case in self._cases.lasting("payment_fraud", one.card, one.seconds):
            if self._stores.local(one.store, case.since).date() == day:
                return case
        return self._cases.told(self._case("card", one.card, f"{day:%Y-%m-%d}"), [one])

    def _case(self, entity_type: EntityType, entity: str, window: str) -> SuspiciousCase:
        return SuspiciousCase(entity_type, entity, window, self._models, self._would_pass)


def newest(one: Paid) -> tuple[float, int]:
    """Order payments by time, and by event where that is the same."""
    return one.seconds, one.event


def odds(one: Paid) -> float:
    """How far a score is above its threshold, in log odds."""
    if one.score is None:
        return 0.0
    score, threshold = (min(max(value, 1e-9), HIGHEST) for value in (one.score, one.threshold))
    return log(score / (1 - score)) - log(threshold / (1 - threshold))


def striking(one: Paid) -> list[str]:
    """Say what strikes people about a payment: its amount, its number, its terminal."""
    found = []
    usual = usual_amount(one)
    if usual and one.amount is not None and one.amount >= 2 * usual:
        found.append(f"{one.amount / usual:.0f} times this customer's usual {money(usual)}")
    today = feature(one, "payments_1d") + 1
    daily = feature(one, "payments_14d") / 14
    if today >= 3 and today >= 3 * daily:
        found.append(f"{count(today, 'payment')} in 24 h instead of {daily:.1f}")
    frauds = round(feature(one, "terminal_frauds_7d"))
    if frauds:
        found.append(f"terminal had {count(frauds, 'confirmed fraud')} this week")
    if feature(one, "night"):
        found.append("paid at night")
    return found[:2]
