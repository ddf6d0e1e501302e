"""What an expression may be made of. Checked before any engine sees it.

An expression is taken apart into words, numbers, texts and signs, and each must be on a list: there is
nothing to escape from. What is left is element by element: no sums over rows, no subqueries, nothing that
reads or writes. So a payment's hits do not depend on its neighbours, and cost is bounded by size.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import pairwise
from typing import NamedTuple

from detectors.errors import RuleRefused
from detectors.rules.columns import COLUMNS

__all__ = ["FUNCTIONS", "KEYWORDS", "MAX_DEPTH", "MAX_OPERATORS", "Token", "checked_columns", "tokens"]

KEYWORDS = frozenset(
    "AND OR NOT IN BETWEEN IS NULL LIKE CASE WHEN THEN ELSE END TRUE FALSE".split()  # noqa: SIM905
)
TEXT_FUNCTIONS = ("ENDS_WITH", "LEFT", "LENGTH", "LOWER", "RIGHT", "STARTS_WITH", "SUBSTR", "UPPER")
NUMBER_FUNCTIONS = ("ABS", "CEIL", "FLOOR", "GREATEST", "LEAST", "ROUND")
FUNCTIONS = frozenset((*TEXT_FUNCTIONS, *NUMBER_FUNCTIONS, "COALESCE", "NULLIF"))
CAST_WORDS = frozenset(["TRY_CAST", "AS", "BIGINT", "DOUBLE", "VARCHAR"])

MAX_OPERATORS = 40
"""The engine's cost grows with the square of a chain: 40 operators cost .3 ms a batch, 200 cost 5 (measured).
"""

MAX_DEPTH = 20
"""Brackets within brackets. Chosen; the engine's parser gives up at 50."""

TOKEN = re.compile(
    r"""(?P<blank>\s+)
       |(?P<text>'(?:[^'\\]|'')*')
       |(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,3})?(?![\w.]))
       |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
       |(?P<operator><=|>=|<>|!=|[<>=+*/%]|-(?!-))
       |(?P<sign>[(),])""",
    re.VERBOSE | re.ASCII,
)
COUNTED_WORDS = frozenset(["AND", "OR", "NOT", "BETWEEN", "LIKE", "WHEN"])


class Token(NamedTuple):
    """A piece of an expression; words that are keywords or functions are in capitals."""

    kind: str
    text: str


END = Token("end", "")


def tokens(when: str) -> Iterator[Token]:
    """Take an expression apart.

    Raises
    ------
    RuleRefused
        At the first character that no piece may begin with.

    """
    place = 0
    while place < len(when):
        found = TOKEN.match(when, place)
        if found is None:
            raise RuleRefused(
                f"{when[place : place + 12]!r} at character {place + 1} cannot be used in rules"
            )
        place = found.end()
        if found.lastgroup == "blank":
            continue
        text, kind = found.group(), str(found.lastgroup)
        capitals = text.upper()
        if kind == "word" and text not in COLUMNS and capitals in KEYWORDS | FUNCTIONS | CAST_WORDS:
            text = capitals
        yield Token(kind, text)


def checked_columns(when: str) -> tuple[str, ...]:
    """Check an expression piece by piece; give the columns that it names, each once.

    Raises
    ------
    RuleRefused
        It names what is neither a column nor a function of the list, is too large, names no column, or goes
        on where it should end: the engine would take that for a name and drop the rest in silence.

    """
    pieces = list(tokens(when))
    check_words(pieces)
    check_size(pieces)
    check_order(pieces)
    columns = dict.fromkeys(piece.text for piece in pieces if piece.kind == "word" and piece.text in COLUMNS)
    if not columns:
        raise RuleRefused("names no column, so it would hit all payments or none")
    return tuple(columns)


def check_words(pieces: Sequence[Token]) -> None:
    """Refuse a word that is on no list."""
    for piece, after in pairwise((*pieces, END)):
        if piece.kind != "word":
            continue
        text, called = piece.text, after.text == "("
        if text in COLUMNS:
            if called:
                raise RuleRefused(f"{text} is a column, not a function")
        elif called and text not in KEYWORDS | FUNCTIONS | {"TRY_CAST"}:
            there = ", ".join(sorted(FUNCTIONS | {"TRY_CAST"}))
            raise RuleRefused(f"unknown function {text}; there are {there}")
        elif not called and text not in KEYWORDS | CAST_WORDS - {"TRY_CAST"}:
            near = get_close_matches(text.lower(), COLUMNS, n=1)
            hint = f", do you mean {near[0]}?" if near else "; `tillwatch rules columns` lists them"
            raise RuleRefused(f"unknown column {text}{hint}")


def check_size(pieces: Sequence[Token]) -> None:
    """Refuse what would cost too much."""
    operators = sum(
        piece.kind == "operator" or (piece.kind == "word" and piece.text in COUNTED_WORDS) for piece in pieces
    )
    if operators > MAX_OPERATORS:
        raise RuleRefused(f"{operators} operators, at most {MAX_OPERATORS}: use IN (…), or make it two rules")


def check_order(pieces: Sequence[Token]) -> None:
    """Refuse brackets that do not close, lists outside of brackets, and two values without a sign between."""
    opened: list[str] = []
    for place, (piece, after) in enumerate(pairwise((*pieces, END))):
        if piece.text in ("(", "CASE") and piece.kind != "text":
            before = pieces[place - 1].text if place else ""
            opened.append("CASE" if piece.text == "CASE" else f"({before}")
        elif piece.text in (")", "END") and piece.kind != "text":
            if not opened or (opened.pop() == "CASE") != (piece.text == "END"):
                raise RuleRefused(f"{piece.text} closes nothing")
        elif piece.text == "," and piece.kind == "sign" and not opened:
            raise RuleRefused("a comma outside of brackets")
        elif piece == Token("word", "AS") and (not opened or opened[-1] != "(TRY_CAST"):
            raise RuleRefused("AS is for TRY_CAST(… AS …) only")
        if len(opened) > MAX_DEPTH:
            raise RuleRefused(f"brackets lie more than {MAX_DEPTH} deep")
        if piece.kind == "operator" and piece.text in "/%" and not is_divisor(after):
            raise RuleRefused(f"divide by a number or by NULLIF(…, 0), not by {after.text or 'nothing'}")
        if is_value_end(piece) and is_value_start(after):
            raise RuleRefused(f"{after.text} after {piece.text}: expected an operator between them")
    if opened:
        raise RuleRefused("a bracket or CASE is not closed")


def is_divisor(piece: Token) -> bool:
    """Whether it cannot be 0: 0 / 0 would be no number, which the engine takes for larger than any."""
    return piece == Token("word", "NULLIF") or (piece.kind == "number" and float(piece.text) != 0)


def is_value_end(piece: Token) -> bool:
    """Whether a value may end with it."""
    if piece.kind == "word":
        return piece.text in COLUMNS or piece.text in ("NULL", "TRUE", "FALSE", "END")
    return piece.kind in ("text", "number") or piece.text == ")"


def is_value_start(piece: Token) -> bool:
    """Whether only a new value can begin with it."""
    if piece.kind == "word":
        return piece.text in COLUMNS or piece.text in FUNCTIONS | {
            "TRY_CAST",
            "CASE",
            "NULL",
            "TRUE",
            "FALSE",
        }
    return piece.kind in ("text", "number") or piece.text == "("
