"""What the queries of the sheets about stores answer."""

from dataclasses import dataclass
from datetime import datetime

from console.query import Query

__all__ = [
    "COURSE",
    "METHODS",
    "ONE",
    "SOURCES",
    "CourseRow",
    "MethodRow",
    "OneRow",
    "SourceRow",
]


@dataclass(frozen=True)
class CourseRow:
    """Revenue from `at` for one step, within the range (`current`) or the one before."""

    current: bool
    at: int
    revenue_minor: int
    orders: int


@dataclass(frozen=True)
class OneRow:
    """What one store took from `at` for one step, within the range (`current`) or the one before."""

    current: bool
    at: int
    revenue_minor: int
    orders: int
    sales_minor: int
    declined: int
    refunds: int
    refunded_minor: int
    reviewed: int
    reviewed_minor: int


@dataclass(frozen=True)
class MethodRow:
    """Payments of one method."""

    method: str
    orders: int
    declined: int
    revenue_minor: int


@dataclass(frozen=True)
class SourceRow:
    """What a till says it sent to a topic, and what of it arrived."""

    source: str
    topic: str
    sent: int
    arrived: int
    spooled: int
    heard_at: datetime


COURSE = Query("stores/course", CourseRow)
ONE = Query("stores/one", OneRow)
METHODS = Query("stores/methods", MethodRow, every_seconds=2)
SOURCES = Query("stores/sources", SourceRow, every_seconds=5)
