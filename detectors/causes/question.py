"""What is asked about a figure, and what an answer needs beside figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from detectors.causes.measures import Measure
from schemas.causes import LeftOut, Nearby

__all__ = ["EVERYTHING", "Question", "Scope", "Surroundings"]


@dataclass(frozen=True)
class Scope:
    """What part of the business is asked about; empty = all of it.

    Parameters
    ----------
    store_id, channel, region
        Where.
    payment_method
        How it was paid; clicks know none.
    category
        What kind of goods; only goods know one.

    """

    store_id: str = ""
    channel: str = ""
    region: str = ""
    payment_method: str = ""
    category: str = ""


EVERYTHING = Scope()


@dataclass(frozen=True)
class Question:
    """What is asked.

    Parameters
    ----------
    measure
        Which figure.
    since, until
        Whole minutes, `until` not included.
    scope
        What part of the business.

    """

    measure: Measure
    since: datetime
    until: datetime
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Surroundings:
    """What the answer needs beside figures.

    Parameters
    ----------
    zone
        For times on the wall.
    store_names
        By id.
    left_out
        Places that are silent; their rows must not be among the figures.
    nearby
        What else happened, nearest first.
    completeness
        Share of events that arrived, of the places that are not left out.

    """

    zone: ZoneInfo
    store_names: Mapping[str, str]
    left_out: tuple[LeftOut, ...] = ()
    nearby: tuple[Nearby, ...] = ()
    completeness: float | None = None
