"""Table and JSON line of `tillwatch explain`."""

from collections.abc import Sequence

import orjson
from rich.console import Console
from rich.table import Column, Table

from detectors.fraud.champions import Verdict
from detectors.fraud.explaining import Explained
from detectors.fraud.features import FEATURE_NAMES
from detectors.watch.paid import paid
from detectors.watch.payment_words import score_reasons
from schemas.model import Model
from schemas.score import Reason, Score
from streams.reporting_currency import minor_digits

__all__ = ["explained_line", "explained_lines"]


def explained_line(score: Score, found: Explained) -> str:
    """Write a JSON line."""
    payment = score.payment
    other = found.counterfactual
    record = {
        "event_id": None if payment is None else str(payment.event_id),
        "occurred_at": None if payment is None else payment.occurred_at,
        "amount_minor": None if payment is None else payment.amount_minor,
        "currency": None if payment is None else payment.currency,
        "model_version": score.model_version,
        "score": score.score,
        "threshold": score.threshold,
        "decision": score.decision,
        "decided_by": score.decided_by,
        "score_again": found.verdict.score,
        "threshold_again": found.verdict.threshold,
        "base_log_odds": found.base,
        "reasons": [reason.model_dump() for reason in score.reasons],
        "reasons_again": [reason._asdict() for reason in found.verdict.reasons],
        "added_log_odds": dict(zip(FEATURE_NAMES, found.added.tolist(), strict=True)),
        "agrees": not found.differences,
        "differences": found.differences,
        "counterfactual": None if other is None else other._asdict(),
    }
    return orjson.dumps(record).decode()


def explained_lines(score: Score, found: Explained, models: Sequence[Model], *, first: bool) -> None:
    """Show an explanation."""
    screen = Console(highlight=False)

    def line(text: str) -> None:
        screen.print(text, markup=False, soft_wrap=True)

    if not first:
        line("")
    payment = score.payment
    if payment is not None:
        line(
            f"payment {payment.event_id}, {payment.occurred_at:%Y-%m-%d %H:%M:%S} UTC, "
            f"{money(payment.amount_minor, payment.currency)}, scored by {score.model_version}"
        )
    line(f"score {text(score.score)}, threshold {text(score.threshold)}: {decided(score)}")
    table = Table("reason", Column("adds", justify="right"), Column("again", justify="right"), box=None)
    for why, added, again in reason_rows(score, found.verdict, models):
        table.add_row(why, added, again)
    if table.row_count:
        screen.print(table)
    line(counterfactual_text(score, found))
    if found.differences:
        line(f"does not agree: {'; '.join(found.differences)}")
    else:
        line(f"agrees: made again from the stored features, the score is {found.verdict.score:.9f}")


def reason_rows(score: Score, verdict: Verdict, models: Sequence[Model]) -> list[tuple[str, str, str]]:
    """Put each reason in words, with the log odds that were said and those found now."""
    again = {reason.feature: f"{reason.contribution:+.3f}" for reason in verdict.reasons}
    # The words are those of alerts, which have them for what is to be looked at.
    told = score.reasons or tuple(Reason(**reason._asdict()) for reason in verdict.reasons)
    reasons = tuple(reason for reason in told if reason.feature in FEATURE_NAMES)
    one = paid(score.model_copy(update={"decision": "review", "reasons": reasons}))
    words = [] if one is None else score_reasons(one, {model.version: model for model in models})
    return [
        (word.text, f"{reason.contribution:+.3f}" if score.reasons else "", again.get(reason.feature, ""))
        for word, reason in zip(words, reasons, strict=True)
    ]


def counterfactual_text(score: Score, found: Explained) -> str:
    """Say at what amount the payment would have passed."""
    other, payment = found.counterfactual, score.payment
    if other is None or payment is None:
        return "the score lies under the threshold"
    said = (
        "at no smaller amount would it have passed"
        if other.passes_minor is None
        else f"at {money(other.passes_minor, payment.currency)} it would have passed"
    )
    return said + (f" ({', '.join(other.held)} held as stored)" if other.held else "")


def decided(score: Score) -> str:
    """Say what was decided, and by whom if not by the model."""
    by = "" if score.decided_by == "model" else f" by {score.decided_by}"
    return f"{score.decision}{by}"


def money(minor: int, currency: str) -> str:
    """Write an amount in its currency."""
    digits = minor_digits(currency)
    return f"{minor / 10**digits:,.{digits}f} {currency}"


def text(value: float | None) -> str:
    """Write a probability."""
    return "none" if value is None else f"{value:.6f}"
