"""How long events and figures are kept."""

import re
from typing import NamedTuple

from clickhouse_connect.driver.client import Client

from schemas.errors import Stop
from sinks.rollups.registry import ROLLUPS
from sinks.tables.registry import TABLES

__all__ = ["KEPT_BY", "Kept", "keep", "kept_for"]

EVENTS = ("clicks", "heartbeats", "metrics", "scores", "stock_movements", "transactions")
KEPT_BY: dict[str, str] = {
    **{table.name: table.append_time for table in TABLES.values() if table.name in EVENTS},
    **{name: rollup.time for name, rollup in ROLLUPS.items() if rollup.time is not None},
}
"""Tables whose time may be limited, and by which of their times: of events Kafka's, so that a replay of old
events is not deleted as it is written; of figures the time that they are of."""
LIMIT = re.compile(r"\bTTL \w+(?:\(\w+\))? \+ (?:toIntervalDay\((\d+)\)|INTERVAL (\d+) DAY)")


class Kept(NamedTuple):
    """A table, its rows and bytes on disk, and for how many days rows are kept; None = for ever."""

    table: str
    rows: int
    bytes_on_disk: int
    days: int | None


def kept_for(client: Client) -> list[Kept]:
    """List what is kept for how long."""
    found = client.query(
        "SELECT name, ifNull(total_rows, 0), ifNull(total_bytes, 0), create_table_query FROM system.tables "
        "WHERE database = currentDatabase() AND name IN {names:Array(String)} ORDER BY name",
        parameters={"names": list(KEPT_BY)},
    ).result_rows
    return [Kept(name, rows, size, days_of(query)) for name, rows, size, query in found]


def days_of(query: str) -> int | None:
    """Read the limit from the statement that would make the table."""
    match = LIMIT.search(query)
    return int(match[1] or match[2]) if match else None


def keep(client: Client, table: str, days: int | None) -> None:
    """Keep rows of a table for so many days from now on, or for ever. Older ones go in the background.

    Raises
    ------
    Stop
        The time of this table is not to be limited, or less than a day is asked for.

    """
    if table not in KEPT_BY:
        raise Stop(f"{table} is not kept by time, only {', '.join(sorted(KEPT_BY))}")
    if days is None:
        if any(one.days for one in kept_for(client) if one.table == table):
            client.command(f"ALTER TABLE {table} REMOVE TTL")
        return
    if days < 1:
        raise Stop(f"{days} days: rows are kept for a day at least")
    client.command(f"ALTER TABLE {table} MODIFY TTL toDateTime({KEPT_BY[table]}) + INTERVAL {days} DAY")
