"""Where the sink goes on in the topics that it is given."""

from collections.abc import Collection, Mapping, Sequence

from aiokafka import TopicPartition

from sinks.writer.committed import Committed
from sinks.writer.position import Position

__all__ = ["by_topic", "go_on_at"]


def by_topic(assigned: Collection[TopicPartition]) -> dict[str, list[TopicPartition]]:
    """Group partitions by topic, in the order of their numbers."""
    found: dict[str, list[TopicPartition]] = {}
    for partition in sorted(assigned):
        found.setdefault(partition.topic, []).append(partition)
    return found


def go_on_at(
    topic: str,
    partitions: Sequence[TopicPartition],
    generation: str,
    starts: Mapping[TopicPartition, int],
    committed: Mapping[tuple[str, int], Committed],
) -> Position:
    """Choose where to go on in a topic of which we own all partitions."""
    kept = committed.get((topic, 0))
    position = None if kept is None else Position.read(kept.metadata)
    if position is None:
        # nobody committed yet, or an operator set plain offsets
        found = [committed.get((topic, partition.partition)) for partition in partitions]
        return Position.at(
            generation,
            tuple(
                max(starts[partition], 0 if one is None else one.offset)
                for partition, one in zip(partitions, found, strict=True)
            ),
        )
    if position.generation != generation or len(position.offsets) != len(partitions):
        return Position.at(generation, tuple(starts[partition] for partition in partitions))
    # offsets stay as they are, even if retention has eaten into a range: they are part of the token
    return position
