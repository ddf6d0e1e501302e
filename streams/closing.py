"""Closing what talks to Kafka, whether Kafka is there or not."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

__all__ = ["close_within"]

log = logging.getLogger(__name__)


async def close_within(seconds: float, close: Callable[[], Coroutine[Any, Any, Any]], name: str) -> None:
    """Close something and give up after some time: what was not acknowledged is made again anyway.

    Errors are logged and go no further. While Kafka is away aiokafka's own `stop` waits for it, and at times
    raises the CancelledError of a task inside it, which would cancel our stop too.
    """
    closing = asyncio.ensure_future(close())
    _, late = await asyncio.wait({closing}, timeout=seconds)
    if late:
        closing.cancel()
        log.warning("not closed in time", extra={"what": name, "seconds": seconds})
    elif not closing.cancelled() and closing.exception() is not None:
        log.warning("closed with an error", extra={"what": name, "cause": repr(closing.exception())})
