"""Apply the numbered migrations that are missing, and refuse a file that changed after it was applied."""

import hashlib
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

from clickhouse_connect.driver.client import Client

from schemas.errors import Stop
from sinks.errors import MigrationChanged
from sinks.rollups.rebuild import rebuild
from sinks.rollups.repeats import keep_first_rows

__all__ = ["LEDGER", "MIGRATIONS", "Migration", "migrate", "read_migrations", "standing", "statements"]

MIGRATIONS = Path(__file__).parent / "migrations"
REBUILD = re.compile(r"^-- Rebuild: (\w+)$", re.MULTILINE)
"""Names a rollup that is made of the rows that are there when its file is applied."""
FIRST_ROWS = re.compile(r"^-- First rows: (\w+)$", re.MULTILINE)
"""Names a table that keeps the first row of each number from then on."""
FILE_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
LEDGER = """
CREATE TABLE IF NOT EXISTS migrations
(
    number UInt16,
    name String,
    checksum FixedString(64),
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree
ORDER BY number
"""


Standing = Literal["applied", "missing", "changed", "unknown"]


class Migration(NamedTuple):
    """One file: its number, its name and exactly the text that runs."""

    number: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_migrations(folder: Path = MIGRATIONS) -> list[Migration]:
    """Read the files in order.

    Raises
    ------
    Stop
        A name that is not NNNN_name.sql, or numbers with a gap or a duplicate.

    """
    found: list[Migration] = []
    for path in sorted(folder.glob("*.sql")):
        match = FILE_NAME.fullmatch(path.name)
        if match is None:
            raise Stop(f"migration {path.name} must be named NNNN_name.sql")
        found.append(Migration(int(match.group(1)), path.stem, path.read_text()))
    numbers = [migration.number for migration in found]
    if numbers != list(range(1, len(found) + 1)):
        raise Stop(f"migrations must be numbered from 0001 without gap or duplicate, found {numbers}")
    return found


def statements(text: str) -> list[str]:
    """Split a file: a statement ends with a line whose last character is a semicolon."""
    parts: list[str] = []
    lines: list[str] = []
    for line in text.splitlines():
        if not line.lstrip().startswith("--"):
            lines.append(line)
        if line.endswith(";") and lines:
            parts.append("\n".join(lines).strip().removesuffix(";"))
            lines = []
    if "".join(lines).strip():
        raise Stop("a migration must end with a semicolon at the end of a line")
    return parts


def migrate(client: Client, migrations: Sequence[Migration] | None = None) -> list[str]:
    """Apply what is missing, in order; return the names applied. Repeating it changes nothing.

    Statements are `IF NOT EXISTS` and a rollup is made anew as a whole, so a file whose application was
    cut off is simply applied again.

    Parameters
    ----------
    client
        Connected as a user that may create tables in its database, which exists.
    migrations
        Default: those of this version.

    Raises
    ------
    MigrationChanged
        An applied file is no longer what was applied.
    Stop
        The database was migrated by a newer version.

    """
    known = read_migrations() if migrations is None else migrations
    applied = read_ledger(client)
    if len(applied) > len(known):
        raise Stop(f"the database has {len(applied)} migrations, this version knows {len(known)}: update it")
    fresh: list[str] = []
    for migration in known:
        if migration.number in applied:
            check_unchanged(migration, *applied[migration.number])
            continue
        if is_applied(client, migration):
            continue  # by another sink that started at the same time and may be writing already
        for statement in statements(migration.text):
            client.command(statement)
        overtaken = partial(is_applied, client, migration)
        for rollup in REBUILD.findall(migration.text):
            rebuild(client, rollup, overtaken=overtaken)
        for table in FIRST_ROWS.findall(migration.text):
            keep_first_rows(client, table, overtaken=overtaken)
        client.insert(
            "migrations",
            [[migration.number, migration.name, migration.checksum.encode()]],
            column_names=["number", "name", "checksum"],
        )
        fresh.append(migration.name)
    return fresh


def read_ledger(client: Client) -> dict[int, tuple[str, str]]:
    """Give name and checksum of each applied file, by number; make the ledger where there is none."""
    client.command(LEDGER)
    rows = client.query("SELECT number, name, checksum FROM migrations ORDER BY number").result_rows
    return {
        number: (name, checksum.decode() if isinstance(checksum, bytes) else checksum)
        for number, name, checksum in rows
    }


def standing(client: Client) -> list[tuple[str, Standing]]:
    """Say how each migration stands here: those of this version, and applied ones that it does not know."""
    applied = read_ledger(client)
    found: list[tuple[str, Standing]] = []
    known = read_migrations()
    for one in known:
        there = applied.get(one.number)
        unchanged = there == (one.name, one.checksum)
        found.append((one.name, "missing" if there is None else "applied" if unchanged else "changed"))
    found += [(name, "unknown") for number, (name, _) in applied.items() if number > len(known)]
    return found


def is_applied(client: Client, migration: Migration) -> bool:
    """Ask again just before: a table that others fill by now must not be made anew."""
    there = client.query(
        "SELECT count() FROM migrations WHERE number = {number:UInt16}",
        parameters={"number": migration.number},
    ).result_rows
    return bool(there[0][0])


def check_unchanged(migration: Migration, name: str, checksum: str) -> None:
    """Refuse a file that differs from what was applied."""
    if (migration.name, migration.checksum) != (name, checksum):
        raise MigrationChanged(
            f"migration {migration.name} was edited after it was applied as {name}; restore it and put the "
            "change into a new file"
        )
