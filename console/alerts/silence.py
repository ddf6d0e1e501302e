"""When nobody was heard, and nobody had to be: what tells fallen sales from a silent store."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from console.opening import is_open
from console.panels.stores import StoreRow
from console.query import Query

__all__ = ["HEARD", "HeardRow", "closed", "inside", "silences"]

QUIET = timedelta(minutes=6)
"""Sources beat every two minutes: three missed beats are silence."""


@dataclass(frozen=True)
class HeardRow:
    """A minute in which somebody was heard, by a heartbeat or by an event."""

    minute: datetime
    heartbeat: bool


HEARD = Query("alerts/heard", HeardRow)


def closed(times: Sequence[int], slot_seconds: int, store: StoreRow | None) -> tuple[tuple[int, int], ...]:
    """Find the stretches in which a store is closed; all stores together, and an unknown one, never are."""
    if store is None:
        return ()
    zone = ZoneInfo(store.time_zone)
    shut = [
        (slot, slot + slot_seconds)
        for slot in times
        if not is_open(store.opening_hours, zone, datetime.fromtimestamp(slot, zone))
    ]
    return joined(shut)


def silences(
    heard: Sequence[HeardRow], begin: datetime, end: datetime, shut: Sequence[tuple[int, int]]
) -> tuple[tuple[int, int], ...] | None:
    """Find the stretches without any sign of life; None where nobody sends heartbeats."""
    if not any(row.heartbeat for row in heard):
        return None
    signs = sorted({int(row.minute.timestamp()) for row in heard})
    moments = [int(begin.timestamp()), *signs, int(end.timestamp())]
    quiet = ((before + 60 if before in signs else before, after) for before, after in pairwise(moments))
    # cut first: a store that was closed a minute ago has not been silent all night
    return tuple(
        (start, stop)
        for one in quiet
        for start, stop in without(one, shut)
        if stop - start > QUIET.total_seconds()
    )


def without(stretch: tuple[int, int], holes: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Cut holes out of a stretch."""
    rest = [stretch]
    for start, end in holes:
        rest = [
            piece
            for low, high in rest
            for piece in ((low, min(high, start)), (max(low, end), high))
            if piece[0] < piece[1]
        ]
    return rest


def joined(stretches: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Join stretches that touch."""
    found: list[tuple[int, int]] = []
    for start, end in stretches:
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)


def inside(slot: int, slot_seconds: int, stretches: Sequence[tuple[int, int]]) -> bool:
    """Whether a slot lies in one of the stretches, for its larger part."""
    middle = slot + slot_seconds / 2
    return any(start <= middle < end for start, end in stretches)
