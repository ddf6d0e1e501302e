"""What each kind of alert is called, and how it is answered."""

from dataclasses import dataclass

from detectors.watch.book import PAYMENT_KINDS
from schemas.alert import Alert
from schemas.answer import AnswerVerdict

__all__ = ["NAMES", "VERDICTS", "Verdict", "fitting", "said"]


@dataclass(frozen=True)
class Verdict:
    """An answer for people: on its button, and in the past."""

    verdict: AnswerVerdict
    label: str
    key: str


NAMES: dict[str, str] = {
    "payment_fraud": "Suspicious payment",
    "card_spree": "Card spree",
    "card_testing": "Card testing",
    "terminal_fraud": "Terminal",
    "checkout_broken": "Checkout broken",
    "source_silent": "Silence",
    "sales_fallen": "Sales fallen",
    "figure_unusual": "Unusual figure",
    "stock_running_out": "Stock running out",
    "shrinkage": "Shrinkage",
    "price_glitch": "Price glitch",
    "model_drift": "Model",
}
VERDICTS: dict[str, Verdict] = {
    verdict.verdict: verdict
    for verdict in (
        Verdict("fraud", "Fraud", "f"),
        Verdict("genuine", "Genuine", "g"),
        Verdict("real", "Real", "f"),
        Verdict("false_alarm", "False alarm", "g"),
        Verdict("withdrawn", "Taken back", "u"),
    )
}


def fitting(alert: Alert) -> tuple[Verdict, Verdict]:
    """Choose the two answers, as the judge takes them: about payments, or about the business."""
    if alert.kind in PAYMENT_KINDS:
        return VERDICTS["fraud"], VERDICTS["genuine"]
    return VERDICTS["real"], VERDICTS["false_alarm"]


def said(verdict: str) -> str:
    """Name a verdict as on its button; one that is not known here is named as it is."""
    known = VERDICTS.get(verdict)
    return verdict if known is None else known.label
