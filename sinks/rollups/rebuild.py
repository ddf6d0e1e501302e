"""Making a rollup anew from the rows that it is made of, by the queries of its own views.

The new contents are laid out beside the table and take its place in one step, so readers see the old or the
new, and what was cut off is simply done again. The sink must not write meanwhile: what it wrote after its day
was laid out would be lost.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from secrets import token_hex

from clickhouse_connect.driver.client import Client

from schemas.errors import Stop
from sinks.rollups.registry import ROLLUPS, Rollup, View

__all__ = ["lay_out", "rebuild", "staged", "take_over"]

# Each block here is of rows that are there once; a block that looks like one before must not be dropped.
SETTINGS = {"insert_deduplicate": 0}


def rebuild(
    client: Client,
    name: str,
    *,
    since: date | None = None,
    say: Callable[[str], None] = lambda _: None,
    overtaken: Callable[[], bool] = lambda: False,
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
    overtaken
        Asked before the new contents take their place: whether somebody else has put them there meanwhile.

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
    drop_left_over(client)
    beside = f"{staged(name)}_{token_hex(4)}"  # two sinks that start at once may both be at it
    client.command(f"CREATE TABLE {beside} AS {name}")
    if since is not None:
        kept = f"SELECT * FROM {name} WHERE {rollup.time} < toDateTime('{since}', 'UTC')"
        client.command(f"INSERT INTO {beside} {kept}", settings=SETTINGS)
    lay_out(client, rollup, beside=beside, since=since, say=say)
    if overtaken():
        client.command(f"DROP TABLE {beside}")
    else:
        take_over(client, name, beside)
    return int(client.query(f"SELECT count() FROM {name}").result_rows[0][0])


def staged(table: str) -> str:
    """Name the table in which the new contents of another are laid out."""
    return f"staged_{table}"


def drop_left_over(client: Client) -> None:
    """Drop what somebody laid out who died over it, a day ago or longer."""
    found = client.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, 'staged_')"
        " AND metadata_modification_time < now() - INTERVAL 1 DAY"
    )
    for (name,) in found.result_rows:
        client.command(f"DROP TABLE IF EXISTS {name}")


def take_over(client: Client, table: str, beside: str | None = None) -> None:
    """Put what was laid out in the place of what is there; in the staged table if no other is named."""
    new = beside or staged(table)
    if client.query(f"SELECT count() FROM {new}").result_rows[0][0]:
        client.command(f"ALTER TABLE {table} REPLACE PARTITION tuple() FROM {new}")
    else:  # which ClickHouse refuses to put in the place of anything
        client.command(f"TRUNCATE TABLE {table}")
    client.command(f"DROP TABLE {new}")


def lay_out(
    client: Client,
    rollup: Rollup,
    *,
    source: str | None = None,
    beside: str | None = None,
    since: date | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> None:
    """Fill the staged table of a rollup, day by day.

    Parameters
    ----------
    source
        Read instead of the table that its views read.
    beside
        Filled instead of the staged table.

    """
    new = beside or staged(rollup.name)
    for view in rollup.views:
        query = query_of(client, view)
        table = source or view.reads
        for day in days_of(client, table, view.time, since):
            say(f"{rollup.name}: {view.reads} of {day}")
            client.command(
                f"INSERT INTO {new} {query.replace(PIECE, piece_of(table, view.time, day))}",
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
