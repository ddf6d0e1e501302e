"""The record of generations: what was scored again, and which generation is live."""

from collections.abc import Sequence
from contextlib import closing

from kafka import KafkaProducer

from producers.whole_topic import read_whole
from schemas.generation import Generation
from schemas.topics import GENERATIONS

__all__ = [
    "live_generation",
    "next_number",
    "publish_generation",
    "read_generations",
    "reprocess_named",
    "standing_switches",
]

ACKNOWLEDGED_SECONDS = 30


def read_generations(bootstrap_servers: str) -> list[Generation]:
    """Read all generations, as each stands now, by number."""
    read = map(Generation.model_validate_json, read_whole(bootstrap_servers, GENERATIONS))
    found = {generation.number: generation for generation in read}
    return [found[number] for number in sorted(found)]


def publish_generation(bootstrap_servers: str, generation: Generation) -> None:
    """Write a generation and return once Kafka has it."""
    with closing(KafkaProducer(bootstrap_servers=bootstrap_servers.split(","))) as producer:
        producer.send(
            GENERATIONS.name, key=generation.key.encode(), value=generation.model_dump_json().encode()
        ).get(timeout=ACKNOWLEDGED_SECONDS)


def live_generation(generations: Sequence[Generation], topic_id: str) -> Generation | None:
    """Find the last switch of a topic id; None before the first: the original is live, number 0."""
    switches = [one for one in generations if one.kind == "switch" and one.topic_id == topic_id]
    return max(switches, key=lambda one: one.number, default=None)


def standing_switches(generations: Sequence[Generation], topic_id: str) -> list[Generation]:
    """List the switches that were not taken back, in their order; the last of them is what back undoes."""
    standing: list[Generation] = []
    for one in generations:
        if one.kind != "switch" or one.topic_id != topic_id:
            continue
        if one.undoes is None:
            standing.append(one)
        else:
            standing = [before for before in standing if before.number < one.undoes]
    return standing


def reprocess_named(generations: Sequence[Generation], name: str, topic_id: str) -> Generation | None:
    """Find a reprocess that was not dropped."""
    for one in reversed(generations):
        if (one.kind, one.name, one.topic_id) == ("reprocess", name, topic_id):
            return one
    return None


def next_number(generations: Sequence[Generation]) -> int:
    """Give a number that nothing has had, whatever its topic id."""
    return max((one.number for one in generations), default=0) + 1
