"""What the queries of the sheet Models answer."""

from dataclasses import dataclass
from datetime import datetime

from console.query import Query

__all__ = [
    "DECISIONS",
    "DRIFTS",
    "LISTED",
    "MATURED",
    "REASONS",
    "DecisionRow",
    "DriftRow",
    "ListedRow",
    "MaturedRow",
    "ReasonRow",
]


@dataclass(frozen=True)
class ListedRow:
    """A model that was published."""

    version: str
    line: str
    kind: str
    feature_set: str
    features: int
    valid_from: datetime
    learnt_from: datetime
    learnt_to: datetime
    labels: int
    frauds: int
    threshold: float
    alerts_per_day: float
    parent: str


@dataclass(frozen=True)
class MaturedRow:
    """How well a line of models, or what scored, ranked payments whose verdict is known by now."""

    subject: str
    version: str
    day: datetime
    window_days: int
    payments: int
    labelled: int
    unlabelled_share: float
    frauds: int
    average_precision: float
    average_precision_low: float
    average_precision_high: float
    card_precision: float
    cards_per_day: int


@dataclass(frozen=True)
class DecisionRow:
    """A decision about which model scores."""

    action: str
    version: str
    line: str
    valid_from: datetime
    by: str
    who: str
    reason: str


@dataclass(frozen=True)
class DriftRow:
    """A figure that changed its level; `shift` in standard deviations of single payments."""

    figure: str
    segment: str
    found_at: datetime
    usual: float
    now: float
    shift: float
    payments: int


@dataclass(frozen=True)
class ReasonRow:
    """How often a feature was a reason, of how many `scored`, and its mean contribution in log odds."""

    feature: str
    payments: int
    contribution: float
    scored: int


LISTED = Query("models/listed", ListedRow, every_seconds=10)
MATURED = Query("models/matured", MaturedRow, every_seconds=10)
DECISIONS = Query("models/decisions", DecisionRow, every_seconds=10)
DRIFTS = Query("models/drifts", DriftRow, every_seconds=10)
REASONS = Query("models/reasons", ReasonRow, every_seconds=10)
