"""Every query of the page. A panel is added by its file, its .sql and one line here."""

from typing import Any

from console.panels.day import DAY
from console.panels.freshness import COMPLETENESS, FRESHNESS
from console.panels.latest import LATEST
from console.panels.pipeline import DEAD_LETTERS, PACE, WORKERS
from console.panels.stores import STORE_REVENUE, STORES
from console.panels.visits import VISITS
from console.query import Query

__all__ = ["QUERIES"]

QUERIES: tuple[Query[Any], ...] = (  # Any: each has its own type of row
    FRESHNESS,
    LATEST,
    DAY,
    VISITS,
    STORES,
    STORE_REVENUE,
    WORKERS,
    PACE,
    DEAD_LETTERS,
    COMPLETENESS,
)
