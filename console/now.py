"""The Now page as data: what the template renders, what the stream sends, what the API answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from console.panels.day import Day, Revenue
from console.panels.latest import LatestPayment
from console.panels.pipeline import Pipeline
from console.panels.stores import RankedStore
from console.panels.tiles import Tile
from console.status import Status

__all__ = ["ClockFace", "Now", "PageState"]

PageState = Literal["waiting", "loading", "live", "stale"]


@dataclass(frozen=True)
class ClockFace:
    """The clock of the events. `simulated` keeps it from being taken for the time on the wall."""

    text: str
    zone: str
    simulated: bool


@dataclass(frozen=True)
class Now:
    """One picture of the page. `notes` says per panel what its figures are, or what it misses."""

    taken_at: datetime
    state: PageState
    clock: ClockFace
    status: Status
    revenue: Revenue
    day: Day
    tiles: tuple[Tile, ...]
    stores: tuple[RankedStore, ...]
    latest: tuple[LatestPayment, ...]
    pipeline: Pipeline
    notes: dict[str, str]
