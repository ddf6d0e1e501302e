"""How to tell that a program answers."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp

from producers.administration import is_answering

__all__ = ["answers_http", "answers_kafka", "at_once"]

ATTEMPT = aiohttp.ClientTimeout(total=2)


async def at_once() -> bool:
    """Count as ready once started."""
    return True


def answers_http(url: str) -> Callable[[], Awaitable[bool]]:
    """Ready once a GET of the address is answered with 200."""

    async def is_ready() -> bool:
        try:
            async with aiohttp.ClientSession(timeout=ATTEMPT) as session, session.get(url) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    return is_ready


def answers_kafka(bootstrap_servers: str) -> Callable[[], Awaitable[bool]]:
    """Ready once a broker answers."""

    async def is_ready() -> bool:
        return await asyncio.to_thread(is_answering, bootstrap_servers)

    return is_ready
