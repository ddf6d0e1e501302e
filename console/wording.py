"""Figures as people read them. What is not known is "–", never 0."""

from dataclasses import dataclass
from typing import Literal

from console.language import _
from streams.reporting_currency import minor_digits

__all__ = [
    "UNKNOWN",
    "Change",
    "age",
    "change",
    "count",
    "duration_ms",
    "money",
    "percent",
    "plural",
    "rate",
    "symbol",
]

UNKNOWN = "–"
MINUS = "−"
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CHF": "CHF ", "INR": "₹"}
STEADY = 0.005
"""Half a per cent rounds to nothing and is no news."""


@dataclass(frozen=True)
class Change:
    """A comparison in words: how much, which way, and whether that is good.

    The arrow says the direction and `verdict` the judgement, so that neither is left to a colour.
    """

    text: str
    verdict: Literal["better", "worse", ""]


def symbol(currency: str) -> str:
    """Write a currency's sign, or its code and a blank."""
    return SYMBOLS.get(currency, currency + " ")


def money(minor: int | None, currency: str, *, whole: bool = True) -> str:
    """Write minor units, with or without the digits after the point: €48,210 or €184.20."""
    if minor is None:
        return UNKNOWN
    digits = minor_digits(currency)
    amount = abs(minor) / 10**digits
    sign = MINUS if minor < 0 else ""
    return f"{sign}{symbol(currency)}{amount:,.{0 if whole else digits}f}"


def count(number: int | None) -> str:
    """Write a number of things: 1,240."""
    return UNKNOWN if number is None else f"{number:,}".replace("-", MINUS)


def percent(ratio: float | None, digits: int = 1) -> str:
    """Write a share: .034 → 3.4 %."""
    return UNKNOWN if ratio is None else f"{ratio * 100:.{digits}f} %".replace("-", MINUS)


def rate(per_second: float | None) -> str:
    """Write events a second, with a digit more where they are few."""
    if per_second is None:
        return UNKNOWN
    return f"{per_second:,.1f}" if per_second < 10 else f"{per_second:,.0f}"


def duration_ms(milliseconds: float | None) -> str:
    """Write a latency: 17 ms, 2.4 s."""
    if milliseconds is None:
        return UNKNOWN
    return (
        _("{milliseconds} ms", milliseconds=f"{milliseconds:,.0f}")
        if milliseconds < 1000
        else age(milliseconds / 1000)
    )


def age(seconds: float | None) -> str:
    """Write how long ago or how long: 2 s, 3 min, 5 h, 2 d."""
    if seconds is None:
        return UNKNOWN
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"


def plural(number: int, one: str, many: str | None = None) -> str:
    """Write a number with its noun: 1 event, 12 events."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def change(
    now: float | None,
    before: float | None,
    *,
    good: Literal["up", "down", ""],
    against: str = "",
    points: bool = False,
) -> Change:
    """Compare with a week before.

    Parameters
    ----------
    now, before
        The figures, each up to the same moment; None where one is not known. Shares lie in [0, 1].
    good
        The direction that is good for business; empty where neither is.
    against
        What `before` is, for example "last Tuesday"; empty where the place says it.
    points
        The figures are shares, so that their difference is in percentage points.

    """
    if now is None or before is None or (before == 0 and now != 0 and not points):
        return Change(nothing_to_compare(now, before, against), "")
    difference = (now - before) * 100 if points else (now - before) / (abs(before) or 1)
    if abs(difference) < (0.05 if points else STEADY):
        return Change(_("as {against}", against=against) if against else _("no change"), "")
    up = difference > 0
    verdict: Literal["better", "worse", ""] = ""
    if good:
        verdict = "better" if up == (good == "up") else "worse"
    arrow = "↑" if up else "↓"
    if points:
        figure = f"{abs(difference):.1f}"
        size = (
            _("{figure} points on {against}", figure=figure, against=against)
            if against
            else _("{figure} points", figure=figure)
        )
    elif difference >= 20:  # beyond that the figure before was next to nothing
        size = _("far above {against}", against=against) if against else _("far above")
    elif difference >= 2:  # past a tripling a factor reads better than per cent
        size = (
            _("{difference} times {against}", difference=f"{difference + 1:.1f}", against=against)
            if against
            else f"{difference + 1:.1f}×"
        )
    else:
        figure = f"{abs(difference) * 100:.0f}"
        size = _("{figure} % on {against}", figure=figure, against=against) if against else f"{figure} %"
    return Change(f"{arrow} {size}", verdict)


def nothing_to_compare(now: float | None, before: float | None, against: str) -> str:
    """Say why there is no comparison; nothing where today's own figure is unknown, which says it."""
    if now is None or not against:
        return ""
    return (
        _("no figure for {against}", against=against)
        if before is None
        else _("none {against}", against=against)
    )
