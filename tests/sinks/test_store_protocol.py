"""The embedded store speaks ClickHouse's HTTP interface."""

import gzip
from collections.abc import Iterator

import lz4.frame
import pytest
import zstandard
from clickhouse_connect.driver.client import Client

from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support.store_request import ask

pytestmark = pytest.mark.services


@pytest.fixture
def client(clickhouse: ClickHouseSettings) -> Iterator[Client]:
    client = connect(clickhouse)
    yield client
    client.close()


def test_ping_answers_without_a_login(clickhouse: ClickHouseSettings) -> None:
    assert ask(clickhouse, method="GET", path="/ping", login=None).text == "Ok.\n"


def test_curl_gets_headers_as_from_clickhouse(clickhouse: ClickHouseSettings) -> None:
    answer = ask(clickhouse, method="GET", query="SELECT 1 AS one FORMAT JSONCompact", query_id="mine")
    assert (answer.status, '"data"' in answer.text) == (200, True)
    assert answer.headers["X-ClickHouse-Query-Id"] == "mine"
    assert answer.headers["X-ClickHouse-Format"] == "JSONCompact"
    assert answer.headers["Content-Type"].startswith("application/json")
    assert '"read_rows":"1"' in answer.headers["X-ClickHouse-Summary"]


@pytest.mark.parametrize("encoding", ["identity", "lz4", "zstd", "gzip"])
def test_bodies_travel_compressed_in_both_directions(clickhouse: ClickHouseSettings, encoding: str) -> None:
    packers = {"lz4": lz4.frame.compress, "zstd": zstandard.compress, "gzip": gzip.compress}
    unpackers = {"lz4": lz4.frame.decompress, "zstd": unzstd, "gzip": gzip.decompress}
    text = b"SELECT number FROM numbers(2000)"
    answer = ask(
        clickhouse,
        packers.get(encoding, bytes)(text),
        headers={"Content-Encoding": encoding, "Accept-Encoding": encoding},
        enable_http_compression="1",
    )
    body = unpackers.get(encoding, bytes)(answer.body)
    assert body == b"".join(b"%d\n" % number for number in range(2000))
    assert answer.headers["Content-Encoding"] == (None if encoding == "identity" else encoding)


def unzstd(body: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompressobj().decompress(body)


@pytest.mark.parametrize("encoding", ["lz4", "zstd", "gzip", "deflate", "br"])
def test_damaged_or_unknown_encoding_is_a_clear_error(clickhouse: ClickHouseSettings, encoding: str) -> None:
    answer = ask(clickhouse, b"no such thing", headers={"Content-Encoding": encoding})
    assert (answer.status, encoding in answer.text) == (400, True)


def test_statement_error_names_the_place_and_not_our_machinery(clickhouse: ClickHouseSettings) -> None:
    answer = ask(clickhouse, "SELEC 1")
    assert (answer.status, answer.headers["X-ClickHouse-Exception-Code"]) == (400, "62")
    assert "failed at position" in answer.text
    assert "formatQuery" not in answer.text


@pytest.mark.parametrize(
    ("statement", "data"),
    [
        ("INSERT INTO pairs FORMAT JSONEachRow", '{"a":1,"b":"x"}\n{"a":2,"b":"y; DROP TABLE pairs"}'),
        ("INSERT INTO pairs (b, a) VALUES", "('x', 1), ('y; DROP TABLE pairs', 2)"),
        ("insert /* FORMAT CSV */ into `pairs` format TSV", "1\tx\n2\ty; DROP TABLE pairs\n"),
        ("INSERT INTO pairs SETTINGS async_insert = 0 FORMAT CSV", '1,"x"\n2,"y; DROP TABLE pairs"\n'),
        ("INSERT INTO pairs SELECT number + 1, ['x', 'y; DROP TABLE pairs'][number + 1] FROM numbers(2)", ""),
    ],
)
@pytest.mark.parametrize("data_in", ["body", "query"])
def test_data_follows_its_statement_and_never_runs(
    clickhouse: ClickHouseSettings, client: Client, statement: str, data: str, data_in: str
) -> None:
    client.command("DROP TABLE IF EXISTS pairs")
    client.command("CREATE TABLE pairs (a Int8, b String) ENGINE = Memory")
    if data_in == "body":
        answer = ask(clickhouse, data, query=statement)
    else:
        answer = ask(clickhouse, f"{statement}\n{data}")
    assert answer.status == 200, answer.text
    assert client.query("SELECT * FROM pairs ORDER BY a").result_rows == [
        (1, "x"),
        (2, "y; DROP TABLE pairs"),
    ]
    assert ask(clickhouse, "", query=statement).status in (200, 400, 500)  # no data: no rows, or an error
    assert client.command("EXISTS TABLE pairs") == 1


def test_rows_that_do_not_fit_are_refused_whole(clickhouse: ClickHouseSettings, client: Client) -> None:
    client.command("DROP TABLE IF EXISTS pairs")
    client.command("CREATE TABLE pairs (a Int8, b String) ENGINE = Memory")
    answer = ask(
        clickhouse, '{"a":1,"b":"x"}\n{"a":"no","b":"y"}', query="INSERT INTO pairs FORMAT JSONEachRow"
    )
    assert answer.status != 200
    assert answer.headers["X-ClickHouse-Exception-Code"] is not None
    assert client.command("SELECT count() FROM pairs") == 0


def test_repeated_token_is_dropped_in_views_too(clickhouse: ClickHouseSettings, client: Client) -> None:
    for _ in range(2):
        ask(
            clickhouse,
            '{"source":"s","run":"r","seq":1,"action":"view"}',
            query="INSERT INTO clicks (source, run, seq, action) FORMAT JSONEachRow",
            insert_deduplication_token="same",
            insert_deduplicate="1",
            deduplicate_blocks_in_dependent_materialized_views="1",
        )
    assert client.command("SELECT count() FROM clicks WHERE source = 's'") == 1
    assert client.command("SELECT sum(clicks) FROM clicks_minute") == 1
