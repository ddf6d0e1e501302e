"""Amounts of many currencies in one, so that they can be added up."""

from collections.abc import Mapping
from fractions import Fraction

from schemas.errors import Stop

__all__ = ["ReportingCurrency"]

# ISO 4217: currencies whose minor unit is not a hundredth.
NO_MINOR_UNIT = frozenset(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()  # noqa: SIM905
)
THOUSANDTHS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})


class ReportingCurrency:
    """Converts amounts at fixed rates.

    Parameters
    ----------
    currency
        The reporting currency, ISO 4217.
    rates
        Units of the reporting currency per unit of another, each above 0. A currency without a rate has no
        amount in the reporting currency.

    Raises
    ------
    Stop
        If a rate is not above 0.

    """

    def __init__(self, currency: str, rates: Mapping[str, float]) -> None:
        self.currency = currency
        self._factors: dict[str, Fraction] = {}
        for other, rate in rates.items():
            if not rate > 0:
                raise Stop(f"the exchange rate of {other} is {rate}; it must be above 0")
            minor = Fraction(10) ** (minor_digits(currency) - minor_digits(other))
            self._factors[other] = Fraction(str(rate)) * minor

    def minor(self, amount_minor: int, currency: str) -> int | None:
        """Convert minor units into the reporting currency's, half to even; None without a rate."""
        if currency == self.currency:
            return amount_minor
        factor = self._factors.get(currency)
        return None if factor is None else round(amount_minor * factor)


def minor_digits(currency: str) -> int:
    """Digits after the point of an amount in a currency."""
    if currency in NO_MINOR_UNIT:
        return 0
    return 3 if currency in THOUSANDTHS else 2
