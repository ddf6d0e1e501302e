"""Why a payment is suspicious, beside what is usual."""

from collections.abc import Callable, Mapping
from math import exp

from detectors.fraud.features import FEATURE_NAMES, FEATURES
from detectors.watch.paid import Paid, feature_at
from detectors.watch.wording import count, money, share
from schemas.alert import AlertReason
from schemas.model import Model

__all__ = ["PLACES", "card_name", "feature", "place_name", "score_reasons", "usual_amount"]

PLACES = {name: place for place, name in enumerate(FEATURE_NAMES)}


def card_name(card: str) -> str:
    """Name a card for people by its last four characters, as receipts do."""
    return f"card …{card[-4:]}"


def place_name(names: list[str]) -> str:
    """Name one store, or the first and how many more."""
    if not names:
        return "an unknown store"
    more = len(names) - 1
    return names[0] if not more else f"{names[0]} and {count(more, 'other store')}"


def usual_amount(one: Paid) -> float | None:
    """Give what the customer usually pays in minor units; None where nothing was paid for two weeks."""
    return 100 * exp(feature(one, "usual_amount")) if feature(one, "payments_14d") else None


def feature(one: Paid, name: str) -> float:
    """Give a feature's value, 0 where there are none."""
    return feature_at(one, PLACES[name])


def score_reasons(one: Paid, models: Mapping[str, Model]) -> tuple[AlertReason, ...]:
    """Put the reasons of a score in words, each with the share of what all of them add."""
    model = models.get(one.version or "")
    added = sum(reason.contribution for reason in one.reasons) or 1.0
    found = []
    for reason in one.reasons:
        mean = None if model is None else model.means[PLACES[reason.feature]]
        text, value, usual, unit = in_words(one, reason.feature, reason.value, mean)
        weight = min(1.0, max(0.0, reason.contribution / added))
        found.append(AlertReason(text=text, value=value, usual=usual, unit=unit, weight=weight))
    return tuple(found)


Words = tuple[str, float, float | None, str]
"""Text, value, what is usual, unit."""


def in_words(one: Paid, name: str, value: float, mean: float | None) -> Words:
    """Say one feature. `mean` is that of all payments the model learnt."""
    if name in WINDOWS:
        return burst(one, name, value)
    if name == "amount" or name in RATIOS:
        return dear(one, name, value, mean)
    if name in SAID:
        return SAID[name](value), value, mean, FEATURES[PLACES[name]].unit
    text, unit = FLAGS[name][value > 0], FEATURES[PLACES[name]].unit
    return text, value, mean, unit


WINDOWS = {"payments_10m": (10 / 1_440, "10 min"), "payments_1h": (1 / 24, "1 h"), "payments_1d": (1, "24 h")}
WINDOWS["payments_14d"] = (14, "14 days")
DAYS_BEFORE = 13
"""Of the 14 days those before the burst: it does not make itself usual."""
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


def burst(one: Paid, name: str, value: float) -> Words:
    """Say how many payments were made lately, this one included, beside the usual number."""
    days, span = WINDOWS[name]
    text = f"{count(value + 1, 'payment')} in {span}"
    if days > DAYS_BEFORE:
        return text, value + 1, None, "payments"
    per_day = max(0.0, feature(one, "payments_14d") - feature(one, "payments_1d")) / DAYS_BEFORE
    often = f"usually {f'{per_day:.1f}'.removesuffix('.0')} a day" if per_day else "none in two weeks before"
    return f"{text}, {often}", value + 1, per_day * days, "payments"


def dear(one: Paid, name: str, value: float, mean: float | None) -> Words:
    """Say an amount, or a ratio, beside what is usual."""
    usual = usual_amount(one)
    if name == "amount":
        other = mean if usual is None else usual / 100
        whose = "usually" if usual is not None else "on average"
        text = money(100 * value) + (f", {whose} {money(100 * other)}" if other is not None else "")
        return text, value, other, "EUR"
    times = exp(value) - 0.01 if name == "amount_to_usual" else value
    if name in UNKNOWN and value == UNKNOWN[name][0]:
        return UNKNOWN[name][1], times, 1.0, "times"
    text = f"{times:.1f} times {RATIOS[name]}"
    if name == "amount_to_usual" and usual is not None:
        text += f" of {money(usual)}"
    return text, times, 1.0, "times"


def days_ago(value: float) -> str:
    """Say how long ago something was."""
    return "today" if value < 1 else f"{count(int(value), 'day')} ago"


CARD_READ = ("card was read", "only the card's stripe was read", "only the card's number is known")

SAID: dict[str, Callable[[float], str]] = {
    "usual_amount": lambda value: f"customer usually pays {money(100 * exp(value))}",
    "spikes": lambda value: f"{count(value, 'payment')} far above the usual in 21 days",
    "last_spike_days": lambda value: (
        "no payment far above the usual in 21 days"
        if value >= 99
        else f"a payment far above the usual {days_ago(value)}"
    ),
    "first_spike_days": lambda value: (
        "no payment far above the usual in 21 days"
        if value >= 99
        else f"payments far above the usual since {days_ago(value)}"
    ),
    "amount_risk": lambda value: f"of such amounts beside the usual {share(value)} were fraud",
    "ratio_strangeness": lambda value: f"such a ratio is {exp(value):.1f} times likelier with a stolen card",
    "card_stolen": lambda value: f"its payments of three weeks say stolen with {share(value)}",
    "declines_1d": lambda value: f"{count(value, 'declined payment')} in 24 h",
    "card_weakly_read": lambda value: CARD_READ[int(value)],
    "checks_failed": lambda value: f"{count(value, 'check')} of the card failed",
    "terminal_honest_run": lambda value: f"{count(value, 'genuine verdict')} about the terminal in a row",
    "terminal_unexplained_days": lambda value: (
        "no fraud at the terminal in 60 days"
        if value >= 60
        else f"terminal had a fraud {days_ago(value)} that no card explains"
    ),
    "terminal_frauds_run": lambda value: f"terminal had {count(value, 'confirmed fraud')} in a row",
    "terminal_unexplained_run": lambda value: f"cards do not explain {value:.1f} of the terminal's frauds",
    "terminal_run_days": lambda value: (
        "no run of frauds at the terminal"
        if value >= 99
        else f"frauds at the terminal began {days_ago(value)}"
    ),
    "terminal_run_most_days": lambda value: (
        "no run of frauds at the terminal"
        if value >= 99
        else f"frauds at the terminal began at most {count(int(value), 'day')} ago"
    ),
    "terminal_run_gap": lambda value: (
        "nobody knows when trouble at the terminal began"
        if value < 0
        else f"trouble at the terminal began within {count(int(value) + 1, 'day')}"
    ),
    "terminal_honest_days": lambda value: (
        "no genuine verdict about the terminal in 60 days"
        if value >= 60
        else f"last genuine payment at the terminal {days_ago(value)}"
    ),
    "terminal_compromised": lambda value: (
        f"its verdicts say that the terminal is compromised with {share(value)}"
    ),
    "terminal_frauds_7d": lambda value: f"terminal had {count(value, 'confirmed fraud')} this week",
    "terminal_labels_30d": lambda value: f"{count(value, 'verdict')} about the terminal in 30 days",
}
