"""What rules and lists decide about a batch."""

import logging
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detectors.fraud.champions import Scores
from detectors.fraud.payments import Payments as JudgedPayments
from detectors.rules.control_group import ControlGroup
from detectors.rules.decisions import Deciding, Decisions, Payments
from detectors.rules.payment_columns import PaymentColumns
from schemas.errors import Refused
from schemas.list_entry import ListEntry
from schemas.rule_set import RuleSet
from schemas.transaction import Transaction
from streams.repeats import Repeat
from streams.reporting_currency import ReportingCurrency
from streams.score_records import judged_of, suspicious

__all__ = ["RuleDecisions"]

log = logging.getLogger(__name__)


class RuleDecisions:
    """Rules and lists as the fraud agent asks them.

    A rule that cannot be run is named in every score it was not run for, and logged once for each set.

    Parameters
    ----------
    currency
        Converts amounts into the reporting currency.
    control
        Which of the payments that rules decline pass all the same; None = none.

    Cost: nothing while there are neither rules nor lists, else see `Deciding`.

    """

    def __init__(self, currency: ReportingCurrency, control: ControlGroup | None = None) -> None:
        self._deciding = Deciding()
        self._currency = currency
        self._control = control

    def rules(self, rule_set: RuleSet) -> None:
        """Take in a rule set; raises `RuleRefused` if it cannot be used, and what was there stays."""
        self._deciding.rules(rule_set)

    def entry(self, entry: ListEntry) -> None:
        """Take in an entry of a list."""
        self._deciding.entry(entry)

    def about(
        self,
        outcomes: Sequence[Transaction | Refused | Repeat],
        judged: JudgedPayments,
        features: NDArray[np.float64],
        scored: Scores,
    ) -> Decisions | None:
        """Decide about the judged payments of a batch; None = as the model says."""
        if self._deciding.idle:
            return None
        payments = judged_of(outcomes)
        micros = judged.micros
        columns = PaymentColumns(payments, micros, features, scored.scores, self._currency.minor)
        decisions = self._deciding.decide(Payments(judged.seconds, micros, columns.of, suspicious(scored)))
        for failure in self._deciding.new_failures():
            log.warning(
                "a rule cannot be run and does not hit",
                extra={"rule": failure.rule, "rule_set": failure.rule_set, "cause": failure.reason},
            )
        if decisions is not None and self._control is not None:
            self._control.let_pass(decisions, payments, self._currency.minor)
        return decisions
