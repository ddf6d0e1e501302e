"""The Now page as data: what the template renders, what the stream sends, what the API answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from console.panels.cues import Cues
from console.panels.day import Revenue
from console.panels.day_chart import Day
from console.panels.funnel import FunnelStep
from console.panels.latest import LatestPayment
from console.panels.pipeline import Pipeline
from console.panels.rail import Rail
from console.panels.running_out import RunningOut
from console.panels.store_wall import StoreGroup
from console.panels.stores import RankedStore
from console.panels.tiles import LineTimes, Tile
from console.selection import Selection
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
    """One picture of the page. `notes` says per panel what its figures are, or what it misses.

    Everything is about `selection` but the sentence, the pipeline and the script, which are about all.
    """

    taken_at: datetime
    state: PageState
    selection: Selection
    clock: ClockFace
    status: Status
    open_alerts: str
    rail: Rail
    revenue: Revenue
    day: Day
    tiles: tuple[Tile, ...]
    tile_lines: LineTimes
    store_wall: tuple[StoreGroup, ...]
    stores: tuple[RankedStore, ...]
    latest: tuple[LatestPayment, ...]
    funnel: tuple[FunnelStep, ...]
    running_out: tuple[RunningOut, ...]
    pipeline: Pipeline
    cues: Cues | None
    notes: dict[str, str]
