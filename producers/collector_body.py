"""What a request to the collector holds: one event, or a list of them."""

from typing import Final, NamedTuple

import orjson
from aiohttp import web

from producers.problem import Problem

__all__ = ["MOST_ITEMS", "Body", "read_body"]

MOST_ITEMS: Final = 500
"""Of one request; as many take some 20 ms to check and hand over, in which nobody else is served. Chosen."""


class Body(NamedTuple):
    """The JSON values sent, not checked yet; `is_list` says how to answer."""

    items: list[object]
    is_list: bool


async def read_body(request: web.Request) -> Body:
    """Read a request's body.

    Raises
    ------
    Problem
        415 for what is not plain JSON, 400 for broken JSON or an empty list, 413 for too long a list.

    """
    if request.content_type != "application/json":
        raise Problem(415, "Send the header `Content-Type: application/json`.")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise Problem(415, "Compressed bodies are not taken.")
    try:
        value = orjson.loads(await request.read())
    except orjson.JSONDecodeError as error:
        raise Problem(400, f"{error.msg} at character {error.pos}.") from None
    if not isinstance(value, list):
        return Body([value], is_list=False)
    if not value:
        raise Problem(400, "The list is empty; send at least one event.")
    if len(value) > MOST_ITEMS:
        raise Problem(413, f"At most {MOST_ITEMS} events are taken at once, {len(value):,} came.")
    return Body(value, is_list=True)
