"""A panel's query: a .sql file with typed parameters, and the type of its rows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from console.trading_day import TradingDay

__all__ = ["FOLDER", "SPARKLINE", "Parameter", "Query", "query_parameters", "runnable"]

Parameter = int | str | list[str]

FOLDER = Path(__file__).parent / "queries"
PARAMETER = re.compile(r"\{(\w+):([^}]+)\}")
SPARKLINE = timedelta(hours=2)
FUNNEL = timedelta(hours=1)
MOMENTS = frozenset({
    "now", "day_start", "until", "week_start", "week_until", "week_end", "sparkline_start",
    "week_sparkline_start", "funnel_start", "week_funnel_start", "wall",
})  # fmt: skip
"""Parameters that are the same for all who look; every other one says what somebody asks for."""

Row = TypeVar("Row")


@dataclass(frozen=True)
class Query(Generic[Row]):
    """A file and what it answers.

    Parameters
    ----------
    name
        The file, without `.sql`.
    row
        A frozen dataclass; its fields are the columns.
    every_seconds
        How often the figures are worth asking for.
    folder
        Where the file is; what others ask too lies with them.

    """

    name: str
    row: type[Row]
    every_seconds: float = 1.0
    folder: Path = FOLDER

    @cached_property
    def sql(self) -> str:
        """The text of the file."""
        return (self.folder / f"{self.name}.sql").read_text()

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The names of its parameters."""
        return frozenset(name for name, _type in PARAMETER.findall(self.sql))

    @property
    def selected(self) -> bool:
        """Whether its answer depends on what is asked for."""
        return bool(self.parameters - MOMENTS)

    @cached_property
    def adapter(self) -> TypeAdapter[list[Row]]:
        """Check rows as they come from the store."""
        return TypeAdapter(list[self.row])  # type: ignore[name-defined]  # the type is only known when it runs


def query_parameters(day: TradingDay, wall: datetime) -> dict[str, Parameter]:
    """Compute the moments that a query may name, in whole seconds since 1970.

    Queries that a sheet asks for its range are asked for today by others.
    """
    return {
        name: int(moment.timestamp())
        for name, moment in {
            "now": day.now,
            "day_start": day.start,
            "until": day.until,
            "week_start": day.week_start,
            "week_until": day.week_until,
            "week_end": day.week_end,
            "sparkline_start": day.until - SPARKLINE,
            "week_sparkline_start": day.week_until - SPARKLINE,
            "funnel_start": day.until - FUNNEL,
            "week_funnel_start": day.week_until - FUNNEL,
            "wall": wall,
            "begin": day.start,
            "end": day.until,
            "before_begin": day.week_start,
            "before_end": day.week_until,
        }.items()
    }


def runnable(query: Query[Row], parameters: Mapping[str, Parameter]) -> str:
    """Write the parameters into the text of a query, for people to run elsewhere; the console never does."""
    return PARAMETER.sub(lambda found: literal(parameters[found[1]], found[2]), query.sql)


def literal(value: Parameter, kind: str) -> str:
    r"""Write a value of one of ClickHouse's types in its SQL.

    Examples
    --------
    >>> literal("Lou's", "String"), literal([], "Array(String)"), literal(0, "DateTime('UTC')")
    ("'Lou\\'s'", 'CAST([] AS Array(String))', "toDateTime('1970-01-01 00:00:00', 'UTC')")

    """
    if isinstance(value, list):
        return f"CAST([{', '.join(literal(one, 'String') for one in value)}] AS {kind})"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace("'", "\\'")
        return f"'{escaped}'"
    if kind.startswith("DateTime"):
        return f"toDateTime('{datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M:%S}', 'UTC')"
    return str(value)
