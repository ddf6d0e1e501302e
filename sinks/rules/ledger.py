"""What live rules caught and cost."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from clickhouse_connect.driver.client import Client

__all__ = ["LedgerLine", "ledger", "unrun"]

SQL = Path(__file__).parent / "ledger.sql"


class LedgerLine(NamedTuple):
    """One rule; fields are the columns of `ledger.sql`."""

    rule: str
    last_version: int
    hits: int
    held: int
    frauds: int
    genuine: int
    caught_minor: int
    cost_minor: int
    bothered: int
    first_hit: datetime
    last_hit: datetime


def ledger(client: Client, since: datetime) -> list[LedgerLine]:
    """Add up what each rule did to payments made since a moment."""
    found = client.query(SQL.read_text(), parameters={"since": round(since.timestamp() * 1_000)})
    return [LedgerLine(*row) for row in found.result_rows]


def unrun(client: Client, since: datetime) -> dict[str, int]:
    """Count, by rule, the payments that it could not be run on."""
    found = client.query(
        "SELECT arrayJoin(rules_failed) AS rule, count() FROM scores "
        "WHERE occurred_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') GROUP BY rule ORDER BY rule",
        parameters={"since": round(since.timestamp() * 1_000)},
    )
    return {str(rule): int(count) for rule, count in found.result_rows}
