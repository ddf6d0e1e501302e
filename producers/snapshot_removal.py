"""Deleting the snapshots of an agent that is no more."""

from contextlib import closing

from kafka import KafkaProducer

from producers.whole_topic import read_whole
from schemas.snapshot import SnapshotManifest
from schemas.topics import SNAPSHOT_CHUNKS, SNAPSHOTS

__all__ = ["delete_snapshots"]


def delete_snapshots(bootstrap_servers: str, agent: str) -> int:
    """Delete all manifests of an agent, then their chunks; give the number of manifests.

    They are marked as deleted; compaction frees the space.
    """
    manifests = {}
    for value in read_whole(bootstrap_servers, SNAPSHOTS):
        if value:
            manifest = SnapshotManifest.model_validate_json(value)
            if manifest.agent == agent:
                manifests[manifest.key] = manifest
    with closing(KafkaProducer(bootstrap_servers=bootstrap_servers.split(","))) as producer:
        for key in manifests:
            producer.send(SNAPSHOTS.name, key=key.encode(), value=None, partition=0)
        producer.flush()
        for key, manifest in manifests.items():
            for number in range(len(manifest.chunks)):
                chunk = f"{key}|{number}".encode()
                producer.send(SNAPSHOT_CHUNKS.name, key=chunk, value=None, partition=manifest.chunk_partition)
        producer.flush()
    return len(manifests)
