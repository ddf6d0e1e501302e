"""Why a payment got its score, in words."""

from collections.abc import Sequence

from console.wording import money, percent, plural

__all__ = ["reason_text", "reasons_text"]

NO_BREAK = "\u00a0"
DAYS = {"1d": "1 day", "7d": "7 days", "30d": "30 days"}


def reason_text(feature: str, value: float, currency: str) -> str:
    """Say one feature and its value. A feature without a sentence is named as it is, never left out."""
    name, _, window = feature.rpartition("_")
    days = DAYS.get(window, "")
    amount = money(round(value * 100), currency, whole=False)
    sentences = {
        "amount": f"amount {amount}",
        "weekend": "at the weekend" if value else "on a weekday",
        "night": "at night" if value else "by day",
        "customer_payments": f"customer’s {ordinal(round(value))} payment in {days}",
        "customer_mean_amount": f"customer’s mean {amount} in {days}",
        "terminal_risk": f"{percent(value, 0)} fraud at terminal in {days}",
        "terminal_labels": f"{plural(round(value), 'verdict')} on terminal in {days}",
    }
    return sentences.get(name if days else feature, f"{feature.replace('_', ' ')} {value:g}")


def reasons_text(features: Sequence[str], values: Sequence[float], currency: str) -> str:
    """Say the reasons of a score, strongest first; a line may only break between them."""
    texts = (reason_text(feature, value, currency) for feature, value in zip(features, values, strict=True))
    return " · ".join(text.replace(" ", NO_BREAK) for text in texts)


def ordinal(number: int) -> str:
    """Write a place in an order: 1st, 2nd, 3rd, 4th, 11th."""
    ending = "th" if number // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"
