"""Tables as CSV."""

import csv
import io

import pytest

from console.sheets.blocks import Column, Table, row
from console.sheets.table_csv import table_csv

COLUMNS = (Column("name", "Name"), Column("share", "Share", "number"))


def read(*names: str) -> list[list[str]]:
    rows = tuple(row(name, COLUMNS, name, (0.25, "25 %")) for name in names)
    return list(csv.reader(io.StringIO(table_csv(Table("T", COLUMNS, rows, "")))))


def test_values_and_not_texts_are_written() -> None:
    assert read("a,b", 'c"d') == [["name", "share"], ["a,b", "0.25"], ['c"d', "0.25"]]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\tx", "\rx"])
def test_no_text_is_a_formula(text: str) -> None:
    assert read(text)[1][0] == "'" + text


def test_a_row_has_a_cell_for_each_column() -> None:
    with pytest.raises(ValueError, match="argument"):
        row("k", COLUMNS, "only one")
