"""The one way to talk to ClickHouse: clickhouse-connect over HTTP."""

import asyncio
import re
import socket
import time
from collections.abc import Callable
from typing import Any

import clickhouse_connect
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, OperationalError

from schemas.errors import Stop
from sinks.errors import StoreAbsent
from sinks.settings import ClickHouseSettings

__all__ = ["connect", "connect_async", "wait_for_store", "went_away"]

# ClickHouse: AUTHENTICATION_FAILED and UNKNOWN_DATABASE. Waiting does not heal them.
HOPELESS = ("516", "81")
BROKEN_ANSWER = re.compile(r"HTTP driver received HTTP status 5\d\d\b")
"""What clickhouse-connect says of an answer that is not ClickHouse's own: a proxy's, a falling server's."""
POLL_SECONDS = 0.25
CONNECT_SECONDS = 5


def connect(settings: ClickHouseSettings) -> Client:
    """Open a client. It keeps no session, so threads may share it.

    Raises
    ------
    StoreAbsent
        ClickHouse does not answer.
    Stop
        It refuses the login.

    """
    try:
        return clickhouse_connect.get_client(**arguments(settings))
    except OperationalError as error:
        raise absent(settings, error) from error
    except ClickHouseError as error:
        raise translated(settings, error) from error


async def connect_async(settings: ClickHouseSettings) -> AsyncClient:
    """Open an asynchronous client; raises as `connect`, also where nothing is said in `CONNECT_SECONDS`."""
    try:
        # the client's own limit ends when the connection stands: a store that hangs takes it and says nothing
        async with asyncio.timeout(min(CONNECT_SECONDS, settings.answer_seconds)):
            return await clickhouse_connect.get_async_client(**arguments(settings))
    except (OperationalError, TimeoutError) as error:
        raise absent(settings, error) from error
    except ClickHouseError as error:
        raise translated(settings, error) from error


def wait_for_store(
    settings: ClickHouseSettings, *, announce: Callable[[str], None], deadline_seconds: float | None = None
) -> None:
    """Poll until ClickHouse answers; announce once what is waited for.

    Raises
    ------
    StoreAbsent
        Past the deadline; without one it waits for ever.
    Stop
        ClickHouse answers and refuses the login.

    """
    begun = time.monotonic()
    announced = False
    while True:
        try:
            # asked first because it is instant, and quiet while nobody listens
            with socket.create_connection((settings.host, settings.port), timeout=CONNECT_SECONDS):
                pass
            connect(settings).close()
            return
        except (OSError, StoreAbsent) as error:
            if deadline_seconds is not None and time.monotonic() - begun > deadline_seconds:
                raise absent(settings, error) from error
        if not announced:
            announce(f"waiting for ClickHouse at {settings.host}:{settings.port}")
            announced = True
        time.sleep(POLL_SECONDS)


def went_away(error: Exception) -> bool:
    """Say whether an error comes from a store that went away, at the latest in the middle of its answer."""
    broken = isinstance(error, OperationalError) or BROKEN_ANSWER.match(str(error)) is not None
    return isinstance(error, StoreAbsent) or (broken and getattr(error, "code", None) is None)


def arguments(settings: ClickHouseSettings) -> dict[str, Any]:
    """Translate the settings for clickhouse-connect."""
    return {
        "host": settings.host,
        "port": settings.port,
        "username": settings.user,
        "password": settings.password.get_secret_value(),
        "database": settings.database,
        "secure": settings.secure,
        # Concurrent queries of one session are refused by ClickHouse.
        "autogenerate_session_id": False,
        "connect_timeout": CONNECT_SECONDS,
        "send_receive_timeout": settings.answer_seconds,
    }


def absent(settings: ClickHouseSettings, error: Exception) -> StoreAbsent:
    """Say that ClickHouse does not answer."""
    return StoreAbsent(f"ClickHouse at {settings.host}:{settings.port} does not answer: {error}")


def translated(settings: ClickHouseSettings, error: ClickHouseError) -> StoreAbsent | Stop:
    """Tell an error that waiting heals from one that it does not."""
    if str(getattr(error, "code", "")) in HOPELESS:
        return Stop(f"ClickHouse at {settings.host}:{settings.port} refuses user {settings.user}: {error}")
    return absent(settings, error)
