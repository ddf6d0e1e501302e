"""Metrics: every figure there is, what it means, what it is made of, whose it is and how new.

Nothing is said twice: series, process metrics and the queries of the pages are read where they stand.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from console.language import N_, _
from console.query import Query
from console.sheets.blocks import Body, Column, Figure, Row, Table, row
from console.sheets.page_figures import PageFigure, page_figures
from console.sheets.sheet import Scene, Sheet
from console.wording import UNKNOWN, age, count
from detectors.series.declaration import Series
from detectors.series.table import SERIES
from schemas.metrics import METRICS_EXPOSED, Metric

__all__ = ["FRESH", "METRIC_CENTRE", "FreshRow"]

SERIES_COLUMNS = (
    Column("name", N_("Name"), english=True),
    Column("title", N_("Title"), "long", english=True),
    Column("unit", N_("Unit"), english=True),
    Column("formula", N_("Formula"), "long", english=True),
    Column("dimensions", N_("By"), "long", english=True),
    Column("owner", N_("Owner"), english=True),
    Column("source", N_("Source topic"), "long", english=True),
    Column("fresh", N_("Newest minute"), "number"),
    Column("lineage", N_("Lineage"), "long", english=True),
)
EXPOSED_COLUMNS = (
    Column("name", N_("Name"), english=True),
    Column("unit", N_("Unit"), english=True),
    Column("formula", N_("Meaning"), "long", english=True),
    Column("dimensions", N_("By"), "long", english=True),
    Column("owner", N_("Owner"), english=True),
    Column("worry", N_("When to worry"), "long", english=True),
    Column("lineage", N_("Lineage"), "long", english=True),
)
PAGE_COLUMNS = (
    Column("name", N_("Figure"), english=True),
    Column("formula", N_("What it is"), "long", english=True),
    Column("pages", N_("On the pages"), "long"),
    Column("fresh", N_("Asked every"), "number"),
    Column("lineage", N_("Read from"), "long", english=True),
)
CODE = re.compile("`")


@dataclass(frozen=True)
class FreshRow:
    """The newest minute of a series, when it was heard of, and of how many stores."""

    series: str
    newest_minute: datetime
    heard_at: datetime
    stores: int


FRESH = Query("metrics/series", FreshRow, every_seconds=10)


def compose(scene: Scene) -> Body:
    """Write the sheet."""
    fresh = {one.series: one for one in scene.readings.of(FRESH)}
    figures = page_figures()
    return Body(
        figures={
            "series": Figure(_("Series per minute"), len(SERIES), count(len(SERIES)), "series"),
            "exposed": Figure(
                _("Metrics of processes"), len(METRICS_EXPOSED), count(len(METRICS_EXPOSED)), "metrics"
            ),
            "pages": Figure(_("Figures of pages"), len(figures), count(len(figures)), "queries"),
        },
        tables={
            "series": Table(
                _("Series per minute"),
                SERIES_COLUMNS,
                tuple(series_row(one, fresh.get(one.name), scene) for one in SERIES.values()),
                "",
                scene.note(_("declared once, counted by the series agent, judged by the judge"), FRESH),
            ),
            "pages": Table(
                _("Figures of the pages"),
                PAGE_COLUMNS,
                tuple(page_row(one) for one in figures),
                "",
                _("a figure on two pages is the same query"),
            ),
            "exposed": Table(
                _("Metrics of processes"),
                EXPOSED_COLUMNS,
                tuple(exposed_row(one) for one in METRICS_EXPOSED.values()),
                "",
                _("each process serves them at /metrics for Prometheus"),
            ),
        },
    )


def series_row(one: Series, fresh: FreshRow | None, scene: Scene) -> Row:
    """Write one series."""
    behind = None if fresh is None else (scene.day.now - fresh.newest_minute).total_seconds()
    return row(
        one.name,
        SERIES_COLUMNS,
        one.name,
        one.title,
        one.unit,
        one.meaning.replace("`", ""),
        ", ".join(one.dimensions),
        one.owner,
        one.source,
        (
            None if fresh is None else fresh.newest_minute.isoformat(),
            UNKNOWN if behind is None else _("{age} ago", age=age(behind)),
        ),
        f"{one.source} → series agent → metrics → metrics_minute",
    )


def exposed_row(one: Metric) -> Row:
    """Write one metric of processes."""
    return row(
        one.name,
        EXPOSED_COLUMNS,
        one.name,
        one.unit,
        CODE.sub("", one.meaning),
        ", ".join(("agent", *one.labels)),
        "operations",
        CODE.sub("", one.worry),
        "/metrics → Prometheus",
    )


def page_row(one: PageFigure) -> Row:
    """Write one figure of pages."""
    return row(
        one.name,
        PAGE_COLUMNS,
        one.name,
        one.meaning,
        ", ".join(_(page) for page in one.pages),
        (one.every_seconds, f"{one.every_seconds:g} s"),
        ", ".join(one.tables),
    )


METRIC_CENTRE = Sheet(
    name="metrics",
    path="/metric-centre",
    title=N_("Metrics"),
    purpose=N_("Every figure: what it means, its unit, what it is made of, whose it is and how new it is."),
    queries=(FRESH,),
    compose=compose,
)
