"""Bare aiokafka: fetch, write a record as large as a score for each, commit: the floor."""

import asyncio
import sys

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from schemas.topics import TRANSACTIONS

__all__ = ["SCORE_BYTES"]

SCORE_BYTES = 1_000
"""About the size of Tillwatch's score record of the same payment."""


async def run(bootstrap_servers: str, output: str) -> None:
    """Run until killed."""
    consumer = AIOKafkaConsumer(
        TRANSACTIONS.name,
        bootstrap_servers=bootstrap_servers,
        group_id=output,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap_servers,
        enable_idempotence=True,
        max_batch_size=1_048_576,
        max_request_size=4 * 1_048_576,
    )
    await consumer.start()
    await producer.start()
    value = b"x" * SCORE_BYTES
    while True:
        fetched = await consumer.getmany(timeout_ms=200, max_records=4_000)
        sent = []
        for partition, records in fetched.items():
            batch = producer.create_batch()
            for _ in records:
                if batch.append(key=None, value=value, timestamp=None) is None:
                    sent.append(await producer.send_batch(batch, output, partition=partition.partition))
                    batch = producer.create_batch()
                    batch.append(key=None, value=value, timestamp=None)
            sent.append(await producer.send_batch(batch, output, partition=partition.partition))
        if sent:
            await asyncio.gather(*sent)
            await consumer.commit()


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], sys.argv[2]))
