"""Cells that many tables have: a value for programs and its text."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from console.alerts.times import clock_text
from console.language import _
from console.sheets.blocks import Figure, Level
from console.sheets.sheet import Scene
from console.wording import UNKNOWN, age, change, count, money, percent

__all__ = [
    "ago_cell",
    "bar_cell",
    "change_cell",
    "count_cell",
    "count_figure",
    "moment_cell",
    "money_cell",
    "points",
    "share_cell",
    "share_of",
]

Cell = tuple[str | int | float | bool | None, str]


def count_cell(number: int | None) -> Cell:
    """Write a number of things."""
    return number, count(number)


def count_figure(label: str, number: int | None, unit: str, detail: str = "", *, level: Level = "") -> Figure:
    """Write a number of things as a figure."""
    return Figure(label, number, count(number), unit, detail, level)


def money_cell(minor: int | None, scene: Scene, *, whole: bool = True) -> Cell:
    """Write money of the reporting currency; the value is in minor units."""
    return minor, money(minor, scene.currency, whole=whole)


def share_of(part: float | None, whole: float | None) -> float | None:
    """Divide, unless a part is not known or there is nothing to divide by."""
    return None if part is None or not whole else part / whole


def share_cell(part: float | None, whole: float | None, digits: int = 1) -> Cell:
    """Write a share."""
    share = share_of(part, whole)
    return share, UNKNOWN if share is None else percent(share, digits)


def bar_cell(value: float, largest: float) -> Cell:
    """Draw a bar beside the largest."""
    share = max(0.0, min(1.0, value / largest)) if largest > 0 else 0.0
    return round(share, 4), f"{100 * share:.1f}%"


def change_cell(
    now: float | None, before: float | None, scene: Scene, *, good: Literal["up", "down", ""]
) -> Cell:
    """Write a change as a ratio, with the word that says whether it is good; empty where none is asked."""
    if scene.span.comparison == "none":
        return None, ""
    compared = change(now, before, good=good)
    ratio = None if now is None or not before else round(now / before - 1, 4)
    text = f"{compared.text} {_(compared.verdict)}".strip()
    return ratio, text or UNKNOWN


def moment_cell(moment: datetime | None, scene: Scene, *, seconds: bool = False) -> Cell:
    """Write a moment of the events' clock."""
    if moment is None:
        return None, UNKNOWN
    return moment.isoformat(), clock_text(moment, scene.day.now, scene.zone, seconds=seconds)


def ago_cell(moment: datetime | None, scene: Scene) -> Cell:
    """Write how long ago something of the wall's clock was."""
    if moment is None:
        return None, UNKNOWN
    return moment.isoformat(), _("{age} ago", age=age((scene.wall - moment).total_seconds()))


def points(
    known: Mapping[int, float], times: Iterable[int], *, from_first: bool = False
) -> tuple[float | None, ...]:
    """Lay values on the points of a chart; after the first that is known, none may mean 0."""
    first = min(known, default=None)
    quiet = 0.0 if from_first else None
    return tuple(known.get(moment, None if first is None or moment < first else quiet) for moment in times)
