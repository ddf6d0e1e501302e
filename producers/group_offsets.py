"""What a consumer group has committed, who is in it, and moving it while nobody is.

Every function raises `Retry` while Kafka does not answer.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import GroupIdNotFoundError, KafkaError
from kafka.structs import OffsetAndMetadata

from schemas.errors import Retry, Stop
from schemas.topics import Topic

__all__ = [
    "commit_for",
    "committed_by",
    "delete_group",
    "everything_committed_by",
    "log_bounds",
    "members_of",
    "recommit",
]


@contextmanager
def _administration(bootstrap_servers: str) -> Iterator[KafkaAdminClient]:
    try:
        with closing(KafkaAdminClient(bootstrap_servers=bootstrap_servers.split(","))) as admin:
            yield admin
    except KafkaError as error:
        raise Retry(f"Kafka at {bootstrap_servers} does not say: {error!r}") from error


def members_of(bootstrap_servers: str, group: str) -> int:
    """Count the processes in a group; one that died without a word counts until its session ends."""
    with _administration(bootstrap_servers) as admin:
        return len(admin.describe_groups([group])[group]["members"])


def committed_by(bootstrap_servers: str, group: str, topic: Topic) -> dict[int, int]:
    """Give what a group has committed of a topic, by partition; one it never committed is left out."""
    with _administration(bootstrap_servers) as admin:
        found = admin.list_group_offsets([group])[group]
    return {
        partition.partition: kept.offset
        for partition, kept in found.items()
        if partition.topic == topic.name and kept.offset >= 0
    }


def everything_committed_by(bootstrap_servers: str, group: str) -> list[tuple[str, int, int, str]]:
    """Give all that a group has committed: topic, partition, offset, metadata."""
    with _administration(bootstrap_servers) as admin:
        found = admin.list_group_offsets([group])[group]
    return sorted(
        (partition.topic, partition.partition, kept.offset, kept.metadata or "")
        for partition, kept in found.items()
        if kept.offset >= 0
    )


def commit_for(bootstrap_servers: str, group: str, topic: Topic, offsets: Mapping[int, int]) -> None:
    """Commit in the name of a group in which nobody is; raises as `recommit`."""
    recommit(
        bootstrap_servers, group, [(topic.name, number, offset, "") for number, offset in offsets.items()]
    )


def recommit(bootstrap_servers: str, group: str, positions: Iterable[tuple[str, int, int, str]]) -> None:
    """Commit what a group in which nobody is had committed once: topic, partition, offset, metadata.

    Raises
    ------
    Stop
        Kafka refused, because somebody is in the group.

    """
    wanted = {
        TopicPartition(topic, number): OffsetAndMetadata(offset, metadata, -1)
        for topic, number, offset, metadata in positions
    }
    with _administration(bootstrap_servers) as admin:
        answers = admin.alter_group_offsets(group, wanted)
    refused = {
        f"{partition.topic}[{partition.partition}]": getattr(error, "__name__", str(error))
        for partition, error in answers.items()
        if getattr(error, "errno", 0) != 0
    }
    if refused:
        raise Stop(f"Kafka refuses to set the offsets of {group}: {refused}; stop whoever is in it")


def log_bounds(bootstrap_servers: str, topic: Topic) -> tuple[list[int], list[int]]:
    """Give the first offset that is still there and the next one to be written, by partition."""
    partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
    bounds = []
    with _administration(bootstrap_servers) as admin:
        for spec in (OffsetSpec.EARLIEST, OffsetSpec.LATEST):
            found = admin.list_partition_offsets(dict.fromkeys(partitions, spec))
            bounds.append([found[partition].offset for partition in partitions])
    return bounds[0], bounds[1]


def delete_group(bootstrap_servers: str, group: str) -> None:
    """Delete one group, if it is there.

    Raises
    ------
    Stop
        Somebody is in it.

    """
    with _administration(bootstrap_servers) as admin:
        outcome = admin.delete_groups([group])[group]
    if outcome not in ("OK", GroupIdNotFoundError.__name__):
        raise Stop(f"Kafka refuses to delete group {group}: {outcome}")
