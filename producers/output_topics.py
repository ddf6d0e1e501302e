"""Topics beside the contract: made with the contract of another one, checked, and deleted."""

import time
from contextlib import closing

from kafka import KafkaAdminClient

from schemas.errors import Stop
from schemas.topics import Topic

__all__ = ["delete_output_topic", "make_output_topic", "output_topic_exists"]

METADATA_SECONDS = 0.02


def output_topic_exists(bootstrap_servers: str, topic: Topic) -> bool:
    """Whether Kafka has a topic of this name."""
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap_servers.split(","))) as admin:
        return topic.name in admin.list_topics()


def make_output_topic(bootstrap_servers: str, topic: Topic, *, replication_factor: int = 1) -> bool:
    """Make a topic unless it exists; say whether it was made.

    Raises
    ------
    Stop
        It exists with another number of partitions: dense outputs go by partition.

    """
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap_servers.split(","))) as admin:
        found = {one["name"]: one for one in admin.describe_topics()}.get(topic.name)
        if found is not None:
            partitions = len(found["partitions"])
            if partitions != topic.partitions:
                raise Stop(
                    f"topic {topic.name} has {partitions} partitions, its contract says {topic.partitions}: "
                    "delete it, or choose another name"
                )
            return False
        admin.create_topics(
            {
                topic.name: {
                    "num_partitions": topic.partitions,
                    "replication_factor": replication_factor,
                    "configs": topic.config(),
                }
            }
        )
        admin.wait_for_topics([topic.name])
    return True


def delete_output_topic(bootstrap_servers: str, topic: Topic) -> None:
    """Delete a topic with all it holds, and return once it is gone."""
    with closing(KafkaAdminClient(bootstrap_servers=bootstrap_servers.split(","))) as admin:
        if topic.name in admin.list_topics():
            admin.delete_topics([topic.name])
        while topic.name in admin.list_topics():
            time.sleep(METADATA_SECONDS)
