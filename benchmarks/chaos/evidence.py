"""What an outsider finds in the ledger, in Kafka and in ClickHouse after everything has drained.

Nothing here is imported from the system under test: what topics, fields and tables are called is written out
again, and read with plain clients, so that a mistake of the system cannot hide in its own reader.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from kafka import KafkaConsumer, TopicPartition

__all__ = [
    "Evidence",
    "KafkaRecord",
    "StoreAddress",
    "by_event",
    "firsts",
    "gather",
    "read_ledger",
    "time_of",
]

TOPICS = (
    "transactions", "labels", "clicks", "stock-movements", "heartbeats", "scores", "metrics", "alerts",
    "answers", "verdicts",
)  # fmt: skip
"""Those that are read whole."""

UNREAD = ("features", "reasons")
"""Fields that nothing is said about here and that would fill the memory."""

Row = list[Any]
KafkaRecord = tuple[int, int, dict[str, Any]]
"""Partition, offset, and the JSON object."""


class StoreAddress(NamedTuple):
    """ClickHouse's HTTP interface, and who may read there."""

    port: int
    user: str
    password: str

    def ask(self, question: str) -> list[Row]:
        """Ask one question; give the rows of its answer."""
        parameters = urlencode(
            {
                "database": "tillwatch",
                "default_format": "JSONCompactEachRow",
                "output_format_json_quote_64bit_integers": 0,
            }
        )
        request = Request(
            f"http://127.0.0.1:{self.port}/?{parameters}",
            data=question.encode(),
            headers={"X-ClickHouse-User": self.user, "X-ClickHouse-Key": self.password},
        )
        with urlopen(request, timeout=120) as answer:  # noqa: S310  # the address is ours
            return [json.loads(line) for line in answer.read().splitlines()]


@dataclass(frozen=True)
class Evidence:
    """All that is compared.

    Parameters
    ----------
    ledger
        Per topic the amount of each event that Kafka acknowledged, by event id.
    log
        Per topic all its records, in the order of their partitions and offsets.
    tables
        Rows of ClickHouse, by the name of the question in `QUESTIONS`.

    """

    ledger: dict[str, dict[str, int]]
    log: dict[str, list[KafkaRecord]]
    tables: dict[str, list[Row]]


MINUTE_SUMS = (
    "revenue_minor", "authorised_minor", "voided_minor", "refunded_minor", "reviewed_minor",
    "orders", "declined", "captured", "voids", "refunds", "reviewed", "unconverted", "events",
)  # fmt: skip
NUMBERED = {
    "transactions": "transactions", "labels": "labels", "clicks": "clicks",
    "stock-movements": "stock_movements", "heartbeats": "heartbeats", "scores": "scores",
}  # fmt: skip
"""Topics and the tables that hold one row for each of their offsets.

Of scores for each that counts, of clicks and movements for the first of each event."""

QUESTIONS = {
    **{
        f"{table} by offset": "SELECT kafka_partition, count(), uniqExact(kafka_offset), max(kafka_offset)"
        f" FROM {table} GROUP BY kafka_partition"
        for table in NUMBERED.values()
    },
    "transactions by event": "SELECT toString(event_id), count(), sum(amount_minor) FROM transactions"
    " GROUP BY event_id",
    "scores by origin": "SELECT origin_partition, count(), uniqExact(origin_offset), max(origin_offset)"
    " FROM scores GROUP BY origin_partition",
    "scores by event": "SELECT toString(event_id), count(), sum(amount_minor) FROM scores"
    " WHERE disposition IN ('scored', 'followed') GROUP BY event_id",
    "clicks by event": "SELECT toString(event_id), count() FROM clicks GROUP BY event_id",
    "stock_movements by event": "SELECT toString(event_id), count(), sum(quantity) FROM stock_movements"
    " GROUP BY event_id",
    "labels by event": "SELECT toString(event_id), count() FROM labels GROUP BY event_id",
    "payments_minute": "SELECT toUnixTimestamp(minute), store_id, channel, "
    + ", ".join(f"toInt64(sum({name}))" for name in MINUTE_SUMS)
    + " FROM payments_minute GROUP BY minute, store_id, channel",
    "clicks_minute": "SELECT toUnixTimestamp(minute), store_id, action, sum(clicks) FROM clicks_minute"
    " GROUP BY minute, store_id, action",
    "stock_minute": "SELECT toUnixTimestamp(minute), place_id, kind, sum(movements), sum(pieces)"
    " FROM stock_minute GROUP BY minute, place_id, kind",
    "arrivals_second": "SELECT topic, sum(events) FROM arrivals_second GROUP BY topic",
    "scoring_second": "SELECT sum(scores), sum(repeats), sum(refused) FROM scoring_second",
    "metrics_minute": "SELECT series, store_id, channel, category, toUnixTimestamp(minute), count, total"
    " FROM metrics_minute",
    "alerts": "SELECT alert_id FROM alerts FINAL",
    "verdicts": "SELECT toString(verdict_id), toString(event_id), outcome, alert_id FROM verdicts FINAL",
    "last verdicts": "SELECT toString(event_id), argMax(outcome, kafka_offset) FROM verdicts FINAL"
    " GROUP BY event_id",
}


def gather(bootstrap_servers: str, ledger: Path, store: StoreAddress) -> Evidence:
    """Read everything once; nothing may be running that still writes."""
    tables = {name: store.ask(question) for name, question in QUESTIONS.items()}
    log = {topic: list(read_topic(bootstrap_servers, topic)) for topic in TOPICS}
    return Evidence(read_ledger(ledger), log, tables)


def read_ledger(path: Path) -> dict[str, dict[str, int]]:
    """Read `topic event amount` lines; one that was torn by a kill names nothing."""
    events: dict[str, dict[str, int]] = defaultdict(dict)
    for line in path.read_text().splitlines():
        match line.split(" "):
            case [topic, event, amount] if amount != "torn":
                events[topic][event] = int(amount)
    return events


def read_topic(bootstrap_servers: str, topic: str) -> Iterator[KafkaRecord]:
    """Read every record that a topic has now, partition by partition in the order of their offsets."""
    with closing(
        KafkaConsumer(bootstrap_servers=bootstrap_servers, auto_offset_reset="earliest", group_id=None)
    ) as consumer:
        numbers = consumer.partitions_for_topic(topic) or set()
        partitions = [TopicPartition(topic, number) for number in sorted(numbers)]
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions)
        while any(consumer.position(partition) < ends[partition] for partition in partitions):
            for partition, records in consumer.poll(timeout_ms=500).items():
                for record in records:
                    fields = json.loads(record.value)
                    for name in UNREAD:
                        fields.pop(name, None)
                    yield partition.partition, record.offset, fields


def firsts(records: Iterable[KafkaRecord]) -> list[KafkaRecord]:
    """Keep the first record of each event."""
    found: dict[str, KafkaRecord] = {}
    for record in records:
        found.setdefault(record[2]["event_id"], record)
    return list(found.values())


def by_event(records: Iterable[KafkaRecord]) -> dict[str, dict[str, Any]]:
    """Give the fields of the first record of each event."""
    return {fields["event_id"]: fields for _, _, fields in firsts(records)}


def time_of(text: str) -> float:
    """Seconds since 1970."""
    return datetime.fromisoformat(text).timestamp()
