"""Stock that runs out: the five articles of which the most sales are about to be lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console.language import _, ngettext
from console.panels.open_alerts import SIGNS, AlertRow
from console.query import Query

__all__ = ["RUNNING_OUT", "RunningOut", "RunningOutRow", "running_out"]


@dataclass(frozen=True)
class RunningOutRow:
    """An article at a place; `pieces_lost` in the next 24 hours if none arrive."""

    place_id: str
    sku: str
    level: int
    pieces_an_hour: float
    pieces_lost: float


RUNNING_OUT = Query("running_out", RunningOutRow, every_seconds=5)


@dataclass(frozen=True)
class RunningOut:
    """A line of the panel; `icon` where an alert is open about it."""

    key: str
    sku: str
    place: str
    left: str
    hours: str
    lost: str
    icon: str
    word: str
    level: str


def running_out(
    rows: Sequence[RunningOutRow], alerts: Sequence[AlertRow], names: Mapping[str, str]
) -> tuple[RunningOut, ...]:
    """Write the lines, most pieces first."""
    warned = {
        (row.store_id, row.entity): row for row in alerts if row.open and row.kind == "stock_running_out"
    }
    lines = []
    for row in rows:
        alert = warned.get((row.place_id, row.sku))
        sign = SIGNS[alert.level] if alert else None
        lines.append(
            RunningOut(
                key=f"{row.place_id}|{row.sku}",
                sku=row.sku,
                place=names.get(row.place_id, row.place_id),
                left=ngettext("{number} piece", "{number} pieces", max(0, row.level)),
                hours=hours_left(row),
                lost=_("{pieces_an_hour} pieces an hour", pieces_an_hour=f"{row.pieces_an_hour:.1f}"),
                icon=sign.icon if sign else "",
                word=_(sign.word) if sign else "",
                level=alert.level if alert else "",
            )
        )
    return tuple(lines)


def hours_left(row: RunningOutRow) -> str:
    """Write how long the level lasts at the pace of a usual day or, where more, of the last hour."""
    if row.level <= 0:
        return _("sold out")
    hours = row.level / row.pieces_an_hour
    return _("< 1 h left") if hours < 1 else _("{hours} h left", hours=f"{hours:.0f}")
