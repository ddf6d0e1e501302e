"""What an alert's most suspicious payment was judged by: its features' values, and the event as it came."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from console.language import _
from console.panels.latest import score_text
from console.query import Query
from console.wording import money
from detectors.fraud.features import FEATURE_NAMES, FEATURE_SET
from detectors.watch.feature_words import feature_words
from schemas.alert import Alert, AlertPayment

__all__ = ["SCORED", "Evidence", "ScoredRow", "evidence", "most_suspicious"]


@dataclass(frozen=True)
class ScoredRow:
    """A payment's score with all that it was made of. `event` is a line of JSON, empty where none is kept."""

    feature_set: str
    features: list[float]
    reasons_feature: list[str]
    reasons_contribution: list[float]
    model_version: str
    score: float | None
    threshold: float | None
    event: str


SCORED = Query("alerts/scored", ScoredRow)


@dataclass(frozen=True)
class FeatureLine:
    """A feature: its name in the contract, its value, what that means, and what it added to the log odds."""

    name: str
    value: str
    words: str
    added: str


@dataclass(frozen=True)
class Evidence:
    """The section. `event` is the event as JSON, or why none is shown."""

    note: str
    features: tuple[FeatureLine, ...]
    event: str


def most_suspicious(alert: Alert) -> AlertPayment | None:
    """Choose the payment that the alert rests on most; None where it rests on none."""
    known = alert.counterfactual.event_id if alert.counterfactual is not None else None
    return max(
        alert.payments,
        key=lambda one: (one.event_id == known, one.score or 0.0, one.occurred_at),
        default=None,
    )


def evidence(rows: Sequence[ScoredRow], currency: str) -> Evidence | None:
    """Write it; None where the score is not kept, or not yet."""
    if not rows:
        return None
    row = rows[0]
    readable = row.feature_set == FEATURE_SET and len(row.features) == len(FEATURE_NAMES)
    note = _(
        "score {score}, threshold {threshold}, model {model}, features {set}",
        score=score_text(row.score),
        threshold=score_text(row.threshold),
        model=row.model_version or _("none"),
        set=row.feature_set or _("none"),
    )
    if not readable:
        note += ". " + _("Their names are not those of this version, so they are not shown.")
    added = dict(zip(row.reasons_feature, row.reasons_contribution, strict=True))
    return Evidence(
        note=note,
        features=tuple(
            FeatureLine(
                name=name,
                value=f"{value:.6g}".replace("-", "−"),
                words=feature_words(name, value, lambda minor: money(round(minor), currency, whole=False)),
                added=f"{added[name]:+.3f}".replace("-", "−") if name in added else "",
            )
            for name, value in zip(FEATURE_NAMES, row.features, strict=True)
        )
        if readable
        else (),
        event=said(row.event),
    )


def said(event: str) -> str:
    """Lay an event out for reading, without what it does not say."""
    if not event:
        return _("It is not kept any more.")
    fields = {name: value for name, value in orjson.loads(event).items() if value not in (None, [], "")}
    return orjson.dumps(fields, option=orjson.OPT_INDENT_2).decode()
