"""Amounts are converted exactly, minor units included."""

import pytest

from schemas.errors import Stop
from streams.reporting_currency import ReportingCurrency

EUROS = ReportingCurrency("EUR", {"USD": 0.92, "JPY": 0.0061, "KWD": 3.01})


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        (1_234, "EUR", 1_234),
        (1_000, "USD", 920),
        (1_000, "JPY", 610),
        (1_000, "KWD", 301),
        (0, "USD", 0),
        (10**12, "USD", 92 * 10**10),
        (100, "CHF", None),
    ],
)
def test_minor_units_become_the_reporting_currencys(amount: int, currency: str, expected: int | None) -> None:
    assert EUROS.minor(amount, currency) == expected


def test_a_half_is_rounded_to_even() -> None:
    half = ReportingCurrency("EUR", {"USD": 0.5})
    assert [half.minor(amount, "USD") for amount in (1, 3, 5)] == [0, 2, 2]


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan")])
def test_a_rate_that_cannot_be_is_refused(rate: float) -> None:
    with pytest.raises(Stop, match="must be above 0"):
        ReportingCurrency("EUR", {"USD": rate})
