"""Explains alerts about totals as they are raised, from what ClickHouse holds.

Reads: alerts
Writes: causes
Key: the alert, in the partition with the number of the alert's own
State: which alerts wait and how far each was explained, in memory
Delivery: an offset is committed once every alert before it is explained and Kafka has the answer. After a
crash alerts are explained again: the last record of an alert counts, so nothing is doubled.

The judge may not read ClickHouse, so this is a process of its own. A new group begins with the oldest alerts
that are kept.
"""

import logging
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from typing import NoReturn

from clickhouse_connect.driver.client import Client
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from producers.administration import ask_kafka, require_topics
from producers.client import EventProducer
from schemas.alert import Alert
from schemas.causes import Causes
from schemas.decode import decode_record
from schemas.errors import Refused, Retry, Stop
from schemas.topics import ALERTS, CAUSES
from sinks.causes.asking import newest_minute
from sinks.causes.of_alert import explain_alert
from sinks.causes.waiting import Waiting
from sinks.connection import connect, wait_for_store
from sinks.settings import ClickHouseSettings
from streams.health import HealthServer
from streams.keyed_records import keyed_partition
from streams.settings import HealthSettings
from streams.watched import Reading

__all__ = ["GROUP", "Explainer", "run_explainer"]

log = logging.getLogger(__name__)

GROUP = "tillwatch-explainer"
POLL_MS = 500
PATIENCE_SECONDS = 60.0
"""How long what an alert rests on may take to reach the store; then it is explained from what is there."""
STORE_RETRY_SECONDS = 1.0


class Explainer:
    """One round after the other: read, explain what can be, commit.

    Parameters
    ----------
    consumer
        Of `alerts`, without automatic commits.
    producer
        Writes `causes`.
    store
        As a user who can only read.

    """

    def __init__(self, consumer: KafkaConsumer, producer: EventProducer, store: ClickHouseSettings) -> None:
        self._consumer = consumer
        self._producer = producer
        self._store = store
        self._waiting = Waiting()
        self._since: dict[str, float] = {}
        self._partitions = self._unread = self._explained = self._refused = 0
        self._passed_at: float | None = None

    def reading(self) -> Reading:
        """Tell how it stands; of another thread too. Its lag is what it has not read, and what waits."""
        return Reading(
            agent="explainer",
            phase="running" if self._partitions else "waiting",
            partitions=self._partitions,
            events=self._explained,
            repeats=0,
            refused=self._refused,
            lag=self._unread + len(self._waiting.alerts),
            last_pass_seconds=None if self._passed_at is None else time.monotonic() - self._passed_at,
        )

    def round(self) -> None:
        """Read what came, and explain what the store holds enough of.

        Raises
        ------
        NotDelivered
            Kafka does not take an answer; nothing of it is committed.

        """
        if self._passed_at is None:
            self._passed_at = time.monotonic()
        for records in self._consumer.poll(timeout_ms=POLL_MS).values():
            for record in records:
                self._read(record.value)
        owned = self._consumer.assignment()
        self._partitions, self._unread = len(owned), sum(map(self._unread_of, owned))
        if self._waiting.alerts and not self._explain():
            return
        if not self._waiting.alerts:
            self._consumer.commit()
        self._passed_at = time.monotonic()

    def _unread_of(self, partition: TopicPartition) -> int:
        end = self._consumer.highwater(partition)
        # known once something was fetched, and then its position is too
        return 0 if end is None else max(0, end - (self._consumer.position(partition) or 0))

    def _read(self, value: bytes | None) -> None:
        try:
            alert = decode_record(Alert, value or b"")
        except Refused as refused:
            self._refused += 1
            log.warning("alert passed over", extra={"cause": refused.reason})
            return
        self._waiting.take(alert)
        if alert.alert_id in self._waiting.alerts:
            self._since.setdefault(alert.alert_id, time.monotonic())

    def _explain(self) -> bool:
        """Explain what can be; say whether the store answered."""
        answered = True
        try:
            with closing(connect(self._store)) as client:
                newest = newest_minute(client)
                for alert in list(self._waiting.alerts.values()):
                    self._one(client, alert, newest)
        except Retry as error:
            log.warning("the store does not answer; alerts wait", extra={"cause": str(error)[:500]})
            time.sleep(STORE_RETRY_SECONDS)
            answered = False
        self._producer.flush()
        return answered

    def _one(self, client: Client, alert: Alert, newest: datetime) -> None:
        waited = time.monotonic() - self._since[alert.alert_id]
        if newest < alert.last_at.replace(second=0, microsecond=0) and waited < PATIENCE_SECONDS:
            return
        try:
            found = explain_alert(client, alert)
        except Stop as error:
            if waited < PATIENCE_SECONDS:
                return
            log.warning("not explained", extra={"alert_id": alert.alert_id, "cause": str(error)})
            found = None
        if found is not None:
            told = Causes(alert_id=alert.alert_id, explanation=found, explained_at=datetime.now(UTC))
            self._producer.send(CAUSES, told, partition=keyed_partition(CAUSES, told.key.encode()))
            self._explained += 1
            log.info("explained", extra={"alert_id": alert.alert_id, "sentence": found.sentence})
        self._since.pop(alert.alert_id, None)
        self._waiting.explained(alert)


def run_explainer(
    bootstrap_servers: str,
    store: ClickHouseSettings,
    health: HealthSettings,
    *,
    announce: Callable[[str], None],
) -> NoReturn:
    """Explain until a signal ends it.

    Raises
    ------
    Stop
        Topics are not as the contract says, ClickHouse refuses the login, or the health port is taken.
    NotDelivered
        Kafka did not take an answer.

    """
    for name in ("urllib3", "clickhouse_connect", "kafka"):
        logging.getLogger(name).setLevel(logging.ERROR)
    ask_kafka(bootstrap_servers, partial(require_topics, bootstrap_servers), announce=announce)
    wait_for_store(store, announce=announce)
    consumer = KafkaConsumer(
        ALERTS.name,
        bootstrap_servers=bootstrap_servers.split(","),
        group_id=GROUP,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    with closing(consumer), closing(EventProducer(bootstrap_servers, source="explainer")) as producer:
        explainer = Explainer(consumer, producer, store)
        HealthServer(health, [explainer]).start_beside()
        announce("explains alerts about totals")
        while True:
            try:
                explainer.round()
            except KafkaError as error:
                log.warning("reading again", extra={"cause": repr(error)})
