"""What is decided about a payment: lists before rules before the model, and the strictest of each."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.rules.columns import LIST_COLUMNS
from detectors.rules.lists import Listed, Lists
from detectors.rules.rule_book import InForce, RuleBook, expired
from schemas.list_entry import ListEntry, ListName
from schemas.rule_set import RuleAction, RuleSet
from schemas.score import DecidedBy, Decision

__all__ = ["DECISIONS", "Deciding", "Decisions", "Failure", "Payments"]

DECISIONS: tuple[Decision, ...] = ("approve", "review", "decline")
"""From mild to strict; `Decisions.decided` counts in this order."""

OF_LISTS: dict[ListName, Decision] = {"allow": "approve", "review": "review", "block": "decline"}
UNDECIDED = -1

Column = Sequence[Any] | NDArray[Any]


class Payments(NamedTuple):
    """Payments that are decided about, as columns.

    Parameters
    ----------
    seconds, micros
        When each was made, since 1970.
    column_of
        Gives any other column by its name in `COLUMNS`, lists aside; one value per payment.
    suspicious
        Which of them reach the model's threshold.

    """

    seconds: NDArray[np.float64]
    micros: NDArray[np.int64]
    column_of: Callable[[str], Column]
    suspicious: NDArray[np.bool_]


class Failure(NamedTuple):
    """A rule that could not be run on a batch: it hit none of it."""

    rule_set: int
    rule: str
    reason: str


class Decisions(NamedTuple):
    """What was decided, one entry per payment.

    Parameters
    ----------
    decided
        Place in `DECISIONS`, shape (n_payments,).
    decided_by
        Whose word it is.
    rule_sets
        Version of the rules that were asked; None if there were none.
    rules_hit, lists_hit
        Names of the rules; lists as `block:card`.
    rules_failed
        Names of the rules that could not be run on it.
    control_rates
        Chance to pass in the control group; None where it could not.

    """

    decided: NDArray[np.int8]
    decided_by: list[DecidedBy]
    rule_sets: list[int | None]
    rules_hit: list[tuple[str, ...]]
    lists_hit: list[tuple[str, ...]]
    rules_failed: list[tuple[str, ...]]
    control_rates: list[float | None]


class Deciding:
    """Rules and lists together.

    Cost: nothing while there are neither rules nor lists; else see `CompiledRules` and `Lists`, and .2 µs a
    payment.

    """

    def __init__(self) -> None:
        self._book = RuleBook()
        self._lists = Lists()
        self._failures: dict[tuple[int, str], Failure] = {}
        self._told = 0

    def rules(self, rule_set: RuleSet) -> None:
        """Take in a rule set; raises as `RuleBook.add`."""
        self._book.add(rule_set)

    def entry(self, entry: ListEntry) -> None:
        """Take in an entry of a list."""
        self._lists.add(entry)

    @property
    def idle(self) -> bool:
        """Whether there are neither rules nor lists, and so nothing to decide."""
        return not len(self._book) and not len(self._lists)

    def decide(self, payments: Payments) -> Decisions | None:
        """Decide about payments; None = as the model says, for there are neither rules nor lists."""
        if self.idle:
            return None
        count = len(payments.seconds)
        listed = self._lists.find(payments.column_of, payments.micros) if len(self._lists) else []
        decisions = Decisions(
            payments.suspicious.astype(np.int8),
            ["model"] * count,
            [None] * count,
            [()] * count,
            [()] * count,
            [()] * count,
            [None] * count,
        )
        for in_force in self._book.in_force(payments.seconds):
            self._ask_rules(in_force, payments, listed, decisions)
        for one in listed:
            name = f"{one.list_name}:{one.subject}"
            for row in one.rows:
                decisions.lists_hit[row] += (name,)
        by_lists = strictest(count, [(OF_LISTS[one.list_name], list(one.rows)) for one in listed])
        overrule(decisions, by_lists, "lists")
        return decisions

    def new_failures(self) -> list[Failure]:
        """Give the rules that failed for the first time since this was last asked."""
        found = list(self._failures.values())[self._told :] if len(self._failures) > self._told else []
        self._told = len(self._failures)
        return found

    def _ask_rules(
        self, in_force: InForce, payments: Payments, listed: Sequence[Listed], decisions: Decisions
    ) -> None:
        rule_set, compiled, rows = in_force
        everything = len(rows) == len(payments.seconds)

        def column_of(name: str) -> Column:
            column = flags(name, listed, payments) if name in LIST_COLUMNS else payments.column_of(name)
            if everything:
                return column
            return column[rows] if isinstance(column, np.ndarray) else [column[row] for row in rows]

        hits = compiled.hits(column_of, len(rows))
        for place, reason in hits.failed.items():
            name = rule_set.rules[place].name
            self._failures.setdefault((rule_set.version, name), Failure(rule_set.version, name, reason))
            for row in rows.tolist():
                decisions.rules_failed[row] += (name,)
        if everything:
            decisions.rule_sets[:] = [rule_set.version] * len(rows)
        else:
            for row in rows.tolist():
                decisions.rule_sets[row] = rule_set.version
        if not hits.hit.any():
            return
        said: list[tuple[RuleAction, list[int]]] = []
        hit = hits.hit & ~expired(rule_set, payments.seconds[rows])
        for rule, of_rule in zip(rule_set.rules, hit, strict=True):
            here = rows[of_rule].tolist()
            said.append((rule.action, here))
            for row in here:
                decisions.rules_hit[row] += (rule.name,)
        overrule(decisions, strictest(len(payments.seconds), said), "rules")


def flags(name: str, listed: Sequence[Listed], payments: Payments) -> NDArray[np.bool_]:
    """Say which payments are on one list by one of their values."""
    found = np.zeros(len(payments.seconds), np.bool_)
    for one in listed:
        if (one.list_name, one.subject) == LIST_COLUMNS[name]:
            found[list(one.rows)] = True
    return found


def strictest(count: int, said: Sequence[tuple[RuleAction, list[int]]]) -> NDArray[np.int8]:
    """Find the strictest word about each payment, as a place in `DECISIONS`; −1 where there is none."""
    found = np.full(count, UNDECIDED, np.int8)
    for action, rows in said:
        if action != "tag" and rows:
            found[rows] = np.maximum(found[rows], DECISIONS.index(action))
    return found


def overrule(decisions: Decisions, said: NDArray[np.int8], by: DecidedBy) -> None:
    """Put a stronger word in the place of what was decided so far."""
    for row in np.flatnonzero(said != UNDECIDED).tolist():
        decisions.decided[row] = said[row]
        decisions.decided_by[row] = by
