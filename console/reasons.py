"""Why a payment got its score, in words."""

from collections.abc import Sequence
from math import exp

from console.wording import money, percent, plural

__all__ = ["reason_text", "reasons_text"]

NEVER = 99
"""Days that stand for never, see `detectors.fraud.features`."""

NO_BREAK = "\u00a0"


def reason_text(feature: str, value: float, currency: str) -> str:
    """Say one feature and its value. A feature without a sentence is named as it is, never left out."""
    amount = money(round(value * 100), currency, whole=False)
    times = f"{value:.1f} times"
    days = f"{plural(int(max(value, 0)), 'day')} ago"
    sentences = {
        "amount": f"amount {amount}",
        "weekend": "at the weekend" if value else "on a weekday",
        "night": "at night" if value else "by day",
        "usual_amount": f"customer usually pays {money(round(exp(min(value, 30)) * 100), currency)}",
        "amount_to_usual": f"{exp(min(value, 30)):.1f} times the usual amount",
        "amount_to_largest": f"{times} the largest amount",
        "highest_ratio_14d": f"{times} the usual amount within 14 days",
        "second_ratio_14d": f"{times} the usual amount, twice within 14 days",
        "payments_14d": f"customer’s {ordinal(round(value) + 1)} payment in 14 days",
        "payments_1d": f"customer’s {ordinal(round(value) + 1)} payment in 1 day",
        "payments_1h": f"customer’s {ordinal(round(value) + 1)} payment in 1 hour",
        "payments_10m": f"customer’s {ordinal(round(value) + 1)} payment in 10 minutes",
        "declines_1d": f"{plural(round(value), 'decline')} in 1 day",
        "spikes": f"{plural(round(value), 'payment')} far above the usual in 21 days",
        "last_spike_days": "not far above the usual before"
        if value >= NEVER
        else f"last far above the usual {days}",
        "first_spike_days": (
            "not far above the usual before" if value >= NEVER else f"first far above the usual {days}"
        ),
        "ratio_strangeness": f"{exp(min(value, 30)):.1f} times likelier with a stolen card",
        "terminal_honest_run": f"{plural(round(value), 'genuine verdict')} in a row at terminal",
        "terminal_unexplained_days": f"fraud at terminal {days} that no card explains",
        "terminal_unexplained_run": f"{value:.1f} frauds at terminal that no card explains",
        "terminal_run_days": "no frauds in a row at terminal"
        if value >= NEVER
        else f"frauds at terminal began {days}",
        "terminal_run_most_days": f"frauds at terminal began at most {days}",
        "terminal_run_gap": f"frauds at terminal began within {plural(round(max(value, 0)) + 1, 'day')}",
        "terminal_honest_days": f"last genuine payment at terminal {days}",
        "amount_risk": f"{percent(value, 0)} of such amounts are fraud",
        "card_stolen": f"card stolen with {percent(value, 0)}",
        "new_device": "another device" if value else "device as before",
        "other_country": "another issuing country" if value else "issuing country as before",
        "card_weakly_read": "card read" if value < 1 else "stripe read" if value < 2 else "only the number",
        "checks_failed": f"{plural(round(value), 'check')} failed",
        "declined": "declined" if value else "not declined",
        "terminal_compromised": f"terminal compromised with {percent(value, 0)}",
        "terminal_frauds_run": f"{plural(round(value), 'fraud')} in a row at terminal",
        "terminal_frauds_7d": f"{plural(round(value), 'fraud')} at terminal in 7 days",
        "terminal_labels_30d": f"{plural(round(value), 'verdict')} on terminal in 30 days",
    }
    return sentences.get(feature, f"{feature.replace('_', ' ')} {value:g}")


def reasons_text(features: Sequence[str], values: Sequence[float], currency: str) -> str:
    """Say the reasons of a score, strongest first; a line may only break between them."""
    texts = (reason_text(feature, value, currency) for feature, value in zip(features, values, strict=True))
    return " · ".join(text.replace(" ", NO_BREAK) for text in texts)


def ordinal(number: int) -> str:
    """Write a place in an order: 1st, 2nd, 3rd, 4th, 11th."""
    ending = "th" if number // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"
