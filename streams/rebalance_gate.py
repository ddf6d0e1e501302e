"""How a consumer group's moves reach the service that reads: between its rounds, never in one."""

from collections.abc import Collection
from typing import Protocol

from aiokafka import ConsumerRebalanceListener, TopicPartition

__all__ = ["RebalanceGate"]


class Reader(Protocol):
    """Whoever reads in rounds."""

    async def partitions_revoked(self) -> None:
        """Wait for the round in flight."""

    def partitions_assigned(self) -> None:
        """Let the next round find out what is ours."""


class RebalanceGate(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types
    """Tells a reader that its group moves."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:  # noqa: ARG002
        """Wait for the round in flight."""
        await self._reader.partitions_revoked()

    def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:  # noqa: ARG002
        """Leave the rest to the reader, which takes up partitions between rounds.

        An error in this method would only be logged by aiokafka, and the partition stand still for ever.
        """
        self._reader.partitions_assigned()
