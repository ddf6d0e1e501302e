"""Errors of the API in the form of RFC 9457."""

from http import HTTPStatus

import orjson
from aiohttp import web

__all__ = ["problem"]


def problem(status: int, detail: str, **members: object) -> web.Response:
    """Make a problem+json answer; further members say what a program needs to go on."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return web.Response(
        status=status, body=orjson.dumps(body | members), content_type="application/problem+json"
    )
