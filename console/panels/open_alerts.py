"""Alerts as the Now page needs them: the worst first, in one sentence, with their sign."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from console.language import N_
from console.query import Query
from schemas.alert import AlertKind, EntityType, Severity

__all__ = [
    "OF_PEOPLE",
    "OPEN_ALERTS",
    "SIGNS",
    "AlertLevel",
    "AlertRow",
    "Sign",
    "headline",
    "last_ended",
    "worst_first",
]

SAYS_SOMETHING = 20
"""Characters; "Kiel silent since 13:20" has 23, "Card ending in 1234" fewer. Chosen, not tuned."""

AlertLevel = Literal["now", "soon", "silent"]

OF_PEOPLE: frozenset[EntityType] = frozenset({"card", "device"})
"""What is somebody's. A payment's id names nobody: tills and receipts bear it."""


@dataclass(frozen=True)
class Sign:
    """Shape and word of a level, so that neither is left to the colour."""

    icon: str
    word: str


SIGNS: dict[AlertLevel, Sign] = {
    "now": Sign("●", N_("Act now")),
    "soon": Sign("▲", N_("Look soon")),
    "silent": Sign("▨", N_("Silent")),
}


@dataclass(frozen=True)
class AlertRow:
    """An alert as it stands. Event times, `detected_at` by wall clock; `store_id` empty = not one store."""

    alert_id: str
    kind: AlertKind
    severity: Severity
    entity_type: EntityType
    entity: str
    store_id: str
    sentence: str
    events: int
    money_at_risk_minor: int
    per_hour_minor: int | None
    since: datetime
    noticed_at: datetime
    ended_at: datetime | None
    answer_at: datetime | None
    detected_at: datetime
    open: bool

    @property
    def level(self) -> AlertLevel:
        """Its colour: that of missing data for a source that is silent, else that of its severity."""
        return "silent" if self.kind == "source_silent" else self.severity

    @property
    def address(self) -> str:
        """Where it is explained and answered."""
        return f"/alerts/{self.alert_id}"


OPEN_ALERTS = Query("open_alerts", AlertRow)


def worst_first(rows: Iterable[AlertRow], stores: Collection[str] = ()) -> list[AlertRow]:
    """Sort the open ones: what needs somebody now, then by money, then the oldest.

    Parameters
    ----------
    rows
        Open and ended ones.
    stores
        Only those about one of these; empty = all.

    """
    chosen = [row for row in rows if row.open and (not stores or row.store_id in stores)]
    return sorted(
        chosen, key=lambda row: (row.severity != "now", -row.money_at_risk_minor, row.since, row.alert_id)
    )


def headline(row: AlertRow) -> str:
    """Cut out what is wrong: figures and reasons after it are for the alert's own page.

    A sentence says first what is wrong and then, after a colon, by which figures. A short name before a colon
    says nothing yet.
    """
    first = row.sentence.partition(". ")[0].partition("; ")[0].rstrip(".")
    what, _, _ = first.partition(": ")
    return what if len(what) >= SAYS_SOMETHING else first


def last_ended(rows: Sequence[AlertRow]) -> datetime | None:
    """Find when the last alert ended or was answered, event time; None if none was lately."""
    moments = [moment for row in rows for moment in (row.ended_at, row.answer_at) if moment and not row.open]
    return max(moments, default=None)
