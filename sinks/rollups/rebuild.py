"""Making a rollup anew from the rows that it is made of, by the queries of its own views.

The new contents are laid out beside the table and take its place in one step, so readers see the old or the
new, and what was cut off is simply done again. The sink must not write meanwhile: what it wrote after its day
was laid out would be lost.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from clickhouse_connect.driver.client import Client

from schemas.errors import Stop
from sinks.rollups.registry import ROLLUPS, Rollup, View

__all__ = ["lay_out", "rebuild", "staged", "take_over"]

# Each block here is of rows that are there once; a block that looks like one before must not be dropped.
SETTINGS = {"insert_deduplicate": 0}


def rebuild(
    client: Client, name: str, *, since: date | None = None, say: Callable[[str], None] = lambda _: None
) -> int:
    """Make a rollup anew; return how many rows it has then.

    Parameters
    ----------
    client
        As the user who may write.
    name
        The table.
    since
        Rows before this day (UTC) stay as they are: their events may be deleted by now. None = none do.
    say
        Told each day that is laid out.

    Raises
    ------
    Stop
        There is no such rollup, it has no time, or its view is not as this version expects.

    Cost: each table that it is made of is read once; the memory of the rollup of a day.

    """
    if name not in ROLLUPS:
        raise Stop(f"there is no rollup {name}, only {', '.join(sorted(ROLLUPS))}")
    rollup = ROLLUPS[name]
    if since is not None and rollup.time is None:
        raise Stop(f"rows of {name} are of no day: it can only be made anew as a whole")
    client.command(f"DROP TABLE IF EXISTS {staged(name)}")
    client.command(f"CREATE TABLE {staged(name)} AS {name}")
    if since is not None:
        kept = f"SELECT * FROM {name} WHERE {rollup.time} < toDateTime('{since}', 'UTC')"
        client.command(f"INSERT INTO {staged(name)} {kept}", settings=SETTINGS)
    lay_out(client, rollup, since=since, say=say)
    take_over(client, name)
    return int(client.query(f"SELECT count() FROM {name}").result_rows[0][0])


def staged(table: str) -> str:
    """Name the table in which the new contents of another are laid out."""
    return f"staged_{table}"


def take_over(client: Client, table: str) -> None:
    """Put what was laid out in the place of what is there."""
    if client.query(f"SELECT count() FROM {staged(table)}").result_rows[0][0]:
        client.command(f"ALTER TABLE {table} REPLACE PARTITION tuple() FROM {staged(table)}")
    else:  # which ClickHouse refuses to put in the place of anything
        client.command(f"TRUNCATE TABLE {table}")
    client.command(f"DROP TABLE {staged(table)}")


def lay_out(
    client: Client,
    rollup: Rollup,
    *,
    source: str | None = None,
    since: date | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> None:
    """Fill the staged table of a rollup, day by day.

    Parameters
    ----------
    source
        Read instead of the table that its views read.

    """
    for view in rollup.views:
        query = query_of(client, view)
        table = source or view.reads
        for day in days_of(client, table, view.time, since):
            say(f"{rollup.name}: {view.reads} of {day}")
            client.command(
                f"INSERT INTO {staged(rollup.name)} {query.replace(PIECE, piece_of(table, view.time, day))}",
                settings=SETTINGS,
            )


PIECE = "{a piece of what the view reads}"


def query_of(client: Client, view: View) -> str:
    """Give the query of a view, with a mark where it names what it reads.

    Raises
    ------
    Stop
        It does not read what this version expects.

    """
    found = client.query(
        "SELECT as_select FROM system.tables WHERE database = currentDatabase() AND name = {name:String}",
        parameters={"name": view.name},
    ).result_rows
    if not found:
        raise Stop(f"there is no view {view.name}: run this version's migrations")
    query, places = re.subn(rf"\bFROM (\w+\.)?{view.reads}(?=[\s)]|$)", f"FROM {PIECE}", found[0][0])
    if places != 1:
        raise Stop(f"{view.name} does not read {view.reads} as this version expects: {found[0][0]}")
    return query


def days_of(client: Client, table: str, time: str, since: date | None) -> list[date]:
    """List the days that a table has rows of."""
    where = "" if since is None else f"WHERE {time} >= toDateTime('{since}', 'UTC')"
    rows = client.query(
        f"SELECT DISTINCT toDate({time}) AS day FROM {table} {where} ORDER BY day"
    ).result_rows
    return [day for (day,) in rows]


def piece_of(table: str, time: str, day: date) -> str:
    """Give the rows of a day; by the hour too, by which the larger tables are ordered."""
    begin, end = (f"toDateTime('{moment}', 'UTC')" for moment in (day, day + timedelta(days=1)))
    hour = f"toStartOfHour({time})"
    return f"(SELECT * FROM {table} WHERE {hour} >= {begin} AND {hour} < {end})"
