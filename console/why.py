"""Why a figure fell or rose, for programs."""

import asyncio
from datetime import UTC, datetime

from aiohttp import web

from console.language import _
from console.problems import problem
from console.rules import STORE
from detectors.causes.measures import MEASURES
from detectors.causes.question import Scope
from schemas.causes import Explanation
from schemas.errors import Retry, Stop
from sinks.causes.asking import Asked, ask_why
from sinks.connection import connect
from sinks.settings import ClickHouseSettings

__all__ = ["why_json"]

NARROWED_BY = ("store", "channel", "region", "payment_method", "category")
"""In the order of `Scope`."""


async def why_json(request: web.Request) -> web.Response:
    """Explain a figure: `GET /api/v1/why?metric=revenue&since=…`.

    `store`, `channel`, `region`, `payment_method` and `category` narrow it down. Times are ISO 8601 with a
    zone; `until` may be left out for the newest minute that is here.
    """
    query = request.query
    measure = MEASURES.get(query.get("metric", ""))
    if measure is None:
        return problem(400, _("metric must be one of {known}", known=", ".join(MEASURES)))
    try:
        since, until = moment(query.get("since", "")), query.get("until")
        asked = Asked(
            measure,
            since,
            None if until is None else moment(until),
            Scope(*(query.get(name, "") for name in NARROWED_BY)),
        )
    except ValueError:
        return problem(400, _("since (and until) must be a time like 2026-05-04T14:05:00+02:00"))
    try:
        found = await asyncio.to_thread(explained, request.app[STORE], asked)
    except Stop as error:
        return problem(422, str(error))
    except Retry as error:
        return problem(503, str(error).splitlines()[0])
    return web.Response(text=found.model_dump_json(), content_type="application/json")


def moment(text: str) -> datetime:
    """Read a time with its zone.

    Raises
    ------
    ValueError
        It is none, or has no zone.

    """
    found = datetime.fromisoformat(text.replace(" ", "+"))  # a plus in an address reads as a space
    if found.tzinfo is None:
        raise ValueError
    return found.astimezone(UTC)


def explained(store: ClickHouseSettings, asked: Asked) -> Explanation:
    """Ask the store, over a connection of its own."""
    client = connect(store)
    try:
        return ask_why(client, asked)
    finally:
        client.close()
