"""The cue sheet: what the simulation makes go wrong, and when. The truth that alerts are held against."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args

from pydantic import Field, TypeAdapter, ValidationError

from producers.errors import CueSheetUnreadable
from schemas.alert import AlertKind, EntityType
from schemas.event import Contract, EventTime

__all__ = [
    "INCIDENT_KINDS",
    "RIGHT_ALERT",
    "Incident",
    "IncidentKind",
    "read_cue_sheet",
    "write_cue_sheet",
]

IncidentKind = Literal[
    "stolen_card_spree",
    "compromised_terminal",
    "card_testing",
    "broken_checkout",
    "silent_store",
    "collapsed_sales",
    "stock_out",
    "shrinkage",
    "price_glitch",
    "fallen_category",
]
INCIDENT_KINDS: tuple[IncidentKind, ...] = get_args(IncidentKind)

RIGHT_ALERT: dict[IncidentKind, AlertKind] = {
    "stolen_card_spree": "card_spree",
    "compromised_terminal": "terminal_fraud",
    "card_testing": "card_testing",
    "broken_checkout": "checkout_broken",
    "silent_store": "source_silent",
    "collapsed_sales": "sales_fallen",
    "stock_out": "stock_running_out",
    "shrinkage": "shrinkage",
    "price_glitch": "price_glitch",
    "fallen_category": "sales_fallen",
}
"""The one right kind of alert for each incident."""


class Incident(Contract):
    """One thing that goes wrong, as whoever arranged it knows it. Nothing that detects may read it."""

    kind: IncidentKind = Field(description="what goes wrong")
    title: str = Field(description="for people, in a few words")
    store_id: str | None = Field(default=None, description="where, if it is one store, web or app")
    entity_type: EntityType = Field(description="what the entity is")
    entity: str = Field(description="id as it appears in the events: card, terminal, device, store or SKU")
    others: tuple[str, ...] = Field(default=(), description="further ids that take part")
    begins_at: EventTime = Field(description="event time at which it starts to show")
    ends_at: EventTime = Field(description="event time at which it is over")


SHEET = TypeAdapter(list[Incident])


def read_cue_sheet(path: Path | None) -> list[Incident]:
    """Read a cue sheet, in the order in which the incidents begin; empty where there is none.

    Raises
    ------
    CueSheetUnreadable
        The file exists and is not a cue sheet.

    """
    if path is None:
        return []
    try:
        return SHEET.validate_json(path.read_bytes())
    except FileNotFoundError:
        return []
    except (OSError, ValidationError) as error:
        raise CueSheetUnreadable(f"{path} is not a cue sheet: {type(error).__name__}") from error


def write_cue_sheet(path: Path, incidents: Sequence[Incident]) -> None:
    """Replace the cue sheet in one step, so that no reader sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    ordered = sorted(incidents, key=lambda incident: (incident.begins_at, incident.kind))
    draft.write_bytes(SHEET.dump_json(ordered, indent=1))
    draft.replace(path)
