"""The console's way to Kafka: opened when somebody first needs it, shared by all that people send."""

import asyncio
import logging

from producers.administration import is_answering
from producers.client import EventProducer
from producers.errors import NotDelivered
from schemas.event import Contract
from schemas.topics import ALERT_ACTIONS, ANSWERS, Topic

__all__ = ["Publisher"]

logger = logging.getLogger(__name__)

DELIVER_SECONDS = 5.0
"""Longest wait for Kafka: somebody sits in front of the button."""

CLOSE_SECONDS = 2.0


class Publisher:
    """Delivers records to Kafka and waits until it has acknowledged them.

    Parameters
    ----------
    bootstrap_servers
        Kafka's; it is asked only once somebody looks at alerts or sends something.

    """

    def __init__(self, bootstrap_servers: str) -> None:
        self.bootstrap_servers = bootstrap_servers
        self._opening: asyncio.Task[EventProducer | None] | None = None

    async def publish(self, topic: Topic, record: Contract, *, value: bytes | None = None) -> None:
        """Return once Kafka has the record.

        Parameters
        ----------
        topic, record
            What goes where.
        value
            The record's own bytes, where they must go as they once came.

        Raises
        ------
        NotDelivered
            Kafka is away or refuses the record.
        TimeoutError
            Kafka took too long; whether it has the record is unknown.

        """
        async with asyncio.timeout(DELIVER_SECONDS + CLOSE_SECONDS):
            producer = await self._opened(topic)
            # in a thread: a client that has lost its broker makes its caller wait
            outcome = await asyncio.to_thread(producer.deliver, topic, record, value=value)
            await asyncio.wrap_future(outcome)

    def prepare(self) -> None:
        """Begin to open the way to Kafka, so that the first record need not wait for it."""
        if self._opening is None or (self._opening.done() and self._opening.result() is None):
            self._opening = asyncio.create_task(asyncio.to_thread(self._connect))

    async def close(self) -> None:
        """Let go of Kafka."""
        if self._opening is not None:
            producer = await self._opening
            if producer is not None:
                await asyncio.to_thread(producer.close, CLOSE_SECONDS)

    async def _opened(self, topic: Topic) -> EventProducer:
        self.prepare()
        assert self._opening is not None  # noqa: S101  # prepare() has seen to it
        producer = await asyncio.shield(self._opening)
        if producer is None:
            raise NotDelivered(topic.name, "none", "no broker answers")
        return producer

    def _connect(self) -> EventProducer | None:
        """Open a producer; None where no broker answers."""
        # asked first: the client itself would try for half a minute, and leave its sockets open
        if not is_answering(self.bootstrap_servers):
            return None
        try:
            producer = EventProducer(
                self.bootstrap_servers,
                source="tillwatch-console",
                linger_ms=0,
                deliver_within_seconds=DELIVER_SECONDS,
            )
        except Exception:  # the edge: a broker that goes away just now, in the client's own words
            logger.exception("no way to Kafka")
            return None
        try:
            for topic in (ANSWERS, ALERT_ACTIONS):
                producer.prepare(topic)
        except NotDelivered as error:
            logger.warning("nothing can be published", extra={"error": str(error)})
            producer.close(CLOSE_SECONDS)
            return None
        return producer
