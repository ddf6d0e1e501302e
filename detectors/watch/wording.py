"""Figures as people read them, for the sentences of alerts."""

__all__ = ["CHANNELS", "count", "duration", "money", "share"]

CHANNELS = {"pos": "at the tills", "web": "in the web shop", "app": "in the app"}
"""Where something is sold."""

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0


def money(minor: float, currency: str = "EUR") -> str:
    """Write minor units: 4,797.00 EUR below 10,000, then without cents.

    Examples
    --------
    >>> money(479700), money(123456789)
    ('4,797.00 EUR', '1,234,568 EUR')

    """
    amount = minor / 100
    return f"{amount:,.2f} {currency}" if abs(amount) < 10_000 else f"{amount:,.0f} {currency}"


def count(number: float, one: str, many: str | None = None) -> str:
    """Write a number with its noun: 1 payment, 5 payments.

    Examples
    --------
    >>> count(1, "payment"), count(1240, "payment"), count(2, "article is", "articles are")
    ('1 payment', '1,240 payments', '2 articles are')

    """
    plural = f"{one}s" if many is None else many
    return f"{number:,.0f} {one if number == 1 else plural}"


def duration(seconds: float) -> str:
    """Write a length of time in its two largest units.

    Examples
    --------
    >>> duration(40), duration(600), duration(5400), duration(200_000)
    ('40 s', '10 min', '1 h 30 min', '2 days 7 h')

    """
    if seconds < MINUTE:
        return f"{seconds:.0f} s"
    if seconds < HOUR:
        return f"{seconds / MINUTE:.0f} min"
    if seconds < DAY:
        hours, rest = divmod(round(seconds / MINUTE), 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, rest = divmod(int(seconds // HOUR), 24)
    return f"{count(days, 'day')} {rest} h" if rest else count(days, "day")


def share(part: float) -> str:
    """Write a share in percent: a digit more below 10.

    Examples
    --------
    >>> share(0.21), share(0.006), share(1.0)
    ('21 %', '0.6 %', '100 %')

    """
    percent = 100 * part
    return f"{percent:.1f} %" if 0 < percent < 10 else f"{percent:.0f} %"
