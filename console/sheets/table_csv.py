"""A table as CSV, for spreadsheets."""

import csv
import io

from console.sheets.blocks import Table, Value

__all__ = ["table_csv"]

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would run."""


def table_csv(table: Table) -> str:
    """Write the values and not the texts, with the names of the API as head; lines end as RFC 4180 asks."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.name for column in table.columns])
    for row in table.rows:
        writer.writerow([harmless(row.cells[column.name]) for column in table.columns])
    return out.getvalue()


def harmless(value: Value) -> Value:
    """Keep a spreadsheet from running a text that came in with an event."""
    return "'" + value if isinstance(value, str) and value.startswith(FORMULA) else value
