"""What each kind of alert is called, and how it is answered."""

from dataclasses import dataclass

from console.language import N_, _
from detectors.watch.book import PAYMENT_KINDS
from schemas.alert import AlertKind
from schemas.answer import AnswerVerdict

__all__ = ["NAMES", "VERDICTS", "Verdict", "fitting", "said"]


@dataclass(frozen=True)
class Verdict:
    """An answer for people: on its button, and in the past."""

    verdict: AnswerVerdict
    label: str
    key: str


NAMES: dict[str, str] = {
    "payment_fraud": N_("Suspicious payment"),
    "card_spree": N_("Card spree"),
    "card_testing": N_("Card testing"),
    "terminal_fraud": N_("Terminal"),
    "checkout_broken": N_("Checkout broken"),
    "source_silent": N_("Silence"),
    "sales_fallen": N_("Sales fallen"),
    "figure_unusual": N_("Unusual figure"),
    "stock_running_out": N_("Stock running out"),
    "shrinkage": N_("Shrinkage"),
    "price_glitch": N_("Price glitch"),
    "model_drift": N_("Model"),
}
VERDICTS: dict[str, Verdict] = {
    verdict.verdict: verdict
    for verdict in (
        Verdict("fraud", N_("Fraud"), "f"),
        Verdict("genuine", N_("Genuine"), "g"),
        Verdict("real", N_("Real"), "f"),
        Verdict("false_alarm", N_("False alarm"), "g"),
        Verdict("withdrawn", N_("Taken back"), "u"),
    )
}


def fitting(kind: AlertKind) -> tuple[Verdict, Verdict]:
    """Choose the two answers, as the judge takes them: about payments, or about the business."""
    if kind in PAYMENT_KINDS:
        return VERDICTS["fraud"], VERDICTS["genuine"]
    return VERDICTS["real"], VERDICTS["false_alarm"]


def said(verdict: str) -> str:
    """Name a verdict as on its button; one that is not known here is named as it is."""
    known = VERDICTS.get(verdict)
    return verdict if known is None else _(known.label)
