"""Which tables of a store hold what must be kept."""

from clickhouse_connect.driver.client import Client

__all__ = ["LEDGER", "PASSING", "kept_tables"]

LEDGER = "migrations"
PASSING = "staged_"
"""Tables that begin so are of something that was cut off."""


def kept_tables(client: Client) -> list[str]:
    """Name every table that holds rows of its own, but for the ledger of migrations."""
    found = client.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree' "
        "ORDER BY name"
    ).result_rows
    return [name for (name,) in found if name != LEDGER and not name.startswith(PASSING)]
