"""Inserts columns into ClickHouse; the same range again is dropped by ClickHouse itself."""

import logging
import threading
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from clickhouse_connect.datatypes.base import ClickHouseType
from clickhouse_connect.datatypes.registry import get_from_name
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from schemas.errors import Stop
from sinks.connection import connect, went_away
from sinks.errors import StoreAbsent
from sinks.settings import ClickHouseSettings
from sinks.tables.table import Table
from sinks.writer.batch import Batch, Rows, make_columns
from sinks.writer.numbers_written import NumbersFound

__all__ = ["Inserter"]

log = logging.getLogger(__name__)

NUMBERS_WRITTEN = Path(__file__).parent / "numbers_written.sql"

# ClickHouse errors that pass: too many queries, memory, parts or replicas away, overload, timeouts, network.
PASSING = frozenset(
    {159, 202, 203, 209, 210, 225, 241, 242, 252, 285, 286, 319, 341, 425, 439, 745, 999, 1000}
)
SETTINGS = {
    "async_insert": 0,
    "insert_deduplicate": 1,
    # without it a repeated insert would count twice in every rollup
    "deduplicate_blocks_in_dependent_materialized_views": 1,
}

OF_LINES = {
    "date_time_input_format": "best_effort",
    "input_format_skip_unknown_fields": 1,
    "input_format_null_as_default": 1,
    # one block, as above
    "input_format_parallel_parsing": 0,
    "max_insert_threads": 1,
    "max_block_size": 1_000_000,
    "min_insert_block_size_rows": 1_048_576,
    "min_insert_block_size_bytes": 0,
}
"""How ClickHouse reads lines."""


class Inserter:
    """Writes rows with a deduplication token. Threads may share it.

    Raises, from every method:

    StoreAbsent
        ClickHouse is away or busy: the same call may work later.
    Stop
        It refuses the rows: the tables are not as this version expects.

    """

    def __init__(self, settings: ClickHouseSettings) -> None:
        self.settings = settings
        self.lock = threading.Lock()
        self.client: Client | None = None
        self.types: dict[str, dict[str, ClickHouseType]] = {}

    def insert(self, batch: Batch, rows: Rows) -> None:
        """Insert a batch; return once ClickHouse has it."""
        if rows.lines and self.insert_lines(batch, rows.lines):
            return
        if rows.lines:
            rows = make_columns(batch)
        try:
            client = self.connected()
            types = self.column_types(client, batch.table)
            names = list(rows.columns)
            context = client.create_insert_context(
                batch.table.name,
                column_names=names,
                column_types=[types[name] for name in names],
                column_oriented=True,
                settings={**SETTINGS, "insert_deduplication_token": batch.token},
                data=list(rows.columns.values()),
            )
            # One block, whatever its size: the client cuts at about 2 MB, and ClickHouse takes the second
            # block of an insert for a repeat of the first, because both carry the same token.
            context.block_row_count = rows.count
            client.insert(context=context)
        except KeyError as error:
            raise Stop(
                f"table {batch.table.name} has no column {error}: run this version's migrations"
            ) from None
        except ClickHouseError as error:
            raise self.translated(error, batch.token) from error

    def insert_lines(self, batch: Batch, lines: bytes) -> bool:
        """Hand records to ClickHouse as they came; False if it cannot read them."""
        table = batch.table
        statement = "" if table.lines is None else table.lines.statement(table.name, table.append_time)
        try:
            settings = {**SETTINGS, **OF_LINES, "insert_deduplication_token": batch.token}
            self.connected().command(statement, data=lines, settings=settings)
        except ClickHouseError as error:
            translated = self.translated(error, batch.token)
            if isinstance(translated, StoreAbsent):
                raise translated from error
            log.warning("records are decoded here", extra={"token": batch.token, "cause": str(error)[:500]})
            return False
        return True

    def rows_there(self, batch: Batch) -> int:
        """Count what the table already holds of ranges."""
        try:
            ranges = " OR ".join(
                f"(kafka_partition = {partition} AND kafka_offset BETWEEN {first} AND {last})"
                for partition, (first, last) in batch.ranges.items()
            )
            result = self.connected().query(f"SELECT count() FROM {batch.table.name} WHERE {ranges}")
        except ClickHouseError as error:
            raise self.translated(error, batch.token) from error
        return int(result.result_rows[0][0])

    def numbers_written(
        self, table: Table[Any], hours: Collection[int], left_out: Mapping[int, tuple[int, int]]
    ) -> list[NumbersFound]:
        """List the numbers that a table holds of some hours, but for rows of these ranges.

        Cost: 5 ms, and .1 µs a row of these hours.
        """
        parameters = {
            "table": table.name,
            "hours": list(hours),
            "partitions": list(left_out),
            "firsts": [first for first, _ in left_out.values()],
            "lasts": [last for _, last in left_out.values()],
        }
        try:
            found = self.connected().query(NUMBERS_WRITTEN.read_text(), parameters=parameters)
        except ClickHouseError as error:
            raise self.translated(error, f"to say which numbers {table.name} holds") from error
        return [NumbersFound(*row) for row in found.result_rows]

    def connected(self) -> Client:
        """Connect at the first use: ClickHouse may be away when the sink starts."""
        with self.lock:
            if self.client is None:
                self.client = connect(self.settings)
            return self.client

    def column_types(self, client: Client, table: Table[Any]) -> dict[str, ClickHouseType]:
        """Ask once per table."""
        if table.name not in self.types:
            found = client.query(
                "SELECT name, type FROM system.columns WHERE database = currentDatabase() "
                "AND table = {table:String}",
                parameters={"table": table.name},
            ).result_rows
            self.types[table.name] = {name: get_from_name(type_name) for name, type_name in found}
        return self.types[table.name]

    def translated(self, error: ClickHouseError, token: str) -> StoreAbsent | Stop:
        """Tell what waiting heals from what it does not."""
        if getattr(error, "code", None) in PASSING or went_away(error):
            return StoreAbsent(f"ClickHouse at {self.settings.host}:{self.settings.port}: {error}")
        return Stop(f"ClickHouse refuses {token}: {error}")

    def close(self) -> None:
        """Close the connections."""
        if self.client is not None:
            self.client.close()
