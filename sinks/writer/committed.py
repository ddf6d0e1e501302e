"""Ask Kafka where the sink stands, with the metadata that aiokafka hides."""

from contextlib import closing
from typing import NamedTuple

from kafka import KafkaAdminClient

from producers.administration import topic_ids

__all__ = ["Committed", "committed_offsets", "generations"]

# No topic is processed again yet: the second part of a generation counts how often it was.
REPROCESS = 0


class Committed(NamedTuple):
    """What a group committed for one partition."""

    offset: int
    metadata: str


def generations(bootstrap_servers: str) -> dict[str, str]:
    """Return the generation of every topic: a topic that was made anew counts its offsets from 0."""
    return {name: f"{topic_id}:{REPROCESS}" for name, topic_id in topic_ids(bootstrap_servers).items()}


def committed_offsets(bootstrap_servers: str, group: str) -> dict[tuple[str, int], Committed]:
    """Return what a group committed, by topic and partition."""
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap_servers.split(","))) as admin:
        found = admin.list_group_offsets([group])[group]
    return {
        (partition.topic, partition.partition): Committed(kept.offset, kept.metadata or "")
        for partition, kept in found.items()
        if kept.offset >= 0
    }
