"""The embedded store says no: to strangers, to readers that write, and to whatever leaves the database."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from schemas.errors import Stop
from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support.store_request import READER, WRITER, ask

pytestmark = pytest.mark.services


@pytest.mark.parametrize("how", ["basic", "headers", "parameters"])
def test_login_is_taken_from_all_three_places(clickhouse: ClickHouseSettings, how: str) -> None:
    ways: dict[str, dict[str, object]] = {
        "basic": {"login": READER},
        "headers": {
            "login": None,
            "headers": {"X-ClickHouse-User": "reader", "X-ClickHouse-Key": READER[1]},
        },
        "parameters": {"login": None, "user": "reader", "password": READER[1]},
    }
    assert ask(clickhouse, "SELECT 1", **ways[how]).text == "1\n"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "login",
    [("reader", "wrong-password"), ("nobody", READER[1]), ("reader", WRITER[1]), ("", "")],
)
def test_wrong_login_is_refused(clickhouse: ClickHouseSettings, login: tuple[str, str]) -> None:
    answer = ask(clickhouse, "SELECT 1", login=login)
    assert (answer.status, answer.headers["X-ClickHouse-Exception-Code"]) == (401, "516")
    assert ask(clickhouse, "SELECT 1", login=None).status == 403


def test_wrong_password_stops_a_program_instead_of_letting_it_wait(clickhouse: ClickHouseSettings) -> None:
    with pytest.raises(Stop, match="refuses user writer"):
        connect(clickhouse.model_copy(update={"password": SecretStr("wrong-password")}))


@pytest.mark.parametrize("name", ["allow_ddl", "no_such_setting", "user_files_path", "format_schema"])
def test_setting_that_is_not_listed_is_refused(clickhouse: ClickHouseSettings, name: str) -> None:
    answer = ask(clickhouse, "SELECT 1", **{name: "1"})  # type: ignore[arg-type]  # a name from a list
    assert (answer.status, answer.headers["X-ClickHouse-Exception-Code"]) == (400, "115")
    assert name in answer.text


WRITES = [
    "INSERT INTO labels (verdict) VALUES ('fraud')",
    "CREATE TABLE mine (a Int8) ENGINE = Memory",
    "CREATE TEMPORARY TABLE mine (a Int8)",
    "DROP TABLE labels",
    "TRUNCATE TABLE labels",
    "ALTER TABLE labels DELETE WHERE 1",
    "DELETE FROM labels WHERE 1",
    "OPTIMIZE TABLE labels",
    "RENAME TABLE labels TO mine",
    "INSERT INTO labels (verdict) SELECT 'fraud'",
    "SET max_threads = 1",
    "EXPLAIN AST INSERT INTO labels VALUES",
]


@pytest.mark.parametrize("statement", WRITES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_reader_cannot_write_by_any_method(
    clickhouse: ClickHouseSettings, statement: str, method: str
) -> None:
    answer = ask(clickhouse, method=method, login=READER, query=statement)
    assert (answer.status, answer.headers["X-ClickHouse-Exception-Code"]) in [(403, "164"), (403, "497")]


def test_reader_cannot_change_limits(clickhouse: ClickHouseSettings) -> None:
    text = "SELECT getSetting('max_memory_usage') SETTINGS max_memory_usage = 12345"
    assert ask(clickhouse, text, login=READER).headers["X-ClickHouse-Exception-Code"] == "164"
    assert ask(clickhouse, text, login=READER, readonly="0").status == 400
    assert ask(clickhouse, "SELECT getSetting('readonly')", login=READER, readonly="2").text == "1\n"


LEAVING = [
    "SELECT * FROM file('/etc/passwd', 'LineAsString')",
    "SELECT * FROM FiLe/**/ ('/etc/passwd', 'LineAsString')",
    "SELECT * FROM `file`('/etc/passwd', 'LineAsString')",
    "SELECT * FROM \"file\"('/etc/passwd', 'LineAsString')",
    "SELECT * FROM `fi\\x6ce`('/etc/passwd', 'LineAsString')",
    "SELECT file('/etc/passwd')",
    "SELECT * APPLY(file) FROM (SELECT '/etc/passwd')",
    "SELECT * APPLY(`file`) FROM (SELECT '/etc/passwd')",
    "SELECT * APPLY(x -> file(x)) FROM (SELECT '/etc/passwd')",
    "SELECT * REPLACE(file(a) AS a) FROM (SELECT '/etc/passwd' AS a)",
    "SELECT arrayMap(file, ['/etc/passwd'])",
    "WITH file AS f SELECT arrayMap(f, ['/etc/passwd'])",
    "SELECT 1 WHERE '' IN (SELECT * FROM file('/etc/passwd', 'LineAsString'))",
    "SELECT 1 WHERE 1 IN file('/etc/passwd', 'LineAsString')",
    "SELECT 1 UNION ALL SELECT * FROM file('/etc/passwd', 'LineAsString')",
    "WITH x AS (SELECT * FROM file('/etc/passwd', 'LineAsString')) SELECT * FROM x",
    "SELECT * FROM view(SELECT * FROM file('/etc/passwd', 'LineAsString'))",
    "SELECT * FROM viewExplain('EXPLAIN', '', (SELECT * FROM file('/etc/passwd', 'LineAsString')))",
    "SELECT * FROM (EXPLAIN SELECT * FROM file('/etc/passwd', 'LineAsString'))",
    "EXPLAIN SELECT * FROM file('/etc/passwd', 'LineAsString')",
    "DESCRIBE TABLE file('/etc/passwd')",
    "SELECT * FROM default.`/etc/passwd`",
    "SELECT * FROM `/etc/passwd`",
    "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
    "SELECT * FROM remote('127.0.0.1', system.one)",
    "SELECT * FROM cluster('default', system.one)",
    "SELECT * FROM s3('http://127.0.0.1:1/x')",
    "SELECT * FROM mysql('127.0.0.1:1', 'd', 't', 'u', 'p')",
    "SELECT * FROM postgresql('127.0.0.1:1', 'd', 't', 'u', 'p')",
    "SELECT * FROM sqlite('/tmp/x.db', 't')",
    "SELECT * FROM executable('cat /etc/passwd', 'TSV', 'a String')",
    "SELECT * FROM python(sys)",
    "SELECT * FROM input('a String')",
    "SELECT * FROM eval('SELECT 1')",
    "SELECT * FROM merge('default', '.*')",
    "SELECT showCertificate('127.0.0.1')",
    "SELECT aiGenerate('hello')",
    "SELECT 1 INTO OUTFILE '{outside}'",
    "SELECT 1 FROM system.one INTO OUTFILE '{outside}' FORMAT CSV",
    "SHOW TABLES INTO OUTFILE '{outside}'",
    "SELECT 1; SELECT 2",
    "SELECT 1; DROP TABLE labels",
]


@pytest.mark.parametrize("statement", LEAVING)
@pytest.mark.parametrize("login", [READER, WRITER], ids=["reader", "writer"])
def test_nobody_reaches_outside_the_database(
    clickhouse: ClickHouseSettings, tmp_path: Path, statement: str, login: tuple[str, str]
) -> None:
    outside = tmp_path / "outside"
    answer = ask(clickhouse, statement.replace("{outside}", str(outside)), login=login)
    assert answer.headers["X-ClickHouse-Exception-Code"] in ("497", "62", "60", "46", "81"), answer.text
    assert "root:" not in answer.text
    assert not outside.exists()


DANGEROUS = [
    "ATTACH TABLE x FROM '/tmp' (a Int8) ENGINE = MergeTree ORDER BY a",
    "SYSTEM SHUTDOWN",
    "SYSTEM /* */ DROP MARK CACHE",
    "CREATE FUNCTION f AS x -> x",
    "CREATE TABLE x (a Int8) ENGINE = Kafka('127.0.0.1:1', 't', 'g', 'CSV')",
    "CREATE TABLE x (a Int8) ENGINE = File(CSV)",
    "CREATE TABLE x (a Int8) ENGINE = URL('http://127.0.0.1:1/', CSV)",
    "CREATE TABLE x (a Int8) ENGINE = Distributed(default, system, one)",
    "CREATE TABLE x (a Int8) ENGINE = Buffer(default, y, 1, 1, 1, 1, 1, 1, 1)",
    "CREATE TABLE x (a Int8) ENGINE = `Ka\\x66ka`('127.0.0.1:1', 't', 'g', 'CSV')",
    "CREATE TABLE x AS file('/etc/passwd', 'LineAsString')",
    "CREATE TABLE x (a String DEFAULT file('/etc/passwd')) ENGINE = Memory",
    "CREATE TABLE x (a String MATERIALIZED file('/etc/passwd')) ENGINE = Memory",
    "CREATE TABLE x (a Int8) ENGINE = MergeTree ORDER BY a "
    "SETTINGS disk = disk(type = 'local', path = '/tmp/x/')",
    "CREATE TABLE x (a Int8) ENGINE = MergeTree ORDER BY a SETTINGS storage_policy = 'default'",
    "CREATE VIEW x AS SELECT * FROM file('/etc/passwd', 'LineAsString')",
    "CREATE MATERIALIZED VIEW x ENGINE = Memory AS SELECT file('/etc/passwd') FROM labels",
    "CREATE MATERIALIZED VIEW x ENGINE = Kafka('127.0.0.1:1', 't', 'g', 'CSV') AS SELECT 1 FROM labels",
    "CREATE DICTIONARY x (a Int8) PRIMARY KEY a "
    "SOURCE(FILE(PATH '/etc/passwd' FORMAT 'TSV')) LAYOUT(FLAT()) LIFETIME(1)",
    "CREATE DATABASE x ENGINE = Filesystem('/')",
    "CREATE DATABASE x ENGINE = MySQL('127.0.0.1:1', 'd', 'u', 'p')",
    "CREATE DATABASE default",
    "DROP DATABASE default",
    "CREATE TABLE default.x (a Int8) ENGINE = Memory",
    "CREATE USER x",
    "GRANT ALL ON *.* TO x",
    "ALTER TABLE labels FREEZE",
    "ALTER TABLE labels MOVE PARTITION tuple() TO DISK 'default'",
    "ALTER TABLE labels ADD COLUMN x String DEFAULT file('/etc/passwd')",
    "ALTER TABLE labels MODIFY SETTING storage_policy = 'default'",
    "BACKUP TABLE labels TO File('/tmp/x')",
    "KILL QUERY WHERE 1",
    "INSERT INTO FUNCTION file('{outside}') VALUES (1)",
    "INSERT INTO FUNCTION url('http://127.0.0.1:1/', CSV, 'a Int8') VALUES (1)",
    "INSERT INTO labels (said_by) FROM INFILE '/etc/passwd' FORMAT LineAsString",
    "INSERT INTO labels (said_by) SELECT file('/etc/passwd')",
    "SET readonly = 0",
    "USE system",
]


@pytest.mark.parametrize("statement", DANGEROUS)
def test_not_even_the_writer_may(clickhouse: ClickHouseSettings, statement: str) -> None:
    answer = ask(clickhouse, statement)
    assert answer.headers["X-ClickHouse-Exception-Code"] in ("497", "62"), answer.text


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 'file(x); DROP TABLE labels -- INTO OUTFILE'",
        "SELECT number AS input, format('{} {}', 'a', toString(number)) FROM numbers(1)",
        "SELECT * FROM (SELECT 1 AS url) -- file('x')",
        "WITH 2 AS two SELECT two /* file('x') */ FORMAT JSON",
        "SELECT if(1, 'values', 'null') AS `the file name`",
        "SHOW TABLES",
        "DESCRIBE TABLE labels",
        "SHOW CREATE TABLE labels",
        "EXPLAIN SELECT count() FROM labels",
        "(SELECT 1) UNION ALL (SELECT 2)",
        "SELECT count() FROM stores FINAL",
        "SELECT * FROM values('a Int8', 1, 2)",
    ],
)
def test_ordinary_queries_are_not_refused(clickhouse: ClickHouseSettings, statement: str) -> None:
    answer = ask(clickhouse, statement, login=READER)
    assert answer.status == 200, answer.text
