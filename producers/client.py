"""Send events to Kafka and know which ones arrived."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, NamedTuple

from kafka import KafkaProducer
from kafka.errors import KafkaError
from kafka.partitioner.default import murmur2
from pydantic import BaseModel

from producers.errors import NotDelivered
from producers.ledger import Ledger, ledger_line
from schemas.topics import MAX_RECORD_BYTES, Topic

__all__ = ["EventProducer", "Place"]

BATCH_BYTES = 65_536  # measured with records of 300 bytes: 14,000/s at the default 16 KB, 49,000/s at 64 KB
# kafka-python itself holds as much as it is given; 20,000 records are about 20 MB and half a second.
MAX_UNACKNOWLEDGED = 20_000
PARTITIONS_REMEMBERED = 200_000
RECONNECT_MS = 1_000
POLL_SECONDS = 0.001


class Place(NamedTuple):
    """Where a record stands in its topic."""

    partition: int
    offset: int


class EventProducer:
    """An idempotent producer of contract events that waits for all replicas.

    Parameters
    ----------
    bootstrap_servers
        host:port, separated by commas.
    source
        Kafka's client id, for the broker's logs.
    ledger
        Where acknowledged events are noted.
    linger_ms
        How long a batch waits for company; more = fewer, larger requests.
    deliver_within_seconds
        After this time without an acknowledgement an event counts as not delivered.

    Cost
    ----
    25 µs a record of 500 bytes, acknowledged and in the ledger (the sender thread included). The partition
    is computed here and remembered per key, because kafka-python hashes in pure Python (8 µs).

    """

    def __init__(
        self,
        bootstrap_servers: str,
        *,
        source: str,
        ledger: Ledger | None = None,
        linger_ms: int = 5,
        deliver_within_seconds: float = 120.0,
    ) -> None:
        delivery_ms = int(deliver_within_seconds * 1000)
        self._kafka = KafkaProducer(
            bootstrap_servers=bootstrap_servers.split(","),
            client_id=source,
            acks="all",
            enable_idempotence=True,
            allow_auto_create_topics=False,
            batch_size=BATCH_BYTES,
            linger_ms=linger_ms,
            max_request_size=4 * MAX_RECORD_BYTES,
            delivery_timeout_ms=delivery_ms,
            request_timeout_ms=min(30_000, delivery_ms // 2),
            max_block_ms=delivery_ms,
            reconnect_backoff_max_ms=RECONNECT_MS,  # by default it waits up to 30 s for a broker that is back
            metrics_enabled=False,
        )
        self._ledger = ledger
        self._partitions: dict[tuple[str, bytes], int] = {}
        self._sent = 0  # written by the caller's thread only
        self._settled = 0  # written by kafka-python's thread only, but for failures in `send` itself
        self._failure: NotDelivered | None = None

    @property
    def unacknowledged(self) -> int:
        """How many events Kafka has not answered for yet."""
        return self._sent - self._settled

    def prepare(self, topic: Topic) -> None:
        """Fetch a topic's metadata now, so that the first event does not wait for it.

        Raises
        ------
        NotDelivered
            Kafka is away, or the topic does not exist.

        """
        try:
            self._kafka.partitions_for(topic.name)
        except KafkaError as error:
            raise NotDelivered(topic.name, "none", str(error)) from error

    def send(self, topic: Topic, event: BaseModel, *, partition: int | None = None) -> None:
        """Hand over one event; it is noted in the ledger once Kafka has acknowledged it.

        Parameters
        ----------
        topic, event
            What goes where.
        partition
            Where the topic's partitions are not chosen by Kafka's own rule.

        Raises
        ------
        NotDelivered
            An earlier event was not delivered, or this one cannot be handed over.

        """
        key: str = event.key  # type: ignore[attr-defined]  # every contract computes its key
        value = event.model_dump_json(exclude_none=True).encode()
        self.send_encoded(topic, key.encode(), value, ledger_line(topic.name, event), partition=partition)

    def send_encoded(
        self, topic: Topic, key: bytes, value: bytes, line: bytes, *, partition: int | None = None
    ) -> None:
        """Hand over one event that is JSON already; `line` is its `ledger_line`.

        Raises
        ------
        NotDelivered
            As for `send`.

        """
        if self._failure is not None:
            raise self._failure
        fail = partial(self._note_failure, topic.name, line)
        self._submit(topic, key, value, line, fail=fail, partition=partition)

    def deliver(self, topic: Topic, event: BaseModel, *, value: bytes | None = None) -> Future[Place]:
        """Hand over one event; the future is where Kafka has put it, once acknowledged, or NotDelivered.

        A failure concerns this event alone and is not raised by later calls.

        Parameters
        ----------
        topic, event
            What goes where.
        value
            The event's own bytes, where they must go as they once came.

        """
        outcome: Future[Place] = Future()
        line = ledger_line(topic.name, event)

        def fail(error: Exception) -> None:
            self._settled += 1
            outcome.set_exception(not_delivered(topic.name, line, error))

        def succeed(line: bytes, metadata: Any) -> None:
            self._note_success(line, metadata)
            outcome.set_result(Place(metadata.partition, metadata.offset))

        key: str = event.key  # type: ignore[attr-defined]  # every contract computes its key
        if value is None:
            value = event.model_dump_json(exclude_none=True).encode()
        self._submit(topic, key.encode(), value, line, fail=fail, succeed=succeed)
        return outcome

    def flush(self) -> None:
        """Return when everything sent is acknowledged and in the ledger's file.

        Raises
        ------
        NotDelivered
            Something was not.

        """
        self._kafka.flush()
        if self._ledger is not None:
            self._ledger.flush()
        if self._failure is not None:
            raise self._failure

    def close(self, timeout_seconds: float = 10.0) -> None:
        """Wait for what was sent, at most for a while, and end. The ledger stays open: it is the caller's."""
        self._kafka.close(timeout=timeout_seconds)
        if self._ledger is not None:
            self._ledger.flush()

    def _submit(
        self,
        topic: Topic,
        key: bytes,
        value: bytes,
        line: bytes,
        *,
        fail: Callable[[Exception], None],
        succeed: Callable[[bytes, object], None] | None = None,
        partition: int | None = None,
    ) -> None:
        while self.unacknowledged >= MAX_UNACKNOWLEDGED:
            time.sleep(POLL_SECONDS)
        try:
            if partition is None:
                partition = self._partition(topic, key)
            future = self._kafka.send(topic.name, value=value, key=key, partition=partition)
        except KafkaError as error:
            raise not_delivered(topic.name, line, error) from error
        self._sent += 1
        future.add_callback(partial(succeed or self._note_success, line))
        future.add_errback(fail)

    def _partition(self, topic: Topic, key: bytes) -> int:
        found = self._partitions.get((topic.name, key))
        if found is None:
            if len(self._partitions) >= PARTITIONS_REMEMBERED:
                self._partitions.clear()
            # Kafka's own rule for keyed records, so that every client puts a customer into one partition
            found = (murmur2(key) & 0x7FFFFFFF) % topic.partitions
            self._partitions[topic.name, key] = found
        return found

    def _note_success(self, line: bytes, _metadata: object) -> None:
        self._settled += 1
        if self._ledger is not None:
            self._ledger.acknowledged(line)

    def _note_failure(self, topic: str, line: bytes, error: Exception) -> None:
        self._settled += 1
        if self._failure is None:
            self._failure = not_delivered(topic, line, error)


def not_delivered(topic: str, line: bytes, error: Exception) -> NotDelivered:
    """Name the event that failed."""
    return NotDelivered(topic, line.split(b" ")[1].decode(), f"{type(error).__name__}: {error}")
