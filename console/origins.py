"""Where from? What a figure of Now is, the query behind it as it can be run again, and the rows behind it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.language import N_, _
from console.panels.day import DAY
from console.panels.visits import VISITS
from console.query import Parameter, Query, runnable
from console.sheets.blocks import Value
from console.sheets.page_figures import page_figures
from console.sheets.table_csv import rows_csv

__all__ = ["ORIGINS", "FigureOrigin", "origin", "origin_csv"]

OF_DAY = ("period", "bucket", "finished")
OF_VISITS = ("period", "whole", "bucket", "sessions", "paying")


@dataclass(frozen=True)
class Origin:
    """A figure: its title, what it is in a sentence or two, its query, and the columns that it is made of."""

    title: str
    definition: str
    query: Query[Any]  # Any: each has its own type of row
    columns: tuple[str, ...]


ORIGINS: dict[str, Origin] = {
    "revenue": Origin(
        N_("Revenue today"),
        N_("What was authorised, less voided and refunded, in the finished minutes since midnight."),
        DAY,
        (*OF_DAY, "revenue_minor"),
    ),
    "day": Origin(
        N_("Revenue by ten minutes"),
        N_("What was authorised, less voided and refunded, by ten minutes; the chart has a minute of it."),
        DAY,
        (*OF_DAY, "revenue_minor"),
    ),
    "orders": Origin(
        N_("Orders"),
        N_("Payments authorised in the finished minutes since midnight."),
        DAY,
        (*OF_DAY, "orders"),
    ),
    "basket": Origin(
        N_("Basket"),
        N_("Money of the payments authorised, divided by their number."),
        DAY,
        (*OF_DAY, "sales_minor", "orders"),
    ),
    "conversion": Origin(
        N_("Conversion"),
        N_("Visits to web shop and app that paid, divided by all visits; each counts once."),
        VISITS,
        OF_VISITS,
    ),
    "refunds": Origin(
        N_("Refunds"),
        N_("Money that was paid back, and its share of the payments authorised."),
        DAY,
        (*OF_DAY, "refunds", "refunded_minor", "sales_minor"),
    ),
    "declined": Origin(
        N_("Declined payments"),
        N_("Payments declined, divided by those authorised or declined."),
        DAY,
        (*OF_DAY, "declined", "payments"),
    ),
    "review": Origin(
        N_("Fraud money stopped"),
        N_("Money of the payments that were held for somebody to look at."),
        DAY,
        (*OF_DAY, "reviewed", "reviewed_minor"),
    ),
}
"""By name in the address; those of tiles are the tiles' keys."""


@dataclass(frozen=True)
class FigureOrigin:
    """Where a figure comes from. `query` has its parameters written in, so that it runs as it is."""

    name: str
    title: str
    definition: str
    reads: str
    query: str


def origin(name: str, parameters: Mapping[str, Parameter]) -> FigureOrigin:
    """Say where a figure comes from, as it was last asked."""
    one = ORIGINS[name]
    listed = next(figure for figure in page_figures() if figure.name == one.query.name)
    reads = _(
        "Query {name}, asked every {seconds} s, reads {tables}.",
        name=one.query.name,
        seconds=f"{one.query.every_seconds:g}",
        tables=", ".join(listed.tables),
    )
    return FigureOrigin(name, _(one.title), _(one.definition), reads, runnable(one.query, parameters))


def origin_csv(name: str, rows: Mapping[str, Iterable[Any]]) -> str:
    """Write the rows that a figure is made of; moments are ISO 8601, money in minor units."""
    one = ORIGINS[name]
    found = rows.get(one.query.name, ())
    return rows_csv(one.columns, ([written(getattr(row, column)) for column in one.columns] for row in found))


def written(value: Value | datetime) -> Value:
    """Write a moment as the JSON has it."""
    return value.isoformat() if isinstance(value, datetime) else value
