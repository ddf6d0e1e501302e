"""A table as CSV, for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Sequence

from console.sheets.blocks import Table, Value

__all__ = ["rows_csv", "table_csv"]

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would run."""


def table_csv(table: Table) -> str:
    """Write the values and not the texts, with the names of the API as head."""
    names = [column.name for column in table.columns]
    return rows_csv(names, ([row.cells[name] for name in names] for row in table.rows))


def rows_csv(names: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """Write a head and rows; lines end as RFC 4180 asks."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    writer.writerows([harmless(value) for value in row] for row in rows)
    return out.getvalue()


def harmless(value: Value) -> Value:
    """Keep a spreadsheet from running a text that came in with an event."""
    return "'" + value if isinstance(value, str) and value.startswith(FORMULA) else value
