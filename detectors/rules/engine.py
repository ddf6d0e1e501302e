"""Rules as polars runs them. The only file that imports it: 80 MB that only rules should cost."""

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.errors import RuleRefused
from detectors.rules.columns import COLUMNS, ColumnKind
from detectors.rules.expression import checked_columns
from detectors.rules.needed import Need, needs
from schemas.rule_set import Rule

__all__ = ["CompiledRules", "Hits", "compile_expression"]

TYPES: dict[ColumnKind, pl.DataType] = {
    "text": pl.String(),
    "whole": pl.Int64(),
    "number": pl.Float64(),
    "flag": pl.Boolean(),
}
FAILURES = (pl.exceptions.PolarsError, pl.exceptions.PanicException)
"""What the engine raises; a panic of its own is no ordinary exception of Python."""

ColumnOf = Callable[[str], Sequence[Any] | NDArray[Any]]


class Compiled(NamedTuple):
    """An expression that can be run, and which columns it names."""

    expression: pl.Expr
    columns: tuple[str, ...]
    needs: tuple[Need, ...]


class Hits(NamedTuple):
    """Which rules hit which payments, shape (n_rules, n_payments), and why some failed, by place."""

    hit: NDArray[np.bool_]
    failed: dict[int, str]


@lru_cache(maxsize=1024)
def compile_expression(when: str) -> Compiled:
    """Check an expression and make it runnable; versions of a set share what did not change.

    Raises
    ------
    RuleRefused
        As `checked_columns`; or it is no SQL, compares what cannot be compared, or is not true or false.

    Cost: about .4 ms, once.

    """
    columns = checked_columns(when)
    empty = pl.DataFrame(schema={name: TYPES[COLUMNS[name].kind] for name in columns})
    try:
        expression = pl.sql_expr(when)
        found = empty.select(expression.alias("hit")).schema["hit"]
    except FAILURES as error:
        raise RuleRefused(first_line(error)) from None
    if found != pl.Boolean:
        raise RuleRefused(f"is {str(found).lower()}, expected true or false, as by a comparison")
    return Compiled(expression.fill_null(value=False), columns, needs(when))


class CompiledRules:
    """The rules of a set, ready to run.

    A missing value makes a comparison neither true nor false, as in SQL; then the rule does not hit. A rule
    that fails on a batch hits none of its payments, and the others are run as if it were not there.

    Parameters
    ----------
    rules
        Of one set.

    Raises
    ------
    RuleRefused
        One of them cannot be used; it is named.

    Cost: 35 µs a rule and batch whatever its size, only for rules that some payment of the batch could hit
    (`needed.py`); and .2 ms a batch if there are any.

    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = rules
        self._compiled = []
        for rule in rules:
            try:
                self._compiled.append(compile_expression(rule.when))
            except RuleRefused as error:
                raise RuleRefused(error.reason, rule.name) from None

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that a rule names, each once."""
        return tuple(dict.fromkeys(name for one in self._compiled for name in one.columns))

    def hits(self, column_of: ColumnOf, count: int) -> Hits:
        """Run all rules on payments.

        Parameters
        ----------
        column_of
            Gives the values of a column by name, one per payment.
        count
            Payments.

        """
        hit = np.zeros((len(self._compiled), count), np.bool_)
        column = cache(column_of)
        places = [
            place
            for place, one in enumerate(self._compiled)
            if all(need.some(column(need.column)) for need in one.needs)
        ]
        if not count or not places:
            return Hits(hit, {})
        used = dict.fromkeys(name for place in places for name in self._compiled[place].columns)
        frame = pl.DataFrame([series(name, column(name)) for name in used])
        try:
            hit[places] = self._run(frame, places)
        except FAILURES:
            return Hits(hit, self._run_alone(frame, places, hit))
        return Hits(hit, {})

    def _run(self, frame: pl.DataFrame, places: Sequence[int]) -> NDArray[np.bool_]:
        run = frame.select(self._compiled[place].expression.alias(str(place)) for place in places)
        return np.array([column.to_numpy() for column in run.get_columns()], np.bool_)

    def _run_alone(
        self, frame: pl.DataFrame, places: Sequence[int], hit: NDArray[np.bool_]
    ) -> dict[int, str]:
        """Run each by itself, so that only those that fail are left out."""
        failed = {}
        for place in places:
            try:
                hit[place] = self._run(frame, [place])[0]
            except FAILURES as error:
                failed[place] = first_line(error)
        return failed


def series(name: str, values: Sequence[Any] | NDArray[Any]) -> pl.Series:
    """Make a column of the kind that its name stands for."""
    kind = TYPES[COLUMNS[name].kind]
    if isinstance(values, np.ndarray) and values.dtype != object:
        return pl.Series(name, np.ascontiguousarray(values), dtype=kind)
    return pl.Series(name, values, dtype=kind)


def first_line(error: BaseException) -> str:
    """Shorten what the engine says to what concerns the rule."""
    return (str(error).splitlines() or ["the engine says nothing"])[0][:300]
