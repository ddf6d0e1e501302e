"""Good records, and card numbers as issuers make them, for the tests of the door."""

from typing import Any

import orjson
from hypothesis import strategies as st

from schemas.card_numbers import ISSUERS

__all__ = ["GOOD", "card_numbers", "grouped", "transaction"]

GOOD: dict[str, Any] = {
    "event_id": "019aae1c-7b40-7c3e-9d51-2f60b8a4e017",
    "source": "till-12-3",
    "run": "2026-11-22T07:55:03Z",
    "seq": 17,
    "occurred_at": "2026-11-22T13:32:07.412Z",
    "payment_id": "p-1",
    "status": "authorised",
    "amount_minor": 4797,
    "currency": "EUR",
    "channel": "pos",
    "terminal_id": "t-12-3",
    "store_id": "s-12",
}


def transaction(**changes: Any) -> bytes:
    """Make a transaction as bytes."""
    return orjson.dumps(GOOD | changes)


@st.composite
def card_numbers(draw: st.DrawFn) -> str:
    """Make a number with an issuer's prefix and length whose last digit makes it pass Luhn."""
    low, high, lengths = draw(st.sampled_from(ISSUERS))
    length = draw(st.sampled_from(sorted(lengths)))
    prefix = str(draw(st.integers(low, high)))
    middle = draw(st.text("0123456789", min_size=length - 5, max_size=length - 5))
    return with_check_digit(prefix + middle)


def with_check_digit(digits: str) -> str:
    """Append the digit that makes the number pass Luhn, computed as Luhn described it."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit)
        if place % 2 == 0:
            value = value * 2 if value < 5 else value * 2 - 9
        total += value
    return digits + str(-total % 10)


@st.composite
def grouped(draw: st.DrawFn, number: str) -> str:
    """Write a number plain or in groups, as people and programs do."""
    separator = draw(st.sampled_from(["", " ", "-", "  ", " - ", "\u00a0", "\u2013"]))
    cuts = sorted(draw(st.sets(st.integers(1, len(number) - 1), max_size=6)))
    pieces = [number[start:end] for start, end in zip([0, *cuts], [*cuts, len(number)], strict=True)]
    return separator.join(pieces)
