"""The table of incidents: what happened, how soon it was noticed, and in which words."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rich.table import Table

from producers.cue_sheet import RIGHT_ALERT
from tillwatch.incidents.matching import IncidentFound

__all__ = ["incident_table"]


def incident_table(found: Sequence[IncidentFound], ended: datetime, zone: ZoneInfo) -> Table:
    """Lay the incidents that began until the end out for people, in the order in which they began."""
    noticed = sum(one.alert is not None for one in found)
    title = f"Incidents of the simulation: {noticed} of {len(found)} alerted by the right kind"
    table = Table(title=title, expand=True, show_lines=True)
    table.add_column("began", no_wrap=True)
    table.add_column("incident", ratio=2)
    table.add_column("alerted after", justify="right", no_wrap=True)
    table.add_column("sentence", ratio=3)
    for one in sorted(found, key=lambda one: one.incident.begins_at):
        incident = one.incident
        table.add_row(
            f"{incident.begins_at.astimezone(zone):%a %H:%M}",
            incident.title,
            in_minutes(one.delay) if one.delay else "not yet" if incident.ends_at > ended else "NOT ALERTED",
            missed(one) if one.alert is None else one.alert.sentence,
        )
    return table


def missed(one: IncidentFound) -> str:
    """Say what was expected of an incident that nobody noticed."""
    expected = RIGHT_ALERT[one.incident.kind]
    if one.first_kind is None:
        return f"expected an alert of the kind {expected}; nothing named its place"
    return f"expected an alert of the kind {expected}; the first that named its place was {one.first_kind}"


def in_minutes(delay: timedelta) -> str:
    """Write a delay: 3 min."""
    return f"{delay / timedelta(minutes=1):.0f} min"
