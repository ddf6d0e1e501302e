"""Incidents and alerts as the matching sees them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from producers.cue_sheet import Incident
from tillwatch.incidents.raised import RaisedAlert

__all__ = ["NOON", "alert", "incident"]

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def incident(**changes: Any) -> Incident:
    """A store that falls silent from noon to one, if nothing else is said."""
    fields: dict[str, Any] = {
        "kind": "silent_store",
        "title": "Köln Dom goes silent",
        "store_id": "store-07",
        "entity_type": "store",
        "entity": "store-07",
        "begins_at": NOON,
        "ends_at": NOON + timedelta(hours=1),
    }
    return Incident(**(fields | changes))


def alert(minutes: float, **changes: Any) -> RaisedAlert:
    """The right alert for that store, noticed so many minutes after noon."""
    noticed = NOON + timedelta(minutes=minutes)
    fields: dict[str, Any] = {
        "alert_id": f"alert-{minutes}-{changes.get('kind', '')}",
        "kind": "source_silent",
        "entity": "store-07",
        "store_id": "store-07",
        "sentence": "Köln Dom silent since 12:00.",
        "since": noticed,
        "noticed_at": noticed,
        "until": None,
        "customers": frozenset(),
        "terminals": frozenset(),
    }
    return RaisedAlert(**(fields | changes))
