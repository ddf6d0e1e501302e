"""A store as full as after a month of a busy chain, filled inside ClickHouse by `query_rows/TABLE.sql`."""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from clickhouse_connect.driver.client import Client

from sinks.migrate import migrate

__all__ = ["DAYS", "fill_store"]

FOLDER = Path(__file__).parent / "query_rows"
DAYS = 30
CLICKS_EACH = 3
BLOCK = 1_000_000
TILLS = 400
MERGE_SECONDS = 120.0
"""Merges go on in the background for hours; after this they are not waited for any longer."""
DERIVED = ("labels", "verdicts", "answers", "alert_actions")
"""Made of the rows of other tables, in this order."""


def sizes(rows: int) -> dict[str, int]:
    """Say how many rows each table gets; above a million payments only what comes with them grows."""
    share = min(1.0, rows / 1_000_000)
    return {
        "stores": 40,
        "expectations": 328 * (DAYS + 1),
        "stock_levels": round(200_000 * share),
        "arrivals": 8 * TILLS,
        "alerts": round(10_000 * share),
        "context": 200,
        "dead_letters": round(10_000 * share),
        "worker_status": round(6 * 3 * 86_400 * share),
        "heartbeats": TILLS * DAYS * 1_440 * rows // 10_000_000,
        "metrics": rows,
        "scores": rows,
        "transactions": rows,
        "clicks": CLICKS_EACH * rows,
    }


def fill_store(client: Client, rows: int, end: datetime, announce: Callable[[str], None]) -> None:
    """Make the tables and fill them up to a moment; the views fill the rollups. Wait until merges rest."""
    migrate(client)
    for table, count in sizes(rows).items():
        announce(f"filling {table} with {count:,} rows")
        text = (FOLDER / f"{table}.sql").read_text()
        for first in range(0, count, BLOCK):
            insert(client, text, end, first=first, count=min(BLOCK, count - first), rows=count, days=DAYS)
    for table in DERIVED:
        announce(f"filling {table}")
        insert(client, (FOLDER / f"{table}.sql").read_text(), end)
    deadline = time.monotonic() + MERGE_SECONDS
    while time.monotonic() < deadline and client.query("SELECT count() FROM system.merges").result_rows[0][0]:
        time.sleep(0.5)


def insert(client: Client, text: str, end: datetime, **numbers: int) -> None:
    """Run one of the files with the parameters that it names: another would make its `%` a place for one."""
    given = {"end": int(end.timestamp()), **numbers}
    named = {name: value for name, value in given.items() if f"{{{name}:" in text}
    client.command(text, parameters=named, settings={"insert_deduplicate": 0})
