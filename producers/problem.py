"""Answers that say what is wrong, in the form of RFC 9457 (`application/problem+json`)."""

from collections.abc import Awaitable, Callable, Mapping

import orjson
from aiohttp import web

from schemas.topics import MAX_RECORD_BYTES

__all__ = ["Problem", "problems_only"]

TITLES = {
    400: "The body is not one JSON object",
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
    """A request that cannot be answered as asked.

    Parameters
    ----------
    status
        HTTP status; its title comes from a table.
    detail
        What was expected, what came and what to do, without any value from the body.
    headers
        More headers, for example Retry-After.
    resend
        Fields to add to the event before it is sent again.

    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        resend: Mapping[str, str | int] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.headers = headers
        self.body: dict[str, object] = {
            "type": "about:blank",
            "title": TITLES[status],
            "status": status,
            "detail": detail,
        }
        if resend is not None:
            self.body["resend"] = resend

    def response(self) -> web.Response:
        """Build the answer."""
        return web.Response(
            status=self.status,
            body=orjson.dumps(self.body),
            content_type="application/problem+json",
            headers=self.headers,
        )


@web.middleware
async def problems_only(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Turn every refusal, aiohttp's own included, into a problem."""
    try:
        return await handler(request)
    except Problem as problem:
        return problem.response()
    except web.HTTPRequestEntityTooLarge:
        return Problem(413, f"At most {MAX_RECORD_BYTES:,} bytes are taken.").response()
    except web.HTTPNotFound:
        return Problem(404, "Events go to POST /v1/transactions.").response()
    except web.HTTPMethodNotAllowed as error:
        allowed = ", ".join(sorted(error.allowed_methods))
        return Problem(405, f"Allowed here: {allowed}.", headers={"Allow": allowed}).response()
