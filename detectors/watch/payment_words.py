"""Why a payment is suspicious, beside what is usual."""

from collections.abc import Mapping
from math import exp

from detectors.fraud.features import FEATURE_NAMES, FEATURES
from detectors.watch.feature_words import RATIOS, WINDOWS, feature_words, times_of
from detectors.watch.paid import Paid, feature_at
from detectors.watch.wording import count, money
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
    return feature_words(name, value, money), value, mean, FEATURES[PLACES[name]].unit


DAYS_BEFORE = 13
"""Of the 14 days those before the burst: it does not make itself usual."""


def burst(one: Paid, name: str, value: float) -> Words:
    """Say how many payments were made lately, this one included, beside the usual number."""
    days, _ = WINDOWS[name]
    text = feature_words(name, value, money)
    if days > DAYS_BEFORE:
        return text, value + 1, None, "payments"
    per_day = max(0.0, feature(one, "payments_14d") - feature(one, "payments_1d")) / DAYS_BEFORE
    often = f"usually {f'{per_day:.1f}'.removesuffix('.0')} a day" if per_day else "none in two weeks before"
    return f"{text}, {often}", value + 1, per_day * days, "payments"


def dear(one: Paid, name: str, value: float, mean: float | None) -> Words:
    """Say an amount, or a ratio, beside what is usual."""
    usual, text = usual_amount(one), feature_words(name, value, money)
    if name == "amount":
        other = mean if usual is None else usual / 100
        whose = "usually" if usual is not None else "on average"
        return text + (f", {whose} {money(100 * other)}" if other is not None else ""), value, other, "EUR"
    if name == "amount_to_usual" and usual is not None:
        text += f" of {money(usual)}"
    return text, times_of(name, value), 1.0, "times"
