"""The measuring client of `latency`, a process of its own: sends on schedule, notes what comes back when.

librdkafka does the talking in threads without Python's lock; the reader only notes the time and the event.
"""

import gc
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import numpy as np
import orjson
from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition

from benchmarks.live_payments import ALERT_EVERY, LivePayment, make_live_payments
from benchmarks.open_loop import OpenLoop
from schemas.topics import ALERTS, SCORES, TRANSACTIONS

__all__: list[str] = []

SEED = 20_260_302
START_SECONDS = 1.0
ECHOED = 0
"""The partition of payments that is read back: one of eight, so that reading adds little to Kafka's work."""
EVENT_ID = b'"event_id":"'
SCORED = b'"disposition":"scored"'


class Reader(Thread):
    """Notes when each score and each alert came first, and payments of one partition as themselves."""

    def __init__(self, bootstrap_servers: str, payments: Sequence[LivePayment]) -> None:
        super().__init__(daemon=True)
        self._indexes = {payment.event: index for index, payment in enumerate(payments)}
        self._payments = payments
        self.echoes = np.full(len(payments), np.nan)
        self.scores = np.full(len(payments), np.nan)
        self.alerts: dict[str, float] = {}
        self.problems: list[str] = []
        self.echoed = sum(payment.partition == ECHOED for payment in payments)
        self.seen = 0
        self.ended = Event()
        self._consumer = Consumer(
            {
                "bootstrap.servers": bootstrap_servers,
                "group.id": "latency-client",
                "enable.auto.commit": False,
            }
        )
        read = [(topic.name, number) for topic in (SCORES, ALERTS) for number in range(topic.partitions)]
        read.append((TRANSACTIONS.name, ECHOED))
        self._consumer.assign([TopicPartition(*partition, OFFSET_BEGINNING) for partition in read])

    def run(self) -> None:
        """Read until told to end."""
        while not self.ended.is_set():
            message = self._consumer.poll(0.1)
            now = time.time()
            if message is None:
                continue
            if message.error():
                self.problems.append(str(message.error()))
            elif message.topic() == ALERTS.name:
                self._alert(orjson.loads(message.value()), now)
            else:
                self._payment(message.topic() == SCORES.name, message.partition(), message.value(), now)

    def _payment(self, is_score: bool, partition: int, value: bytes, now: float) -> None:
        begins = value.index(EVENT_ID) + len(EVENT_ID)
        index = self._indexes[value[begins : begins + 36]]
        arrivals = self.scores if is_score else self.echoes
        if not np.isnan(arrivals[index]) or partition != self._payments[index].partition:
            self.problems.append(f"payment {index} came twice or in another partition")
        if is_score and SCORED not in value:
            self.problems.append(f"payment {index} was not scored")
        arrivals[index] = now
        self.seen += 1

    def _alert(self, alert: dict[str, str], now: float) -> None:
        if alert["kind"] == "card_testing":
            self.alerts.setdefault(alert["entity"], now)

    def close(self) -> None:
        """Stop reading."""
        self.ended.set()
        self.join()
        self._consumer.close()


def send(producer: Producer, payments: Sequence[LivePayment], schedule: OpenLoop) -> list[float]:
    """Send each payment when it is due; give by how many seconds each was late."""
    late = []
    for index, payment in enumerate(payments):
        happens = datetime.fromtimestamp(schedule.due(payment.happens), UTC)
        value = payment.value(happens.isoformat(timespec="microseconds"))
        late.append(schedule.wait(index))
        producer.produce(TRANSACTIONS.name, value, payment.key, partition=payment.partition)
        producer.poll(0)
    return late


def wait_for_answers(reader: Reader, count: int, patience_seconds: float) -> None:
    """Wait until every payment has its score, and every alert has come.

    Raises
    ------
    SystemExit
        Something never came, came twice or elsewhere.

    """
    alerts = count // ALERT_EVERY
    answers = count + reader.echoed
    deadline = time.monotonic() + patience_seconds
    while reader.seen < answers or len(reader.alerts) < alerts:
        if time.monotonic() > deadline:
            raise SystemExit(
                f"of {count:,} payments {np.isnan(reader.scores).sum():,} have no score; "
                f"{len(reader.alerts)} of {alerts} card testers were found"
            )
        time.sleep(0.1)
    if reader.problems:
        raise SystemExit(f"{len(reader.problems)} wrong answers: {reader.problems[:3]}")


def run(bootstrap_servers: str, rate: float, count: int, patience_seconds: float, result: Path) -> None:
    """Send, wait for all answers, and write all times (seconds since 1970)."""
    payments = list(make_live_payments(count, SEED))
    producer = Producer({"bootstrap.servers": bootstrap_servers, "enable.idempotence": True, "linger.ms": 0})
    reader = Reader(bootstrap_servers, payments)
    gc.freeze()
    gc.disable()  # nothing here makes cycles, and a pause would count as latency
    sys.setswitchinterval(0.0005)
    reader.start()
    schedule = OpenLoop(time.time() + START_SECONDS, rate)
    late = send(producer, payments, schedule)
    producer.flush()
    wait_for_answers(reader, count, patience_seconds)
    reader.close()
    raised = range(ALERT_EVERY - 1, count, ALERT_EVERY)
    np.savez(
        result,
        due=np.array([schedule.due(index) for index in range(count)]),
        late=np.array(late),
        echoes=reader.echoes,
        scores=reader.scores,
        alerts_due=np.array([schedule.due(index) for index in raised]),
        alerts=np.array([reader.alerts[f"device-{index // ALERT_EVERY}"] for index in raised]),
    )


if __name__ == "__main__":
    run(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), Path(sys.argv[5]))
