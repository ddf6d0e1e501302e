"""What a sheet is made of: figures, charts and tables, each value beside its text."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from console.chart_drawing import Drawing, draw, in_figures
from console.language import N_, _

__all__ = ["Body", "Chart", "Column", "Figure", "Level", "Line", "LineStyle", "Row", "Table", "Value", "row"]

Value = str | int | float | bool | None
Level = Literal["", "soon", "now", "silent"]
LineStyle = Literal["actual", "before", "second", "third"]
SIGNS: dict[Level, tuple[str, str]] = {
    "": ("", ""), "soon": ("▲", N_("Look soon")), "now": ("●", N_("Act now")),
    "silent": ("▨", N_("Data missing"))
}  # fmt: skip
"""Icon and word: no colour says anything alone."""


@dataclass(frozen=True)
class Figure:
    """One figure. `value` is for programs, `text` for people; `detail` says what it is of."""

    label: str
    value: Value
    text: str
    unit: str = ""
    detail: str = ""
    level: Level = ""


@dataclass(frozen=True)
class Line:
    """A line of a chart; None = not known. `style` is ink, grey or dashed, never a colour."""

    name: str
    style: LineStyle
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Chart:
    """Lines over seconds since 1970, all of one unit; `description` is for those who cannot see it."""

    title: str
    description: str
    unit: str
    zone: str
    times: tuple[int, ...]
    lines: tuple[Line, ...]
    note: str = ""

    @property
    def drawing(self) -> Drawing:
        """The chart as the page brings it."""
        lines = [(line.style, line.values) for line in self.lines]
        return draw(self.times, lines, self.zone, partial(in_figures, unit=self.unit))


@dataclass(frozen=True)
class Column:
    """A column of a table.

    `long` is a sentence, `number` stands at the right, `bar` is a share of the widest. `english` says that
    its texts come from detectors, contracts or queries, which speak English.
    """

    name: str
    label: str
    kind: Literal["text", "long", "number", "bar"] = "text"
    english: bool = False


@dataclass(frozen=True)
class Row:
    """A line of a table: values by column for programs, texts for people; `address` is where it leads."""

    key: str
    cells: dict[str, Value]
    texts: dict[str, str]
    level: Level = ""
    icon: str = ""
    word: str = ""
    address: str = ""


@dataclass(frozen=True)
class Table:
    """A table; `empty` says what it means that there is no row."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: str
    note: str = ""
    half: bool = False


@dataclass(frozen=True)
class Body:
    """What a sheet shows, by name. `missing` says that what the address names is not there."""

    figures: dict[str, Figure] = field(default_factory=dict)
    charts: dict[str, Chart] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    title: str = ""
    says: str = ""
    missing: str = ""


def row(
    key: str, columns: Sequence[Column], *cells: tuple[Value, str] | str, level: Level = "", address: str = ""
) -> Row:
    """Make a row of one cell for each column: value and text, or a text that is its own value.

    Such a text is translated where it is a word of the contract.

    Raises
    ------
    ValueError
        There are more or fewer cells than columns.

    """
    both = [(cell, _(cell)) if isinstance(cell, str) else cell for cell in cells]
    named = list(zip((column.name for column in columns), both, strict=True))
    icon, word = SIGNS[level]
    return Row(
        key=key,
        cells={name: value for name, (value, _text) in named},
        texts={name: text for name, (_value, text) in named},
        level=level,
        icon=icon,
        word=_(word),
        address=address,
    )
