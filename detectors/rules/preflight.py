"""What rules would have done to payments of the past, counted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.fraud.label_weights import Share, share_of_weights
from detectors.rules.columns import LIST_COLUMNS
from detectors.rules.decisions import Payments, flags
from detectors.rules.engine import CompiledRules
from detectors.rules.lists import Lists
from schemas.rule_set import Rule

__all__ = ["Outcomes", "Preflight", "RuleCount"]


class Outcomes(NamedTuple):
    """What became of payments of the past, one entry per payment.

    Parameters
    ----------
    ids
        Of the payment events.
    verdicts
        fraud, genuine or None; None too where the payment is too young for its label to be trusted.
    money
        Reporting currency, minor units; None without a rate.
    customers
        Who paid: the customer, else the card; None if unknown.
    weights
        How many payments the verdict of each stands for, see `detectors.fraud.label_weights`.

    """

    ids: Sequence[Any]
    verdicts: Sequence[str | None]
    money: Sequence[int | None]
    customers: Sequence[str | None]
    weights: Sequence[float]


@dataclass
class RuleCount:
    """What one rule would have done. Money in the reporting currency's minor units.

    Attributes
    ----------
    hits, new
        Payments hit, and of these those that the model would not have had looked at.
    frauds, genuine
        Hits whose label has matured, by what it says.
    caught_minor, bothered_minor
        Their money.
    bothered
        Customers with a genuine payment that is hit.
    fraud_weight, weight, weight_squares
        Of the frauds, of all hits whose label has matured, and the squares of the latter, added up.
    unrun
        Payments that the rule could not be run on.
    ids
        Of the payments hit, where they were asked for.

    """

    rule: Rule
    hits: int = 0
    new: int = 0
    frauds: int = 0
    genuine: int = 0
    caught_minor: int = 0
    bothered_minor: int = 0
    bothered: set[str] = field(default_factory=set)
    fraud_weight: float = 0.0
    weight: float = 0.0
    weight_squares: float = 0.0
    unrun: int = 0
    ids: list[Any] = field(default_factory=list)

    @property
    def precision(self) -> Share | None:
        """Share of fraud among the hits, by those with a label that counts; None without any."""
        return share_of_weights(self.fraud_weight, self.weight, self.weight_squares)


class Preflight:
    """Asks rules about payments of the past, chunk by chunk, by the same code as a worker.

    Rules that have expired are asked too: the question is what they would do.

    Parameters
    ----------
    rules
        Those to try.
    lists
        As they were and are.
    keep_ids
        Whether to remember which payments were hit.

    Raises
    ------
    RuleRefused
        One of the rules cannot be used.

    """

    def __init__(self, rules: Sequence[Rule], lists: Lists, *, keep_ids: bool = False) -> None:
        self._compiled = CompiledRules(rules)
        self._lists = lists
        self._keep_ids = keep_ids
        self.counts = [RuleCount(rule) for rule in rules]
        self.payments = 0

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the rules name."""
        return self._compiled.columns

    def add(self, payments: Payments, outcomes: Outcomes) -> None:
        """Take in a chunk of payments."""
        count = len(payments.seconds)
        needs_lists = any(name in LIST_COLUMNS for name in self.columns)
        listed = self._lists.find(payments.column_of, payments.micros) if needs_lists else []

        def column_of(name: str) -> Sequence[Any] | NDArray[Any]:
            return flags(name, listed, payments) if name in LIST_COLUMNS else payments.column_of(name)

        hits = self._compiled.hits(column_of, count)
        self.payments += count
        for place in hits.failed:
            self.counts[place].unrun += count
        for one, hit in zip(self.counts, hits.hit, strict=True):
            one.new += int((hit & ~payments.suspicious).sum())
            for row in np.flatnonzero(hit).tolist():
                self._count(one, outcomes, row)

    def _count(self, one: RuleCount, outcomes: Outcomes, row: int) -> None:
        one.hits += 1
        if self._keep_ids:
            one.ids.append(outcomes.ids[row])
        money, verdict, customer = outcomes.money[row] or 0, outcomes.verdicts[row], outcomes.customers[row]
        if verdict is not None:
            weight = outcomes.weights[row]
            one.weight += weight
            one.weight_squares += weight * weight
            one.fraud_weight += weight * (verdict == "fraud")
        if verdict == "fraud":
            one.frauds += 1
            one.caught_minor += money
        elif verdict == "genuine":
            one.genuine += 1
            one.bothered_minor += money
            if customer is not None:
                one.bothered.add(customer)
