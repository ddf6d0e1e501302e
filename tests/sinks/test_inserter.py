"""Which answers the sink waits out, and which end it."""

import pytest
from clickhouse_connect.driver._backend.httpcommon import build_http_error
from clickhouse_connect.driver.exceptions import ClickHouseError, OperationalError

from schemas.errors import Stop
from sinks.errors import StoreAbsent
from sinks.settings import ClickHouseSettings
from sinks.writer.inserter import Inserter


def answer(status: int, code: str | None, body: str) -> ClickHouseError:
    """Make the error that the client raises for an answer."""
    return build_http_error(status, code, body, True, "http://127.0.0.1:8123", retried=False)


@pytest.mark.parametrize(
    "error",
    [
        answer(500, None, "Internal Server Error"),
        answer(502, None, "<html>Bad Gateway</html>"),
        answer(500, "241", "Code: 241. DB::Exception: memory limit exceeded"),
        OperationalError("Network Error: connection reset"),
    ],
)
def test_an_answer_that_passes_is_waited_out(error: ClickHouseError) -> None:
    assert isinstance(Inserter(ClickHouseSettings()).translated(error, "token"), StoreAbsent)


@pytest.mark.parametrize(
    "error",
    [
        answer(500, "16", "Code: 16. DB::Exception: no such column"),
        answer(413, None, "Request Entity Too Large"),
        answer(404, None, "HTTP status 500 is what others say"),
    ],
)
def test_an_answer_that_comes_again_ends_the_sink(error: ClickHouseError) -> None:
    refused = Inserter(ClickHouseSettings()).translated(error, "token")
    assert isinstance(refused, Stop)
    assert "ClickHouse refuses token" in str(refused)
