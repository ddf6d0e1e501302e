"""What clickhouse-connect writes into the embedded store, it reads again."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import clickhouse_connect
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from sinks.connection import connect, connect_async
from sinks.settings import ClickHouseSettings
from tests.support.store_process import READER_PASSWORD, WRITER_PASSWORD

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def reader(clickhouse: ClickHouseSettings) -> ClickHouseSettings:
    return clickhouse.model_copy(update={"user": "reader", "password": SecretStr(READER_PASSWORD)})


@pytest.fixture
def reading(reader: ClickHouseSettings) -> Iterator[Client]:
    client = connect(reader)
    yield client
    client.close()


Row = tuple[int, str, str | None, list[float], datetime, UUID, dict[str, int]]
rows = st.lists(
    st.tuples(
        st.integers(-(2**63), 2**63 - 1),
        st.text(max_size=20),
        st.none() | st.text(max_size=20),
        st.lists(st.floats(allow_nan=False), max_size=4),
        st.integers(1_420_070_400_000, 4_102_444_799_999).map(
            lambda number: datetime.fromtimestamp(number / 1000, UTC).replace(
                microsecond=number % 1000 * 1000
            )
        ),
        st.uuids(),
        st.dictionaries(st.text(max_size=5), st.integers(0, 2**64 - 1), max_size=3),
    ),
    min_size=1,
    max_size=30,
)


@pytest.fixture(scope="module")
def clients(clickhouse: ClickHouseSettings) -> Iterator[dict[str | bool, Client]]:
    """One client for each compression that clickhouse-connect offers."""
    opened = {
        compress: clickhouse_connect.get_client(
            host=clickhouse.host, port=clickhouse.port, username="writer", password=WRITER_PASSWORD,
            database="tillwatch", compress=compress, autogenerate_session_id=False,
        )
        for compress in (True, False, "lz4", "zstd", "gzip")
    }  # fmt: skip
    opened[True].command(
        "CREATE TABLE anything (number UInt32, a Int64, b String, c Nullable(String), d Array(Float64), "
        "e DateTime64(3, 'UTC'), f UUID, g Map(String, UInt64)) ENGINE = Memory"
    )
    yield opened
    for client in opened.values():
        client.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows, compress=st.sampled_from([True, False, "lz4", "zstd", "gzip"]))
def test_what_goes_in_comes_out(
    clients: dict[str | bool, Client], rows: list[Row], compress: str | bool
) -> None:
    client = clients[compress]
    client.command("TRUNCATE TABLE anything")
    client.insert("anything", [(number, *row) for number, row in enumerate(rows)])
    found = client.query(
        "SELECT * EXCEPT number FROM anything ORDER BY number", column_formats={"e": "native"}
    )
    assert [tuple(row) for row in found.result_rows] == [
        (
            *row[:4],
            row[4].replace(tzinfo=None) if found.result_rows[0][4].tzinfo is None else row[4],
            *row[5:],
        )
        for row in rows
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(), number=st.integers(-(2**63), 2**63 - 1), texts=st.lists(st.text(max_size=9), max_size=3)
)
def test_parameters_arrive_as_they_were_given(
    reading: Client, text: str, number: int, texts: list[str]
) -> None:
    found = reading.query(
        "SELECT {text:String}, {number:Int64}, {texts:Array(String)}",
        parameters={"text": text, "number": number, "texts": texts},
    )
    assert found.result_rows == [(text, number, texts)]


async def test_async_client_reads_many_at_once(reader: ClickHouseSettings) -> None:
    client = await connect_async(reader)
    try:
        queries = [client.query("SELECT {n:UInt32}", parameters={"n": number}) for number in range(40)]
        answers = await asyncio.gather(*queries)
    finally:
        await client.close()
    assert [answer.result_rows for answer in answers] == [[(number,)] for number in range(40)]


def test_empty_results_and_columns_only(reading: Client) -> None:
    assert reading.query("SELECT * FROM stores WHERE 0").result_rows == []
    assert reading.query("SELECT store_id, name FROM stores LIMIT 0").column_names == ("store_id", "name")


def test_error_of_the_reader_reaches_the_caller_with_its_code(reading: Client) -> None:
    with pytest.raises(ClickHouseError) as raised:
        reading.query("SELECT * FROM no_such_table")
    assert getattr(raised.value, "code", None) == 60
