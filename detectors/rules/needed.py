"""What a payment must have at least for a rule to hit it, read off the expression.

Running a rule costs as much for two payments as for a thousand, and most rules hit almost nothing. Where an
expression is `… AND score > 0.9 AND …`, a batch whose scores are all lower needs no engine to be told so.
Only plain comparisons joined by AND on the outermost level are read; whatever is not understood needs
nothing, so a rule is run too often rather than once too little.
"""

import operator
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.rules.columns import COLUMNS
from detectors.rules.expression import Token, tokens

__all__ = ["Need", "needs"]

Comparison = Callable[[Any, Any], Any]
COMPARISONS: dict[str, Comparison] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "=": operator.eq,
}  # fmt: skip


class Need(NamedTuple):
    """A comparison of a column with a constant that must be true of a payment that is hit."""

    column: str
    compare: Comparison
    value: str | float | bool

    def some(self, values: Sequence[Any] | NDArray[Any]) -> bool:
        """Whether it is true of at least one of the values; missing ones are never hit."""
        if isinstance(values, np.ndarray) and values.dtype != object:
            return bool(self.compare(values, self.value).any())
        if self.compare is operator.eq:
            return self.value in values
        return any(value is not None and self.compare(value, self.value) for value in values)


def needs(when: str) -> tuple[Need, ...]:
    """Read off an expression that was checked what it needs."""
    pieces = list(tokens(when))
    if any(piece.kind == "word" and piece.text in ("OR", "CASE", "BETWEEN", "NOT") for piece in pieces):
        pieces = without_the_unclear(pieces)
    found = [need for part in conjuncts(pieces) if (need := need_of(part)) is not None]
    return tuple(dict.fromkeys(found))


def without_the_unclear(pieces: list[Token]) -> list[Token]:
    """Give nothing where OR and the like stand outside of brackets: AND then means something else."""
    depth = 0
    for kind, text in pieces:
        depth += {"(": 1, ")": -1}.get(text, 0) if kind == "sign" else 0
        if not depth and kind == "word" and text in ("OR", "CASE", "BETWEEN", "NOT"):
            return []
    return pieces


def conjuncts(pieces: list[Token]) -> list[list[Token]]:
    """Part at each AND on the outermost level."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for piece in pieces:
        depth += {"(": 1, ")": -1}.get(piece.text, 0) if piece.kind == "sign" else 0
        if not depth and piece == Token("word", "AND"):
            parts.append([])
        else:
            parts[-1].append(piece)
    return parts


def need_of(part: list[Token]) -> Need | None:
    """Read `column`, or `column operator constant`; None for anything else."""
    if not part or part[0].kind != "word" or part[0].text not in COLUMNS:
        return None
    column = COLUMNS[part[0].text]
    if len(part) == 1 and column.kind == "flag":
        return Need(column.name, operator.eq, value=True)
    if len(part) != 3 or part[1].text not in COMPARISONS:
        return None
    compare, constant = COMPARISONS[part[1].text], part[2]
    if column.kind == "text" and constant.kind == "text" and compare is operator.eq:
        return Need(column.name, compare, constant.text[1:-1].replace("''", "'"))
    if column.kind in ("whole", "number") and constant.kind == "number":
        return Need(column.name, compare, float(constant.text))
    return None
