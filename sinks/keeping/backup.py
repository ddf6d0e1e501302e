"""A copy of a store in a folder, from any ClickHouse into any other, the embedded one too.

A server makes faster copies itself (`BACKUP DATABASE … TO S3(…)`, docs/store.md); this one needs no right but
to read, and fits the embedded engine, which cannot.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import zstandard
from clickhouse_connect.driver.client import Client

from schemas.errors import Stop
from sinks.keeping.manifest import (
    Manifest,
    Piece,
    SinkPosition,
    read_manifest,
    sha256,
    write_manifest,
)
from sinks.keeping.tables_kept import LEDGER, kept_tables
from sinks.migrate import migrate, read_migrations
from sinks.rollups.rebuild import SETTINGS, days_of, piece_of, staged, take_over
from sinks.rollups.registry import ROLLUPS

__all__ = ["back_up", "restore"]

Say = Callable[[str], None]
BY_DAY = {"transactions", "clicks", "stock_movements", "scores"}
"""Tables of events, copied by days of `occurred_at`; rollups by days of their own time, others at once."""


def back_up(client: Client, folder: Path, positions: Sequence[SinkPosition], say: Say) -> Manifest:
    """Copy every table into a folder. The sink must be stopped: tables are copied one after the other.

    Parameters
    ----------
    positions
        What the sink has committed.

    Raises
    ------
    Stop
        The folder is not empty.

    Cost: every table is read once; the memory of a table's day.

    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Stop(f"{folder} is not empty")
    pieces = []
    for table in kept_tables(client):
        say(table)
        pieces += [write_piece(client, folder, table, day) for day in days_to_copy(client, table)]
    checksums = client.query(f"SELECT checksum FROM {LEDGER} ORDER BY number").result_rows
    manifest = Manifest(
        made_at=datetime.now(UTC),
        migrations=[text(checksum) for (checksum,) in checksums],
        pieces=pieces,
        sink_positions=list(positions),
    )
    write_manifest(folder, manifest)
    return manifest


def days_to_copy(client: Client, table: str) -> Sequence[date | None]:
    """List the days of a table that is copied by days; else one piece, which is everything."""
    time = time_of(table)
    return [None] if time is None else days_of(client, table, time, None)


def time_of(table: str) -> str | None:
    """Name the column by whose days a table is copied."""
    if table in ROLLUPS:
        return ROLLUPS[table].time
    return "occurred_at" if table in BY_DAY else None


def write_piece(client: Client, folder: Path, table: str, day: date | None) -> Piece:
    """Copy one piece."""
    source = table if day is None else piece_of(table, str(time_of(table)), day)
    path = folder / f"{table}{'' if day is None else f'.{day}'}.native.zst"
    rows = int(client.query(f"SELECT count() FROM {source}").result_rows[0][0])
    stream = client.raw_stream(f"SELECT * FROM {source}", fmt="Native")
    with stream, path.open("wb") as file, zstandard.ZstdCompressor().stream_writer(file) as compressed:
        for chunk in stream:
            compressed.write(chunk)
    return Piece(table=table, file=path.name, rows=rows, sha256=sha256(path))


def restore(client: Client, folder: Path, say: Say) -> Manifest:
    """Fill an empty database from a copy, as it was; then bring it to this version.

    No view runs: rollups are restored too, for they may be older than the events that are still there. What
    is cut off leaves a store that is not empty: drop the database and begin again.

    Raises
    ------
    Stop
        The copy is not whole, the database not empty, or the copy is of a newer or a changed version.

    """
    manifest = read_manifest(folder)
    known = read_migrations()
    if [one.checksum for one in known[: len(manifest.migrations)]] != manifest.migrations:
        raise Stop(f"{folder} was made by a newer or a changed version: restore it with that one")
    if any(rows_of(client, table) for table in kept_tables(client)):
        raise Stop("the database is not empty: restore into an empty one")
    migrate(client, known[: len(manifest.migrations)])
    for table, pieces in by_table(manifest.pieces):
        say(table)
        restore_table(client, folder, table, pieces)
    migrate(client, known)
    return manifest


def restore_table(client: Client, folder: Path, table: str, pieces: Sequence[Piece]) -> None:
    """Lay out a table, count it, and put it in its place."""
    if table not in kept_tables(client):  # rows of a reprocess, or those that a switch replaced
        client.command(f"CREATE TABLE {table} AS scores")
    client.command(f"DROP TABLE IF EXISTS {staged(table)}")
    client.command(f"CREATE TABLE {staged(table)} AS {table}")
    for piece in pieces:
        if piece.rows:
            rows = zstandard.ZstdDecompressor().decompressobj().decompress((folder / piece.file).read_bytes())
            client.raw_insert(staged(table), insert_block=rows, fmt="Native", settings=SETTINGS)
    restored, owed = rows_of(client, staged(table)), sum(piece.rows for piece in pieces)
    if restored != owed and not merges_rows(client, table):
        raise Stop(f"{restored} rows of {table} were restored of {owed}")
    take_over(client, table)


def by_table(pieces: Sequence[Piece]) -> Iterator[tuple[str, list[Piece]]]:
    """Group pieces, in their order."""
    for table in dict.fromkeys(piece.table for piece in pieces):
        yield table, [piece for piece in pieces if piece.table == table]


def rows_of(client: Client, table: str) -> int:
    """Count the rows of a table."""
    return int(client.query(f"SELECT count() FROM {table}").result_rows[0][0])


def merges_rows(client: Client, table: str) -> bool:
    """Say whether rows of one key become one row, as soon as they are inserted."""
    engine = client.query(
        "SELECT engine FROM system.tables WHERE database = currentDatabase() AND name = {name:String}",
        parameters={"name": table},
    ).result_rows[0][0]
    return str(engine).removeprefix("Replicated") != "MergeTree"


def text(checksum: str | bytes) -> str:
    """Read a fixed text as text."""
    return checksum.decode() if isinstance(checksum, bytes) else checksum
