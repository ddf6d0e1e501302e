"""Exchanging rows of `scores` for those of another generation, with every rollup made of them.

The rows of the same payments change places: as many are there after as before, and each payment has one.
The new contents are laid out beside the tables, counted, and then put in place of the old ones, one table
after the other. Each step may be repeated, so a switch that was cut off is simply made again. The sink must
not write meanwhile.
"""

from collections.abc import Sequence
from typing import NamedTuple

from clickhouse_connect.driver.client import Client

from schemas.errors import Stop
from sinks.rollups.rebuild import SETTINGS, lay_out, staged, take_over
from sinks.rollups.registry import ROLLUPS as EVERY_ROLLUP

__all__ = ["Exchange", "exchange", "forget", "kept_rows", "tables_there"]

SCORES = "scores"
OF_LATE = "appended_at >= toStartOfDay(now() - INTERVAL 6 DAY)"
"""Rows of `review_payments` that cannot have gone by themselves."""
ROLLUPS = {
    "payments_minute": ("sum(events)", "countIf(disposition IN ('scored', 'followed'))"),
    "payment_parts": ("sum(events)", "countIf(disposition IN ('scored', 'followed'))"),
    "goods_minute": ("sum(lines)", "sumIf(length(goods_category), status = 'authorised')"),
    "rule_hit_payments": ("count()", "sum(length(rules_hit))"),
    "review_payments": (f"countIf({OF_LATE})", f"countIf(disposition = 'scored' AND {OF_LATE})"),
}
"""Made of scores by their event time; what must be the same figure in each and in scores."""
STAGED_SCORES = staged(SCORES)


class Exchange(NamedTuple):
    """What to exchange.

    Parameters
    ----------
    incoming
        Table of the rows to come, one per payment.
    kept
        Table that keeps the rows that go, to go back; None to keep none.
    topic_id
        Kafka's id of transactions.
    before
        First offset of each partition of transactions that stays as it is.

    """

    incoming: str
    kept: str | None
    topic_id: str
    before: Sequence[int]


def kept_rows(number: int) -> str:
    """Name the table that keeps what a switch replaced."""
    return f"replaced_by_switch_{number}"


def tables_there(client: Client) -> set[str]:
    """Name the tables of the database."""
    found = client.query("SELECT name FROM system.tables WHERE database = currentDatabase()").result_rows
    return {name for (name,) in found}


def exchange(client: Client, plan: Exchange) -> int:
    """Exchange rows, and return how many of the new ones stand in `scores` now.

    Raises
    ------
    Stop
        The new contents have another number of rows or payments than the old: nothing was changed.

    Cost: `scores` is written once anew, and read twice; the memory of the offsets of one partition.

    """
    for table in (SCORES, *ROLLUPS):
        client.command(f"DROP TABLE IF EXISTS {staged(table)}")
        client.command(f"CREATE TABLE {staged(table)} AS {table}")
    if plan.kept is not None:
        client.command(f"CREATE TABLE IF NOT EXISTS {plan.kept} AS {SCORES}")
    of_topic = f"startsWith(origin_generation, '{plan.topic_id}:')"
    copy(client, SCORES, STAGED_SCORES, f"NOT {of_topic}")
    for partition, before in enumerate(plan.before):
        exchange_partition(client, plan, f"{of_topic} AND origin_partition = {partition}", before)
    for rollup in ROLLUPS:
        lay_out(client, EVERY_ROLLUP[rollup], source=STAGED_SCORES)
    check(client, of_topic, len(plan.before))
    for table in (SCORES, *ROLLUPS):
        take_over(client, table)
    return count(
        client,
        f"SELECT count() FROM {SCORES} WHERE {of_topic} AND origin_generation IN "
        f"(SELECT DISTINCT origin_generation FROM {plan.incoming})",
    )


def exchange_partition(client: Client, plan: Exchange, here: str, before: int) -> None:
    """Lay out the rows of one partition, and keep those that go."""
    goes = (
        f"{here} AND origin_offset < {before} "
        f"AND origin_offset IN (SELECT origin_offset FROM {plan.incoming} WHERE {here})"
    )
    if plan.kept is not None:
        kept = f"SELECT origin_offset FROM {plan.kept} WHERE {here}"
        copy(client, SCORES, plan.kept, f"{goes} AND origin_offset NOT IN ({kept})")
    copy(client, SCORES, STAGED_SCORES, f"{here} AND NOT ({goes})")
    had = f"SELECT origin_offset FROM {SCORES} WHERE {here}"
    comes = f"{here} AND origin_offset < {before} AND origin_offset IN ({had})"
    copy(client, plan.incoming, STAGED_SCORES, comes)


def copy(client: Client, source: str, target: str, where: str) -> None:
    """Copy rows."""
    client.command(f"INSERT INTO {target} SELECT * FROM {source} WHERE {where}", settings=SETTINGS)


def check(client: Client, of_topic: str, partitions: int) -> None:
    """Refuse new contents that have another number of rows or payments, or a rollup that misses some."""
    everything = [f"{of_topic} AND origin_partition = {partition}" for partition in range(partitions)]
    for where in (f"NOT {of_topic}", *everything):
        old, new = (
            client.query(f"SELECT count(), uniqExact(origin_offset) FROM {table} WHERE {where}").result_rows[
                0
            ]
            for table in (SCORES, STAGED_SCORES)
        )
        if old != new:
            raise Stop(
                f"{new[0]} rows of {new[1]} payments would stand in the place of {old[0]} of {old[1]}, where "
                f"{where}: nothing was changed"
            )
    for rollup, (figure, of_scores) in ROLLUPS.items():
        rolled = count(client, f"SELECT {figure} FROM {staged(rollup)}")
        owed = count(client, f"SELECT {of_scores} FROM {STAGED_SCORES}")
        if rolled != owed:
            raise Stop(f"{rollup} would count {rolled} payments of {owed}: nothing was changed")


def count(client: Client, query: str) -> int:
    """Ask for one number."""
    return int(client.query(query).result_rows[0][0])


def forget(client: Client, table: str) -> None:
    """Drop a table, if it is there."""
    client.command(f"DROP TABLE IF EXISTS {table}")
