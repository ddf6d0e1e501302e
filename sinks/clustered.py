"""The tables for a cluster: every migration with replicated engines, and tables over all shards."""

import re
from collections.abc import Iterator

from sinks.migrate import LEDGER, Migration, statements

__all__ = ["clustered"]

SEVEN_DAYS = 7 * 86_400
ENGINE = re.compile(r"\bENGINE = (\w*)MergeTree\b")
WINDOW = re.compile(r"\bnon_replicated_deduplication_window = (\d+)")
MADE = re.compile(r"\b(CREATE TABLE IF NOT EXISTS) (\w+)|\b(CREATE MATERIALIZED VIEW IF NOT EXISTS) (\w+)")
OBJECT = re.compile(
    r"\b(CREATE (?:OR REPLACE )?(?:TABLE|MATERIALIZED VIEW|VIEW)|ALTER TABLE|DROP (?:TABLE|VIEW))"
    r"((?: IF (?:NOT )?EXISTS)?) (\w+)"
)


def clustered(migrations: list[Migration], cluster: str) -> Iterator[str]:
    """Give the statements of migrations for a cluster, in order.

    Tables are replicated, with the deduplication window that a repeated insert of the sink needs, by count
    and for seven days; `NAME_everywhere` reads a table of all shards. The sink writes to one shard, whichever
    it is connected to, since a block and its token must meet the same table again. The ledger says that all
    is applied.

    Parameters
    ----------
    migrations
        Of this version.
    cluster
        Name of the cluster in the servers' configuration, whose macros are `shard` and `replica`.

    """
    tables: dict[str, None] = {}
    for migration in migrations:
        for statement in statements(migration.text):
            for made in MADE.finditer(statement):
                if made[2]:
                    tables[made[2]] = None
            for dropped in re.findall(r"\bDROP TABLE IF EXISTS (\w+)", statement):
                tables.pop(dropped, None)
            yield replicated(statement, cluster)
    yield replicated(LEDGER.strip(), cluster)
    applied = ", ".join(f"({one.number}, '{one.name}', '{one.checksum}')" for one in migrations)
    yield f"INSERT INTO migrations (number, name, checksum) VALUES {applied}"
    for table in tables:
        yield (
            f"CREATE TABLE IF NOT EXISTS {table}_everywhere ON CLUSTER {cluster} AS {table}\n"
            f"ENGINE = Distributed({cluster}, currentDatabase(), {table})"
        )


def replicated(statement: str, cluster: str) -> str:
    """Write one statement for every server of a cluster."""
    everywhere = OBJECT.sub(rf"\1\2 \3 ON CLUSTER {cluster}", statement, count=1)
    engine = ENGINE.sub(r"ENGINE = Replicated\1MergeTree", everywhere)
    return WINDOW.sub(
        rf"replicated_deduplication_window = \1, replicated_deduplication_window_seconds = {SEVEN_DAYS}",
        engine,
    )
