"""Ask Kafka where the sink stands, with the metadata that aiokafka hides."""

from contextlib import closing

from kafka import KafkaAdminClient

from producers.administration import topic_ids
from sinks.writer.position import Position

__all__ = ["committed_positions", "generations"]

# No topic is processed again yet: the second part of a generation counts how often it was.
REPROCESS = 0


def generations(bootstrap_servers: str) -> dict[str, str]:
    """Return the generation of every topic: a topic that was made anew counts its offsets from 0."""
    return {name: f"{topic_id}:{REPROCESS}" for name, topic_id in topic_ids(bootstrap_servers).items()}


def committed_positions(bootstrap_servers: str, group: str) -> dict[tuple[str, int], Position | int]:
    """Return where a group stands, by topic and partition; a bare offset where others committed it."""
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap_servers.split(","))) as admin:
        found = admin.list_group_offsets([group])[group]
    return {
        (partition.topic, partition.partition): Position.read(kept.offset, kept.metadata or "") or kept.offset
        for partition, kept in found.items()
        if kept.offset >= 0
    }
