"""Where the figures of the pages come from: every query with its meaning, its tables and its pages."""

import re
from functools import cache
from typing import Any, NamedTuple

from console.alerts.course import COURSE, EXPECTED
from console.alerts.evidence import SCORED
from console.alerts.page import LIST_QUERIES
from console.alerts.silence import HEARD
from console.alerts.stored import ACTED, ANSWERED, HIDDEN, ONE, PAYMENTS
from console.alerts.surroundings import AROUND, MOVED
from console.language import N_
from console.query import Query
from console.query_set import QUERIES

__all__ = ["PageFigure", "page_figures"]

FROM = re.compile(r"\b(?:FROM|JOIN)\s+([a-z_]+)\b")
PASSING = re.compile(r"\b([a-z_]+) AS\s*\(")
"""What a query names for itself."""
OF_ONE_ALERT = (ONE, ANSWERED, ACTED, HIDDEN, PAYMENTS, SCORED, AROUND, MOVED, COURSE, EXPECTED, HEARD)
ALERT_QUERIES: tuple[Query[Any], ...] = (*LIST_QUERIES, *OF_ONE_ALERT)


class PageFigure(NamedTuple):
    """A query: what its file says it is, the tables and views it reads, and the pages that show it."""

    name: str
    meaning: str
    tables: tuple[str, ...]
    pages: tuple[str, ...]
    every_seconds: float


@cache
def page_figures() -> tuple[PageFigure, ...]:
    """List every query of every page, by name."""
    from console.sheets.picture import asked_queries  # noqa: PLC0415  # the registry lists this sheet too
    from console.sheets.registry import SHEETS  # noqa: PLC0415

    shown: dict[str, tuple[Query[Any], list[str]]] = {}
    pages = [(N_("Now"), QUERIES), (N_("Alerts"), ALERT_QUERIES)]
    pages += [(sheet.title, asked_queries(sheet)) for sheet in SHEETS]
    for title, queries in pages:
        for query in queries:
            on = shown.setdefault(query.name, (query, []))[1]
            if title not in on:
                on.append(title)
    return tuple(figure(query, on) for _, (query, on) in sorted(shown.items()))


def figure(query: Query[Any], pages: list[str]) -> PageFigure:
    """Read what a query's file says of itself."""
    lines = query.sql.splitlines()
    heading = [line.removeprefix("--").strip() for line in lines if line.startswith("--")]
    body = "\n".join(line for line in lines if not line.startswith("--"))
    tables = tuple(sorted(set(FROM.findall(body)) - set(PASSING.findall(body))))
    return PageFigure(query.name, " ".join(heading), tables, tuple(pages), query.every_seconds)
