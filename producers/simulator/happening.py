"""An event on its way: first everything is known but its number, then it is ready to be sent."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from pydantic import BaseModel

from schemas.topics import Topic

__all__ = ["Happening", "PiecesLeft", "SimulatedEvent"]


class SimulatedEvent(NamedTuple):
    """An event that is ready to be sent once the simulated clock shows `at`.

    `at` is later than the event's own time where its source could not send for a while.
    """

    at: datetime
    topic: Topic
    event: BaseModel


class PiecesLeft(NamedTuple):
    """How many pieces of an article a movement takes from a place; negative where it brings some."""

    place_id: str
    sku: str
    pieces: int


class Happening(NamedTuple):
    """One event at its time.

    `build` makes the event from its `run` and `seq`, which are known once the events of its day are in
    order. `source` numbers it; records that no source numbers (labels) take no arguments and have none.
    """

    at: datetime
    topic: Topic
    source: str
    build: Callable[..., BaseModel]
    left: PiecesLeft | None = None
