"""Migrations, against the real embedded engine."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client

from schemas.errors import Stop
from sinks.connection import connect
from sinks.errors import MigrationChanged
from sinks.migrate import MIGRATIONS, Migration, migrate, read_migrations, statements
from sinks.settings import ClickHouseSettings
from tests.support.store_process import StoreProcess


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseSettings]:
    store = StoreProcess(tmp_path_factory.mktemp("empty") / "data").start()
    yield store.settings()
    store.stop()


@pytest.fixture
def client(empty_store: ClickHouseSettings) -> Iterator[Client]:
    client = connect(empty_store)
    for (name,) in client.query("SELECT name FROM system.tables WHERE database = 'tillwatch'").result_rows:
        client.command(f"DROP TABLE IF EXISTS `{name}`")
    yield client
    client.close()


@pytest.mark.services
def test_all_apply_to_an_empty_database_once(client: Client) -> None:
    names = [migration.name for migration in read_migrations()]
    assert migrate(client) == names
    before = schema(client)
    assert migrate(client) == []
    assert schema(client) == before


@pytest.mark.services
def test_application_that_was_cut_off_is_repeated(client: Client) -> None:
    """A kill between a file's statements leaves some of its tables and no line in the ledger."""
    migrate(client)
    before = schema(client)
    client.command("DELETE FROM migrations WHERE number >= 14")
    client.command("DROP TABLE payments_minute_view")
    assert migrate(client) == [migration.name for migration in read_migrations()[13:]]
    assert schema(client) == before


@pytest.mark.services
def test_two_sinks_that_start_at_once_both_go_on(client: Client, empty_store: ClickHouseSettings) -> None:
    def apply_all(_: int) -> None:
        other = connect(empty_store)
        migrate(other)
        other.close()

    with ThreadPoolExecutor(3) as sinks:
        list(sinks.map(apply_all, range(3)))
    assert migrate(client) == []
    assert not [table for table in schema(client) if "staged_" in str(table)]


@pytest.mark.services
def test_edited_file_is_refused(client: Client) -> None:
    text = "CREATE TABLE IF NOT EXISTS first (a Int8) ENGINE = Memory;\n"
    first = Migration(1, "0001_first", text)
    migrate(client, [first])
    with pytest.raises(MigrationChanged, match="0001_first"):
        migrate(client, [first._replace(text=first.text + "-- edited\n")])


@pytest.mark.services
def test_database_of_a_newer_version_is_refused(client: Client) -> None:
    text = "CREATE TABLE IF NOT EXISTS first (a Int8) ENGINE = Memory;\n"
    migrate(client, [Migration(1, "0001_first", text)])
    with pytest.raises(Stop, match="update it"):
        migrate(client, [])


@pytest.mark.services
def test_every_table_remembers_inserts(client: Client) -> None:
    """Without a window on the target of a view, a repeated insert would count twice there."""
    migrate(client)
    engines = client.query(
        "SELECT name, create_table_query FROM system.tables WHERE database = 'tillwatch' "
        "AND engine LIKE '%MergeTree' AND name != 'migrations'"
    ).result_rows
    assert len(engines) >= 20
    assert [
        name for name, query in engines if "non_replicated_deduplication_window = 10000" not in query
    ] == []


@pytest.mark.parametrize(
    "names",
    [["0001_a.sql", "0003_b.sql"], ["0001_a.sql", "0001_b.sql"], ["0002_a.sql"], ["1_a.sql"], ["0001-a.sql"]],
)
def test_gap_duplicate_or_other_name_is_refused(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).write_text("SELECT 1;\n")
    with pytest.raises(Stop, match=r"NNNN_name|without gap"):
        read_migrations(tmp_path)


@pytest.mark.parametrize("path", sorted(MIGRATIONS.glob("*.sql")), ids=lambda path: path.stem)
def test_header_says_why_who_stops_and_how_to_undo(path: Path) -> None:
    text = path.read_text()
    assert [key for key in ("-- Why: ", "-- Writers: ", "-- Undo: ") if f"\n{key}" not in f"\n{text}"] == []


@pytest.mark.parametrize("path", sorted(MIGRATIONS.glob("*.sql")), ids=lambda path: path.stem)
def test_semicolons_stand_only_where_a_statement_ends(path: Path) -> None:
    code = "\n".join(line for line in path.read_text().splitlines() if not line.startswith("--"))
    assert code.count(";") == code.count(";\n") + code.endswith(";") == len(statements(path.read_text()))


def test_unfinished_statement_is_refused() -> None:
    with pytest.raises(Stop, match="semicolon"):
        statements("SELECT 1;\nSELECT 2\n")


def schema(client: Client) -> list[tuple[str, str]]:
    rows = client.query(
        "SELECT name, create_table_query FROM system.tables WHERE database = 'tillwatch' ORDER BY name"
    ).result_rows
    return [(name, query) for name, query in rows]
