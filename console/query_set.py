"""Every query of the page. A panel is added by its file, its .sql and one line here."""

from typing import Any

from console.panels.context import CONTEXT
from console.panels.day import DAY
from console.panels.expected import EXPECTED
from console.panels.freshness import COMPLETENESS, FRESHNESS
from console.panels.funnel import FUNNEL
from console.panels.latest import LATEST
from console.panels.open_alerts import OPEN_ALERTS
from console.panels.pipeline import DEAD_LETTERS, PACE, WORKERS
from console.panels.rail import WATCHING
from console.panels.running_out import RUNNING_OUT
from console.panels.stores import RANKING, STORES
from console.panels.synthetic import SYNTHETIC
from console.panels.visits import VISITS
from console.query import Query

__all__ = ["QUERIES"]

QUERIES: tuple[Query[Any], ...] = (  # Any: each has its own type of row
    FRESHNESS,
    LATEST,
    DAY,
    VISITS,
    STORES,
    RANKING,
    WORKERS,
    PACE,
    DEAD_LETTERS,
    SYNTHETIC,
    COMPLETENESS,
    OPEN_ALERTS,
    EXPECTED,
    CONTEXT,
    WATCHING,
    FUNNEL,
    RUNNING_OUT,
)
