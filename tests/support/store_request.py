"""Requests to an embedded store as curl would send them."""

import base64
import http.client
from urllib.parse import urlencode

from sinks.settings import ClickHouseSettings
from tests.support.patience import PATIENCE_SECONDS
from tests.support.store_process import READER_PASSWORD, WRITER_PASSWORD

__all__ = ["READER", "WRITER", "Answer", "ask"]

READER = ("reader", READER_PASSWORD)
WRITER = ("writer", WRITER_PASSWORD)


class Answer:
    """What a plain HTTP client sees."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(
    at: ClickHouseSettings,
    body: bytes | str = b"",
    *,
    method: str = "POST",
    path: str = "/",
    headers: dict[str, str] | None = None,
    login: tuple[str, str] | None = WRITER,
    **query: str,
) -> Answer:
    """Send one request as curl would."""
    connection = http.client.HTTPConnection(at.host, at.port, timeout=PATIENCE_SECONDS)
    given_headers = dict(headers or {})
    if login is not None:
        token = base64.b64encode(":".join(login).encode()).decode()
        given_headers["Authorization"] = f"Basic {token}"
    try:
        connection.request(method, f"{path}?{urlencode(query)}", body, given_headers)
        return Answer(connection.getresponse())
    finally:
        connection.close()
