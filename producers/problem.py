"""Answers that say what is wrong, in the form of RFC 9457 (`application/problem+json`)."""

from collections.abc import Mapping

import orjson
from aiohttp import web

__all__ = ["Problem"]

TITLES = {
    400: "The body is neither an event nor a list of events",
    401: "The API key is missing or unknown",
    404: "There is nothing here",
    405: "This address takes another method",
    413: "The body is too large",
    415: "The body must be plain JSON",
    422: "The event breaks its contract",
    500: "The collector failed",
    503: "Kafka did not acknowledge the event",
}


class Problem(Exception):  # named for what the caller gets
    """A request, or one event of it, that cannot be answered as asked.

    Parameters
    ----------
    status
        HTTP status; its title comes from a table.
    detail
        What was expected, what came and what to do, without any value from the body.
    headers
        More headers, for example Retry-After.
    members
        More fields of the problem: what to send again, or what became of each event.

    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.headers = headers
        self.body: dict[str, object] = {
            "type": "about:blank",
            "title": TITLES[status],
            "status": status,
            "detail": detail,
            **(members or {}),
        }

    def response(self) -> web.Response:
        """Build the answer."""
        return web.Response(
            status=self.status,
            body=orjson.dumps(self.body),
            content_type="application/problem+json",
            headers=self.headers,
        )
