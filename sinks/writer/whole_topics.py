"""Who gets what in the sink's group: whole topics, because a topic is written as one."""

from collections.abc import Iterable, Mapping

from aiokafka.cluster import ClusterMetadata
from aiokafka.coordinator.assignors.abstract import AbstractPartitionAssignor
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment, ConsumerProtocolMemberMetadata

__all__ = ["WholeTopics"]

VERSION = 0


class WholeTopics(AbstractPartitionAssignor):  # type: ignore[misc]  # aiokafka ships no types
    """Deals topics to members in turn, largest first; all partitions of a topic go to one member.

    Its name is the group's protocol: Kafka lets no member with another assignment into the group.
    """

    name = "tillwatch-whole-topics"

    @classmethod
    def assign(
        cls, cluster: ClusterMetadata, members: Mapping[str, ConsumerProtocolMemberMetadata]
    ) -> dict[str, ConsumerProtocolMemberAssignment]:
        """Deal the topics; the same members and topics give the same assignment."""
        topics = {topic for member in members.values() for topic in member.subscription}
        partitions = {topic: sorted(cluster.partitions_for_topic(topic) or ()) for topic in topics}
        dealt: dict[str, list[tuple[str, list[int]]]] = {member: [] for member in members}
        names = sorted(members)
        for number, topic in enumerate(sorted(topics, key=lambda name: (-len(partitions[name]), name))):
            if partitions[topic]:
                dealt[names[number % len(names)]].append((topic, partitions[topic]))
        return {
            member: ConsumerProtocolMemberAssignment(VERSION, sorted(given), b"")
            for member, given in dealt.items()
        }

    @classmethod
    def metadata(cls, topics: Iterable[str]) -> ConsumerProtocolMemberMetadata:
        """Say what this member subscribes to."""
        return ConsumerProtocolMemberMetadata(VERSION, list(topics), b"")

    @classmethod
    def on_assignment(cls, assignment: ConsumerProtocolMemberAssignment) -> None:
        """Keep nothing."""
