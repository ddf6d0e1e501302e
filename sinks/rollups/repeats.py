"""Deleting what sources sent twice from a table that was written when the sink did not look at numbers.

Whatever is cut off is done again: what was found stays in a staged table, its first day as comment, until all
is done, so figures are made anew also if the rows are gone already.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from secrets import token_hex

from clickhouse_connect.driver.client import Client

from sinks.keeping.retention import kept_for
from sinks.rollups.rebuild import SETTINGS, rebuild, staged
from sinks.rollups.registry import ROLLUPS, Rollup

__all__ = ["keep_first_rows"]

FIND = Path(__file__).parent / "repeats.sql"
PLACE = "received_at, kafka_partition, kafka_offset"


def keep_first_rows(client: Client, table: str, *, overtaken: Callable[[], bool] = lambda: False) -> int:
    """Keep the first row of each number; make rollups of the table anew. Return how many rows were deleted.

    Where there was nothing to delete, nothing is made anew.

    Parameters
    ----------
    client
        As the user who may write; the sink must not write meanwhile.
    table
        Of numbered events.
    overtaken
        As of `rebuild`.

    Cost: the table is read twice, hour by hour: 3.5 s for 5 million rows.

    """
    prefix = staged(f"repeats_of_{table}_")
    staging = prefix + token_hex(4)  # two sinks that start at once may both be at it
    client.command(
        f"CREATE TABLE {staging} (day Date, received_at DateTime64(3, 'UTC'), kafka_partition UInt16, "
        "kafka_offset UInt64) ENGINE = MergeTree ORDER BY day"
    )
    client.command(FIND.read_text(), parameters={"staging": staging, "table": table}, settings=SETTINGS)
    found, day = client.query(f"SELECT count(), min(day) FROM {staging}").result_rows[0]
    if found:
        client.command(f"ALTER TABLE {staging} MODIFY COMMENT '{day}'")
        client.command(
            f"ALTER TABLE {table} DELETE WHERE ({PLACE}) IN (SELECT {PLACE} FROM {staging}) "
            "SETTINGS mutations_sync = 2, allow_nondeterministic_mutations = 1"
        )
    first_day = first_day_of(client, prefix)
    if first_day is not None:
        for rollup in ROLLUPS.values():
            if any(view.reads == table for view in rollup.views):
                since = max(first_day, whole_since(client, rollup))
                rebuild(client, rollup.name, since=since, overtaken=overtaken)
    client.command(f"DROP TABLE {staging}")
    return int(found)


def first_day_of(client: Client, prefix: str) -> date | None:
    """Give the first day that the comment of a staged table names, of one that was cut off too."""
    days = client.query(
        "SELECT min(comment) FROM system.tables WHERE database = currentDatabase() "
        "AND startsWith(name, {prefix:String}) AND notEmpty(comment) HAVING count() > 0",
        parameters={"prefix": prefix},
    ).result_rows
    return date.fromisoformat(days[0][0]) if days else None


def whole_since(client: Client, rollup: Rollup) -> date:
    """Give the first day of which retention has deleted no row that a rollup is made of."""
    tables = {rollup.name, *(view.reads for view in rollup.views)}
    limits = [one.days for one in kept_for(client) if one.table in tables and one.days is not None]
    return datetime.now(UTC).date() - timedelta(days=min(limits) - 1) if limits else date.min
