"""chDB: one engine per process and data folder, one short-lived connection per request."""

import fcntl
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

from chdb.state.sqlitelike import Connection

from sinks.embedded.guard import Guard, Statement
from sinks.embedded.refusals import ServerError, engine_error
from sinks.errors import StoreLocked
from streams import failpoints

__all__ = ["DATABASE", "Answer", "Engine"]

DATABASE = "tillwatch"
INPUT = re.compile(r"\bFROM input\(")
"""What the data of an INSERT … SELECT is called; the engine in a process reads it from a file in memory."""


class Answer(NamedTuple):
    """Output of a statement and what it cost."""

    body: bytes
    read_rows: int = 0
    read_bytes: int = 0
    written_rows: int = 0
    written_bytes: int = 0
    elapsed_nanoseconds: int = 0


class Engine:
    """The embedded engine over one data folder. Methods block: call them from threads.

    Queries of different connections run in parallel and release the interpreter's lock. A connection is
    made in .1 ms, so every request gets its own and no settings, databases or parameters leak.

    Raises
    ------
    StoreLocked
        If another process serves the folder.

    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.lock = take_lock(folder / "tillwatch.lock")
        self.path = str(folder / "clickhouse")
        # The engine shuts down with its last connection: this one keeps it open.
        self.anchor = Connection(self.path)
        # chDB's database `default` takes a table's name for the path of a file of the host. Connections
        # need a database of that name, and each start brings back chDB's: put an empty one in its place.
        run(self.anchor, "DROP DATABASE IF EXISTS default")
        run(self.anchor, "CREATE DATABASE default ENGINE = Memory")
        run(self.anchor, f"CREATE DATABASE IF NOT EXISTS {DATABASE}")
        self.guard = Guard(self.ask)

    def ask(self, text: str, parameters: Mapping[str, str]) -> str:
        """Run a question of the guard and return its output.

        Read-only of the second kind: what is only explained may name settings.
        """
        with self.connection({"readonly": "2"}) as connection:
            return run(connection, text, parameters).bytes().decode() or ""

    def execute(
        self, statement: Statement, *, database: str, settings: Mapping[str, str],
        parameters: Mapping[str, str], default_format: str,
    ) -> Answer:  # fmt: skip
        """Run a checked statement that brings no data."""
        with self.connection(settings, database) as connection:
            result = run(connection, statement.text, parameters, default_format)
            return Answer(
                result.bytes() or b"",
                result.storage_rows_read() or result.rows_read(),
                result.storage_bytes_read() or result.bytes_read(),
                result.rows_written(),
                result.bytes_written(),
                int(result.elapsed() * 1e9),
            )

    def insert(
        self, statement: Statement, data: bytes, input_format: str, *, database: str,
        settings: Mapping[str, str], parameters: Mapping[str, str],
    ) -> Answer:  # fmt: skip
        """Run a checked INSERT with its data; when it returns, the rows survive the process."""
        if parameters:
            raise ServerError(48, "NOT_IMPLEMENTED", "parameters of an INSERT with data", status=501)
        failpoints.reach("insert-received")
        head = statement.text.removesuffix(f" FORMAT {input_format}")
        begun = time.perf_counter_ns()
        with self.connection(settings, database) as connection:
            written = insert_from(connection, head, data, input_format)
        failpoints.reach("insert-applied")
        return Answer(b"", 0, 0, *written, time.perf_counter_ns() - begun)

    @contextmanager
    def connection(self, settings: Mapping[str, str], database: str = DATABASE) -> Iterator[Connection]:
        """Open a connection with its settings and its database."""
        connection = Connection(self.path)
        try:
            run(connection, f"USE {quoted_name(database)}")
            if settings:
                run(connection, "SET " + ", ".join(f"{k} = {quoted(v)}" for k, v in settings.items()))
            yield connection
        finally:
            connection.close()

    def close(self) -> None:
        """Shut the engine down and give the folder free."""
        self.anchor.close()
        self.lock.close()


def insert_from(connection: Connection, head: str, data: bytes, input_format: str) -> tuple[int, int]:
    """Run an INSERT whose data follow, or whose `input` they are; rows and bytes written."""
    if INPUT.search(head):
        with in_memory(data) as path:
            source = f"FROM file('{path}', {quoted(input_format)}, "
            result = run(connection, INPUT.sub(lambda _: source, head, count=1))
        return result.rows_written(), result.bytes_written()
    try:
        inserter: Any = connection.send_insert(head, input_format)
        try:
            if data:
                inserter.append(data)
            done = inserter.finish()
        finally:
            inserter.close()
    except RuntimeError as error:
        raise engine_error(str(error)) from None
    return done.rows_written, done.bytes_written


@contextmanager
def in_memory(data: bytes) -> Iterator[str]:
    """Give data a path for as long as the block lasts."""
    number = os.memfd_create("rows")
    try:
        with os.fdopen(os.dup(number), "wb") as file:
            file.write(data)
        yield f"/proc/self/fd/{number}"
    finally:
        os.close(number)


def run(
    connection: Connection, text: str, parameters: Mapping[str, str] | None = None, output: str = "TSV"
) -> Any:  # chDB ships no types
    """Run one text on a connection, with the engine's errors as ServerError."""
    try:
        return connection.query(text, output, params=dict(parameters or {}))
    except Exception as error:  # noqa: BLE001  # chDB raises RuntimeError, ChdbError or ValueError
        raise engine_error(str(error)) from None


def take_lock(path: Path) -> IO[str]:
    """Lock the data folder for this process; the lock ends with the process, however it ends."""
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        owner = file.read().strip() or "unknown"
        raise StoreLocked(
            f"{path.parent} is served by another process (pid {owner}); stop it or choose another --data-dir"
        ) from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def quoted(value: str) -> str:
    """Write a text as a ClickHouse literal."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def quoted_name(name: str) -> str:
    """Write a name so that nothing in it is syntax."""
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"
