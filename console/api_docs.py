"""The API's document, for programs and, as a page, for people."""

from functools import cache
from itertools import groupby

import orjson
from aiohttp import web

from console.alerts.views import look
from console.openapi import API, Operation, openapi_document, operations
from console.security import USER
from console.templating import TEMPLATES, page

__all__ = ["ROUTES"]


@cache
def document() -> bytes:
    """Encode the document once."""
    return orjson.dumps(openapi_document())


async def openapi_json(_request: web.Request) -> web.Response:
    """Answer the document: `GET /api/v1/openapi.json`."""
    response = web.Response(body=document(), content_type="application/json")
    response.enable_compression()
    return response


async def docs_html(request: web.Request) -> web.Response:
    """Show it: `GET /docs`."""
    picture, _ = await look(request, None)
    return page(
        request.app[TEMPLATES],
        "docs.html",
        groups=grouped(),
        api=API,
        user=request[USER],
        tab="docs",
        clock=picture.clock,
        open_alerts=picture.open_alerts,
    )


def grouped() -> list[tuple[str, list[Operation]]]:
    """Put operations of one tag together."""
    ordered = sorted(operations(), key=lambda one: one.tag)
    return [(tag, list(those)) for tag, those in groupby(ordered, key=lambda one: one.tag)]


ROUTES = (web.get("/docs", docs_html), web.get("/api/v1/openapi.json", openapi_json))
