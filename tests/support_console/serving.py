"""The console for tests: inside the test's loop, or in a process of its own."""

import os
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from pydantic import SecretStr

from console.panels.stores import StoreRow
from console.query import Parameter, query_parameters
from console.selection import EVERYTHING, Selection, selection_parameters
from console.server import create_app
from console.settings import ConsoleSettings
from console.trading_day import trading_day
from schemas.settings import KafkaSettings
from sinks.settings import ClickHouseSettings
from tests.support.forked import start
from tests.support.patience import PATIENCE_SECONDS
from tests.support.store_process import READER_PASSWORD
from tillwatch.stack.ports import free_port

__all__ = [
    "PASSWORD",
    "as_reader",
    "console_client",
    "console_process",
    "log_in",
    "parameters_now",
    "settings",
]

PASSWORD = "right-and-long"
NO_KAFKA = "127.0.0.1:1"
"""Nobody listens there."""


def as_reader(store: ClickHouseSettings) -> ClickHouseSettings:
    """The same store, seen by the user that the console is."""
    return store.model_copy(update={"user": "reader", "password": SecretStr(READER_PASSWORD)})


def settings(**changes: object) -> ConsoleSettings:
    """Settings that do not depend on the environment of the test."""
    return ConsoleSettings.model_validate({"password": PASSWORD, "user": "tillwatch"} | changes)


def parameters_now(chosen: Selection = EVERYTHING, known: Sequence[StoreRow] = ()) -> dict[str, Parameter]:
    """The parameters of every query at this moment."""
    now = datetime.now(UTC)
    moments = query_parameters(trading_day(now, now, settings().zone), now)
    return moments | selection_parameters(chosen, known)


@asynccontextmanager
async def console_client(
    store: ClickHouseSettings, *, logged_in: bool = True, kafka: str = NO_KAFKA, **changes: object
) -> AsyncIterator[TestClient[Request, Application]]:
    """A client of a console in this loop; without `kafka` it cannot take answers."""
    server = TestServer(create_app(settings(**changes), store, KafkaSettings(bootstrap_servers=kafka)))
    # unsafe = also for addresses without a name, such as 127.0.0.1
    async with TestClient(server, cookie_jar=CookieJar(unsafe=True)) as client:
        if logged_in:
            await log_in(client)
        yield client


async def log_in(
    client: TestClient[Request, Application], password: str = PASSWORD, *, user: str = "tillwatch"
) -> int:
    """Send the form; return the status of the answer."""
    form = {"user": user, "password": password}
    async with client.post("/login", data=form, allow_redirects=False) as answer:
        return answer.status


@contextmanager
def console_process(store: ClickHouseSettings, folder: Path, **environment: str) -> Iterator[str]:
    """`tillwatch console` on a free port; yields its address."""
    port = free_port()
    variables = os.environ | {
        "TILLWATCH_CLICKHOUSE_HOST": store.host,
        "TILLWATCH_CLICKHOUSE_PORT": str(store.port),
        "TILLWATCH_CLICKHOUSE_USER": store.user,
        "TILLWATCH_CLICKHOUSE_PASSWORD": store.password.get_secret_value(),
        "TILLWATCH_CONSOLE_PORT": str(port),
        "TILLWATCH_CONSOLE_USER": "tillwatch",
        "TILLWATCH_CONSOLE_PASSWORD": PASSWORD,
        "TILLWATCH_KAFKA_BOOTSTRAP_SERVERS": NO_KAFKA,
    }
    address = f"http://127.0.0.1:{port}"
    log = folder / "console.log"
    process = start(["tillwatch", "console"], variables | environment, log)
    try:
        until = time.monotonic() + PATIENCE_SECONDS
        while not answers(address):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_SECONDS)


def answers(address: str) -> bool:
    """Whether the console is up."""
    connection = HTTPConnection(address.removeprefix("http://"), timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
