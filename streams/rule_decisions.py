"""What rules and lists decide about a batch."""

import logging
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detectors.fraud.champions import Scores
from detectors.fraud.payments import Payments as JudgedPayments
from detectors.rules.decisions import Deciding, Decisions, Payments
from detectors.rules.payment_columns import PaymentColumns
from schemas.errors import Refused
from schemas.fields import Fields
from schemas.topics import LISTS, RULES
from streams.broadcasts import Broadcast
from streams.process import Process
from streams.repeats import Repeat
from streams.reporting_currency import ReportingCurrency
from streams.score_records import is_judged, suspicious

__all__ = ["RuleDecisions"]

log = logging.getLogger(__name__)


class RuleDecisions:
    """Rules and lists as the fraud agent asks them.

    A rule that cannot be run is named in every score it was not run for, and logged once for each set.

    Parameters
    ----------
    currency
        Converts amounts into the reporting currency.

    Cost: nothing while there are neither rules nor lists, else see `Deciding`.

    """

    def __init__(self, currency: ReportingCurrency) -> None:
        self._deciding = Deciding()
        self._currency = currency

    def broadcasts(self, process: Process) -> tuple[Broadcast, Broadcast]:
        """Make the broadcasts that they come by; a set that is refused becomes a dead letter."""
        return (
            Broadcast(RULES, self._deciding.rules, process.generation(RULES)),
            Broadcast(LISTS, self._deciding.entry, process.generation(LISTS)),
        )

    def about(
        self,
        outcomes: Sequence[Fields | Refused | Repeat],
        judged: JudgedPayments,
        features: NDArray[np.float64],
        scored: Scores,
    ) -> Decisions | None:
        """Decide about the judged payments of a batch; None = as the model says."""
        if self._deciding.idle:
            return None
        payments = [one for one in outcomes if isinstance(one, dict) and is_judged(one)]
        micros = judged.micros
        columns = PaymentColumns(payments, micros, features, scored.scores, self._currency.minor)
        decisions = self._deciding.decide(Payments(judged.seconds, micros, columns.of, suspicious(scored)))
        for failure in self._deciding.new_failures():
            log.warning(
                "a rule cannot be run and does not hit",
                extra={"rule": failure.rule, "rule_set": failure.rule_set, "cause": failure.reason},
            )
        return decisions
