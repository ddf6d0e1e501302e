"""The matching rule: which alert found which incident, and which alerts are false.

An incident is found by the first alert of its own kind that is about it and was noticed between its beginning
and its end plus a grace: labels, counts and spools come late. An alert is

- *right* if it found an incident, or repeats such a finding;
- *background* if it is about a card or terminal that the ordinary thefts of the simulation really hit;
- an *echo* if another kind of alert names the place of an incident while it lasts: no news, but not wrong;
- *outside* if it is a suspicious payment, whose number is a budget and whose truth are labels;
- *false* otherwise.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from producers.cue_sheet import RIGHT_ALERT, Incident, IncidentKind
from schemas.alert import AlertKind
from tillwatch.incidents.raised import RaisedAlert

__all__ = ["IncidentFound", "Matching", "Verdict", "finds", "in_time", "match"]

Verdict = Literal["right", "background", "echo", "outside", "false"]

BY_STORE: frozenset[IncidentKind] = frozenset({"broken_checkout", "silent_store", "collapsed_sales"})
BY_ARTICLE: frozenset[IncidentKind] = frozenset({"stock_out", "shrinkage"})

GRACE = timedelta(hours=1)
"""For most: somebody still acts on it. Chosen."""

LABEL_GRACE = timedelta(hours=4)
"""For a compromised terminal: its customers report after the payments. Chosen."""

MISTAKEN_FOR_SILENCE: frozenset[AlertKind] = frozenset({"sales_fallen", "figure_unusual", "checkout_broken"})
STOLEN: frozenset[AlertKind] = frozenset({"card_spree", "card_testing", "terminal_fraud"})


@dataclass(frozen=True)
class IncidentFound:
    """One incident, the alert that found it, and the kind of the first alert that named its place."""

    incident: Incident
    alert: RaisedAlert | None
    first_kind: str | None

    @property
    def delay(self) -> timedelta | None:
        """Event time from the beginning to the notice."""
        return None if self.alert is None else self.alert.noticed_at - self.incident.begins_at


@dataclass(frozen=True)
class Matching:
    """Every incident with what found it, and every alert with its verdict."""

    incidents: tuple[IncidentFound, ...]
    verdicts: tuple[tuple[RaisedAlert, Verdict], ...]
    silent_as_fallen: int
    """Alerts that took a silent store for fallen sales or a broken checkout."""

    @property
    def found(self) -> int:
        """Count the incidents that were found."""
        return sum(one.alert is not None for one in self.incidents)

    def having(self, verdict: Verdict) -> list[RaisedAlert]:
        """List the alerts with a verdict."""
        return [alert for alert, given in self.verdicts if given == verdict]


def match(
    incidents: Sequence[Incident], alerts: Sequence[RaisedAlert], background: Collection[str]
) -> Matching:
    """Hold alerts against the truth.

    Parameters
    ----------
    incidents
        What was made to happen.
    alerts
        What was raised in the same time, in the order of notice, each alert once.
    background
        Ids of cards, customers and terminals that the ordinary thefts hit.

    """
    found = tuple(
        IncidentFound(
            incident,
            next((alert for alert in alerts if finds(alert, incident)), None),
            next((alert.kind for alert in alerts if names_place(alert, incident)), None),
        )
        for incident in incidents
    )
    silent = [incident for incident in incidents if incident.kind == "silent_store"]
    mistaken = [
        alert
        for alert in alerts
        if alert.kind in MISTAKEN_FOR_SILENCE and any(names_place(alert, incident) for incident in silent)
    ]
    return Matching(
        found,
        tuple((alert, verdict(alert, incidents, background)) for alert in alerts),
        len(mistaken),
    )


def verdict(alert: RaisedAlert, incidents: Sequence[Incident], background: Collection[str]) -> Verdict:
    """Judge one alert."""
    if any(finds(alert, incident) for incident in incidents):
        return "right"
    if alert.kind == "payment_fraud":
        return "outside"
    about = {alert.entity, *alert.customers, *alert.terminals}
    if alert.kind in STOLEN and not about.isdisjoint(background):
        return "background"
    if any(names_place(alert, incident) for incident in incidents):
        return "echo"
    return "false"


def finds(alert: RaisedAlert, incident: Incident) -> bool:
    """Say whether an alert is of the right kind, about the incident and in time."""
    return alert.kind == RIGHT_ALERT[incident.kind] and in_time(alert, incident) and is_about(alert, incident)


def in_time(alert: RaisedAlert, incident: Incident) -> bool:
    """Say whether an alert was noticed while the incident lasted, or within the grace."""
    grace = LABEL_GRACE if incident.kind == "compromised_terminal" else GRACE
    return incident.begins_at <= alert.noticed_at <= incident.ends_at + grace


def is_about(alert: RaisedAlert, incident: Incident) -> bool:
    """Say whether an alert of the right kind is about this incident and not another of its kind."""
    if incident.kind in BY_STORE:
        return alert.store_id == incident.store_id
    if incident.kind in BY_ARTICLE:
        # an article at a store is named either as such or together with the store
        return alert.store_id == incident.store_id and alert.entity.split("|")[-1] == incident.entity
    return alert.entity.split("|")[-1] in (incident.entity, *incident.others)


def names_place(alert: RaisedAlert, incident: Incident) -> bool:
    """Say whether an alert names the store or somebody who is part of the incident while it lasts."""
    if not in_time(alert, incident):
        return False
    parts = {incident.entity, *incident.others}
    if incident.store_id is not None and alert.store_id == incident.store_id:
        return True
    return not parts.isdisjoint({alert.entity.split("|")[-1], *alert.customers, *alert.terminals})
