"""Take events over HTTP from programs that do not speak Kafka.

`POST /v1/transactions` with `Authorization: Bearer KEY` and one JSON object. The answer is 202 once Kafka
has acknowledged the event, and a problem of RFC 9457 otherwise; nothing is kept here in between. After a 503
the event may or may not be in Kafka: send it again with the `event_id` of the answer.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

import orjson
from aiohttp import web

from producers.api_keys import ApiKeys
from producers.client import EventProducer
from producers.clock import Clock
from producers.envelope import Envelopes
from producers.errors import ClockUnreadable, NotDelivered
from producers.problem import Problem, problems_only
from schemas.decode import decode_record
from schemas.errors import Refused
from schemas.topics import MAX_RECORD_BYTES, TRANSACTIONS
from schemas.transaction import Transaction

__all__ = ["Collector", "build_app"]

RETRY_AFTER_SECONDS: Final = 5
MOST_WAITING: Final = 2_000
"""Events in flight; more are refused at once, since handing them over would block every other request."""
BEARER: Final[Mapping[str, str]] = {"WWW-Authenticate": 'Bearer realm="tillwatch"'}

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
        self._envelopes = Envelopes()

    async def post_transaction(self, request: web.Request) -> web.Response:
        """Take one payment event."""
        source = self._authenticate(request)
        check_media_type(request)
        event = self._decode(await request.read(), source)
        await self._deliver(event, source)
        return web.Response(
            status=202, body=orjson.dumps({"event_id": str(event.event_id)}), content_type="application/json"
        )

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

    def _decode(self, body: bytes, source: str) -> Transaction:
        """Fill the envelope and check the event; what is checked is what will be sent."""
        try:
            now = self._read_clock().now(datetime.now(UTC))
            return decode_record(Transaction, self._envelopes.fill(body, source=source, now=now))
        except ClockUnreadable as error:
            logger.error("the simulated clock cannot be read", extra={"reason": str(error)})
            raise Problem(500, "The collector cannot read its clock.") from None
        except Refused as refused:
            raise Problem(400 if refused.kind == "not_json" else 422, f"{refused.reason}.") from None

    async def _deliver(self, event: Transaction, source: str) -> None:
        self._envelopes.used(event.run, source)
        try:
            if self._producer.unacknowledged >= MOST_WAITING:
                raise NotDelivered(TRANSACTIONS.name, str(event.event_id), "too many events wait for Kafka")
            await asyncio.wrap_future(self._producer.deliver(TRANSACTIONS, event))
        except NotDelivered as error:
            logger.warning("event not delivered", extra={"reason": str(error)})
            raise Problem(
                503,
                "Send the event again with the fields of `resend`; whether Kafka stored it is not known.",
                headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
                resend={
                    "event_id": str(event.event_id),
                    "run": event.run,
                    "seq": event.seq,
                    "occurred_at": event.occurred_at.isoformat(),
                },
            ) from error


def check_media_type(request: web.Request) -> None:
    """Refuse what is not plain JSON.

    Raises
    ------
    Problem
        With status 415.

    """
    if request.content_type != "application/json":
        raise Problem(415, "Send the header `Content-Type: application/json`.")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise Problem(415, "Compressed bodies are not taken.")


def build_app(collector: Collector) -> web.Application:
    """Build the HTTP application."""
    app = web.Application(client_max_size=MAX_RECORD_BYTES, middlewares=[problems_only])
    app.router.add_post("/v1/transactions", collector.post_transaction)
    app.router.add_get("/health", collector.health)
    return app
