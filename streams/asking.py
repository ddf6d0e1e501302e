"""Asking Kafka where partitions end, without waiting for records."""

from collections.abc import Collection
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from aiokafka.structs import OffsetAndMetadata

from streams.closing import close_within
from streams.connecting import connect

__all__ = ["Asking"]

STOP_TIMEOUT_SECONDS = 1.0


class Asking:
    """A connection of its own for questions.

    On the connection of a consumer a question waits behind the fetch that waits for records: up to half a
    second, measured at 477 ms in the middle.

    Cost: one round trip.
    """

    def __init__(self, bootstrap_servers: str) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._client: AIOKafkaConsumer | None = None

    async def start(self) -> None:
        """Connect."""
        self._client = AIOKafkaConsumer(bootstrap_servers=self._bootstrap_servers, enable_auto_commit=False)
        await connect(self._client)

    async def start_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        """Say where partitions begin."""
        if self._client is None:
            raise RuntimeError("asked before start")
        starts: dict[TopicPartition, Any] = await self._client.beginning_offsets(partitions)
        return starts

    async def end_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        """Say where partitions end."""
        if self._client is None:
            raise RuntimeError("asked before start")
        ends: dict[TopicPartition, Any] = await self._client.end_offsets(partitions)
        return ends

    async def committed(
        self, group: str, partitions: Collection[TopicPartition]
    ) -> dict[TopicPartition, OffsetAndMetadata]:
        """Give what a group has committed, −1 for nothing, and the metadata that the consumer hides.

        Raises
        ------
        KafkaError
            Without an answer about each partition. A broker that has just come back says only that it is
            still loading the group, and aiokafka takes that for an answer about no partition.

        """
        admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap_servers)
        try:
            await admin.start()
            committed: dict[TopicPartition, OffsetAndMetadata] = await admin.list_consumer_group_offsets(
                group, partitions=list(partitions)
            )
        finally:
            await close_within(STOP_TIMEOUT_SECONDS, admin.close, "the client that asks for offsets")
        if missing := set(partitions) - committed.keys():
            raise KafkaError(f"Kafka does not say yet what {group} has committed of {sorted(missing)}")
        return committed

    async def stop(self) -> None:
        """Disconnect."""
        if self._client is not None:
            await close_within(STOP_TIMEOUT_SECONDS, self._client.stop, "the client that asks for offsets")
