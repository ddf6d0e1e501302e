"""Ask Kafka where the sink stands, with the metadata that aiokafka hides."""

from collections.abc import Collection
from contextlib import closing
from typing import NamedTuple

from kafka import KafkaAdminClient

from producers.administration import topic_ids

__all__ = ["Committed", "committed_offsets", "generations"]

# What the sink reads is not what is processed again; a reprocess number is in the origins of what it reads.
REPROCESS = 0


class Committed(NamedTuple):
    """What a group committed for one partition."""

    offset: int
    metadata: str


def generations(bootstrap_servers: str, names: Collection[str]) -> dict[str, str]:
    """Return the generation of topics: a topic that was made anew counts its offsets from 0."""
    ids = topic_ids(bootstrap_servers, names)
    return {name: f"{topic_id}:{REPROCESS}" for name, topic_id in ids.items()}


def committed_offsets(bootstrap_servers: str, group: str) -> dict[tuple[str, int], Committed]:
    """Return what a group committed, by topic and partition."""
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap_servers.split(","))) as admin:
        found = admin.list_group_offsets([group])[group]
    return {
        (partition.topic, partition.partition): Committed(kept.offset, kept.metadata or "")
        for partition, kept in found.items()
        if kept.offset >= 0
    }
