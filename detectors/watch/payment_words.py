"""Why a payment is suspicious, beside what is usual."""

from collections.abc import Mapping

from detectors.fraud.features import FEATURE_NAMES
from detectors.watch.paid import Paid
from detectors.watch.wording import count, money, share
from schemas.alert import AlertReason
from schemas.model import Model

__all__ = ["card_name", "feature", "place_name", "score_reasons", "usual_amount"]

PLACES = {name: place for place, name in enumerate(FEATURE_NAMES)}
DAYS = {"1d": 1, "7d": 7, "30d": 30}
SPANS = {"1d": "24 h", "7d": "7 days", "30d": "30 days"}


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
    """Give the mean of the customer's other payments of 30 days in minor units; None if there was none.

    The windows of the features count the payment itself, so it is taken out again.
    """
    number, mean = feature(one, "customer_payments_30d"), feature(one, "customer_mean_amount_30d")
    if number < 2:
        return None
    return max(0.0, 100 * (number * mean - feature(one, "amount")) / (number - 1))


def feature(one: Paid, name: str) -> float:
    """Give a feature's value, 0 where there are none."""
    return one.features[PLACES[name]] if one.features else 0.0


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


def in_words(one: Paid, name: str, value: float, mean: float | None) -> tuple[str, float, float | None, str]:
    """Say one feature: text, value, what is usual, unit. `mean` is that of all payments the model learnt."""
    stem, _, window = name.rpartition("_")
    days, span = DAYS.get(window, 0), SPANS.get(window, "")
    usual = usual_amount(one)
    usually = None if usual is None else usual / 100
    if name == "amount":
        other = mean if usually is None else usually
        whose = "usually" if usually is not None else "on average"
        text = money(100 * value) + (f", {whose} {money(100 * other)}" if other is not None else "")
        return text, value, other, "EUR"
    if stem == "customer_mean_amount":
        other = mean if usually is None else usually
        text = f"{money(100 * value)} on average in {span}"
        return text + (f", usually {money(100 * other)}" if other is not None else ""), value, other, "EUR"
    if stem == "customer_payments":
        expected = feature(one, "customer_payments_30d") * days / 30 if days < 30 else mean
        text = count(value, "payment") + f" in {span}"
        return (
            text + (f", usually {expected:.1f}" if expected is not None else ""),
            value,
            expected,
            "payments",
        )
    if stem == "terminal_risk":
        labels = round(feature(one, f"terminal_labels_{window}"))
        frauds = count(round(value * labels), "confirmed fraud")
        text = f"terminal had {frauds} in {span}, {share(value)} of its verdicts"
        return text + (f", usually {share(mean)}" if mean is not None else ""), value, mean, "share"
    if stem == "terminal_labels":
        text = f"{count(value, 'verdict')} about the terminal in {span}"
        return text + (f", on average {mean:.0f}" if mean is not None else ""), value, mean, "verdicts"
    text = {"night": ("by day", "at night"), "weekend": ("on a weekday", "at the weekend")}[name][value > 0]
    return f"paid {text}", value, mean, "share"
