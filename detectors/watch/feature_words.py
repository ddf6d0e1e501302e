"""What a feature's value means, in words: the same in alerts and on the page."""

from collections.abc import Callable
from math import exp

from detectors.watch.wording import count, share

__all__ = ["RATIOS", "WINDOWS", "Money", "feature_words", "times_of"]

Money = Callable[[float], str]
"""Writes minor units."""

WINDOWS = {
    "payments_10m": (10 / 1_440, "10 min"),
    "payments_1h": (1 / 24, "1 h"),
    "payments_1d": (1.0, "24 h"),
    "payments_14d": (14.0, "14 days"),
}
"""Days and name of the windows in which payments are counted."""

RATIOS = {
    "amount_to_usual": "the usual amount",
    "amount_to_largest": "the largest amount so far",
    "highest_ratio_14d": "the usual amount, the highest in 14 days",
    "second_ratio_14d": "the usual amount, a second time in 14 days",
}
UNKNOWN = {
    "amount_to_largest": (1.0, "no amount above it is known to be genuine"),
    "highest_ratio_14d": (0.0, "nothing paid in 14 days before"),
    "second_ratio_14d": (0.0, "one payment at most in 14 days before"),
}
"""What ratios say where there is nothing to compare with."""

FLAGS = {
    "night": ("paid by day", "paid at night"),
    "weekend": ("paid on a weekday", "paid at the weekend"),
    "declined": ("issuer agreed", "issuer declined"),
    "new_device": ("no new device", "paid with another device than before"),
    "other_country": ("issuer as before", "issuer in another country than before"),
}

CARD_READ = ("card was read", "only the card's stripe was read", "only the card's number is known")

NEVER_SPIKED, NEVER_SEEN = 99, 60
"""Days that stand for never, see `detectors.fraud.features`."""

LARGEST_LOG = 30.0
"""Of a logarithm that is written as a number."""


def feature_words(name: str, value: float, money: Money) -> str:
    """Say one feature and its value. One without words is named as it is, never left out.

    Examples
    --------
    >>> feature_words("terminal_frauds_7d", 3, str)
    'terminal had 3 confirmed frauds this week'

    """
    if name == "amount":
        return f"amount {money(100 * value)}"
    if name == "usual_amount":
        return f"customer usually pays {money(100 * exp(min(value, LARGEST_LOG)))}"
    if name in WINDOWS:
        return f"{count(value + 1, 'payment')} in {WINDOWS[name][1]}"
    if name in RATIOS:
        unknown, words = UNKNOWN.get(name, (None, ""))
        return words if value == unknown else f"{times_of(name, value):.1f} times {RATIOS[name]}"
    if name in FLAGS:
        return FLAGS[name][value > 0]
    said = SAID.get(name)
    return f"{name.replace('_', ' ')} {value:g}" if said is None else said(value)


def times_of(name: str, value: float) -> float:
    """Give a ratio as a number of times; that to the usual amount is a logarithm, of a cent more."""
    return exp(min(value, LARGEST_LOG)) - 0.01 if name == "amount_to_usual" else value


def days_ago(value: float) -> str:
    """Say how long ago something was."""
    return "today" if value < 1 else f"{count(int(value), 'day')} ago"


SAID: dict[str, Callable[[float], str]] = {
    "spikes": lambda value: f"{count(value, 'payment')} far above the usual in 21 days",
    "last_spike_days": lambda value: (
        "no payment far above the usual in 21 days"
        if value >= NEVER_SPIKED
        else f"a payment far above the usual {days_ago(value)}"
    ),
    "first_spike_days": lambda value: (
        "no payment far above the usual in 21 days"
        if value >= NEVER_SPIKED
        else f"payments far above the usual since {days_ago(value)}"
    ),
    "amount_risk": lambda value: f"{share(value)} of such amounts beside the usual were fraud",
    "ratio_strangeness": lambda value: (
        f"such a ratio is {exp(min(value, LARGEST_LOG)):.1f} times likelier with a stolen card"
    ),
    "card_stolen": lambda value: f"card is stolen with {share(value)}, say its payments",
    "declines_1d": lambda value: f"{count(value, 'declined payment')} in 24 h",
    "device_customers_1d": lambda value: (
        f"{count(value, 'other customer')} paid with the device in 24 h" if value else "nobody else's device"
    ),
    "card_weakly_read": lambda value: CARD_READ[min(2, max(0, int(value)))],
    "checks_failed": lambda value: f"{count(value, 'check')} of the card failed",
    "terminal_honest_run": lambda value: f"{count(value, 'genuine verdict')} about the terminal in a row",
    "terminal_unexplained_days": lambda value: (
        "no fraud at the terminal in 60 days"
        if value >= NEVER_SEEN
        else f"terminal had a fraud {days_ago(value)} that no card explains"
    ),
    "terminal_frauds_run": lambda value: f"terminal had {count(value, 'confirmed fraud')} in a row",
    "terminal_unexplained_run": lambda value: f"cards do not explain {value:.1f} of the terminal's frauds",
    "terminal_run_days": lambda value: (
        "no run of frauds at the terminal"
        if value >= NEVER_SPIKED
        else f"frauds at the terminal began {days_ago(value)}"
    ),
    "terminal_run_most_days": lambda value: (
        "no run of frauds at the terminal"
        if value >= NEVER_SPIKED
        else f"frauds at the terminal began at most {count(int(value), 'day')} ago"
    ),
    "terminal_run_gap": lambda value: (
        "nobody knows when trouble at the terminal began"
        if value < 0
        else f"trouble at the terminal began within {count(int(value) + 1, 'day')}"
    ),
    "terminal_honest_days": lambda value: (
        "no genuine verdict about the terminal in 60 days"
        if value >= NEVER_SEEN
        else f"last genuine payment at the terminal {days_ago(value)}"
    ),
    "terminal_compromised": lambda value: f"terminal is compromised with {share(value)}, say its verdicts",
    "terminal_frauds_7d": lambda value: f"terminal had {count(value, 'confirmed fraud')} this week",
    "terminal_labels_30d": lambda value: f"{count(value, 'verdict')} about the terminal in 30 days",
}
