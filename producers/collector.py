"""Take events over HTTP from programs that do not speak Kafka.

`POST /v1/transactions`, `/v1/clicks`, `/v1/stock-movements`, `/v1/labels` or `/v1/context` with
`Authorization: Bearer KEY` and one JSON object or a list of them. The answer comes once Kafka has
acknowledged every event that is called accepted; what is refused is answered with a problem of RFC 9457.
Nothing is kept here in between. After a 503 an event may or may not be in Kafka: send it again with the
fields of `resend`. All of it is in docs/collector.md.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from producers.api_keys import ApiKeys
from producers.client import EventProducer
from producers.clock import Clock
from producers.collector_answer import answer_list, answer_one
from producers.collector_body import read_body
from producers.collector_delivery import deliver
from producers.collector_intakes import INTAKE_TOPICS, Intake, intakes
from producers.errors import ClockUnreadable
from producers.problem import Problem
from schemas.topics import MAX_RECORD_BYTES

__all__ = ["Collector", "build_app"]

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

BEARER: Final[Mapping[str, str]] = {"WWW-Authenticate": 'Bearer realm="tillwatch"'}
ROUTES: Final = tuple(f"/v1/{topic.name}" for topic in INTAKE_TOPICS)

logger = logging.getLogger(__name__)


class Collector:
    """The HTTP face of a producer.

    Parameters
    ----------
    producer
        Delivers to Kafka; its delivery time bounds how long an answer takes.
    keys
        Who may send.
    read_clock
        Gives the clock by which events without a time happened.

    """

    def __init__(self, producer: EventProducer, *, keys: ApiKeys, read_clock: Callable[[], Clock]) -> None:
        self._producer = producer
        self._keys = keys
        self._read_clock = read_clock

    def poster(self, intake: Intake) -> Handler:
        """Make the handler that takes events of one kind."""

        async def post(request: web.Request) -> web.StreamResponse:
            source = self._authenticate(request)
            body = await read_body(request)
            outcomes = await deliver(body.items, intake, self._producer, source=source, now=self._now())
            return answer_list(outcomes) if body.is_list else answer_one(outcomes[0])

        return post

    async def health(self, _request: web.Request) -> web.Response:
        """Say that the collector runs; whether Kafka answers is seen on the first event."""
        return web.json_response({"status": "running"})

    def _authenticate(self, request: web.Request) -> str:
        source = self._keys.source_of(request.headers.get("Authorization"))
        if source is None:
            raise Problem(
                401,
                "Send the header `Authorization: Bearer KEY` with a key that is known here.",
                headers=BEARER,
            )
        return source

    def _now(self) -> datetime:
        try:
            return self._read_clock().now(datetime.now(UTC))
        except ClockUnreadable as error:
            logger.error("the simulated clock cannot be read", extra={"reason": str(error)})
            raise Problem(500, "The collector cannot read its clock.") from None


def build_app(collector: Collector) -> web.Application:
    """Build the HTTP application."""
    app = web.Application(client_max_size=MAX_RECORD_BYTES, middlewares=[problems_only])
    for intake in intakes():
        app.router.add_post(f"/v1/{intake.topic.name}", collector.poster(intake))
    app.router.add_get("/health", collector.health)
    return app


@web.middleware
async def problems_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every refusal, aiohttp's own included, into a problem."""
    try:
        return await handler(request)
    except Problem as problem:
        return problem.response()
    except web.HTTPRequestEntityTooLarge:
        return Problem(413, f"At most {MAX_RECORD_BYTES:,} bytes are taken.").response()
    except web.HTTPNotFound:
        return Problem(404, f"Events go to POST {', '.join(ROUTES)}; GET /health answers.").response()
    except web.HTTPMethodNotAllowed as error:
        allowed = ", ".join(sorted(error.allowed_methods))
        return Problem(405, f"Allowed here: {allowed}.", headers={"Allow": allowed}).response()
