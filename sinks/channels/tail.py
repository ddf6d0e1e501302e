"""Follow the alerts, and what explains them, as they are written, from now on or from some time ago."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from schemas.topics import ALERTS, BROKER_MAX_BYTES, CAUSES
from sinks.channels.in_time import InTime
from streams.closing import close_within

__all__ = ["follow_alerts"]

log = logging.getLogger(__name__)

POLL_MS = 200
STOP_SECONDS = 1.0
RETRY_SECONDS = 0.5


async def follow_alerts(
    bootstrap_servers: str, *, since: datetime | None
) -> AsyncIterator[ConsumerRecord[Any, Any]]:
    """Yield the records of `alerts` and `causes`, until the task that reads them is cancelled.

    No consumer group. What explains an alert never comes before the alert.

    Parameters
    ----------
    bootstrap_servers
        host:port, separated by commas.
    since
        Wall clock at which Kafka took the first record wanted; None = now.

    """
    alerts, causes = (
        [TopicPartition(topic.name, number) for number in range(topic.partitions)]
        for topic in (ALERTS, CAUSES)
    )
    partitions = [*alerts, *causes]
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap_servers,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=BROKER_MAX_BYTES,
    )
    await consumer.start()
    try:
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        begin = dict(ends)
        if since is not None:
            moment = int(since.timestamp() * 1000)
            found = await consumer.offsets_for_times(dict.fromkeys(partitions, moment))
            begin = {one: ends[one] if found[one] is None else found[one].offset for one in partitions}
        for partition, offset in begin.items():
            consumer.seek(partition, offset)
        merged = InTime(ends, begin)
        while True:
            try:
                wanted = merged.wanted()
                fetched = await consumer.getmany(*wanted, timeout_ms=POLL_MS)
                for partition in wanted:
                    read_to = await consumer.position(partition)
                    merged.take(partition, fetched.get(partition, ()), read_to=read_to)
                if merged.holds(CAUSES.name):
                    # an alert was written before what explains it, but may be fetched after
                    merged.wait_for(await consumer.end_offsets(alerts))
            except KafkaError as error:
                log.warning("reading again", extra={"cause": repr(error)})
                await asyncio.sleep(RETRY_SECONDS)
                continue
            for record in merged.ready():
                yield record
    finally:
        await close_within(STOP_SECONDS, consumer.stop, "consumer")
