"""Topics and consumer groups: made, checked and looked up through Kafka's administration calls."""

import logging
import socket
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from typing import TypeVar

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigFilterType, ConfigResource, MemberToRemove, OffsetSpec
from kafka.errors import GroupIdNotFoundError, KafkaError, TopicAlreadyExistsError

from schemas.errors import Retry, Stop
from schemas.topics import TOPICS

__all__ = [
    "ask_kafka",
    "check_topics",
    "create_topics",
    "delete_groups",
    "delete_topics",
    "group_lags",
    "is_answering",
    "require_topics",
    "topic_ids",
    "wait_for_kafka",
]

Answer = TypeVar("Answer")

POLL_SECONDS = 0.2
METADATA_SECONDS = 0.02
"""Between two looks whether a change has reached the brokers; measured: it takes 10 to 100 ms."""
ATTEMPT_MILLISECONDS = 2_000
"""One attempt to reach a broker; long enough for one across the sea."""


@contextmanager
def _administration(bootstrap_servers: str, *, attempt_ms: int = 10_000) -> Iterator[KafkaAdminClient]:
    servers = bootstrap_servers.split(",")
    with closing(KafkaAdminClient(bootstrap_servers=servers, bootstrap_timeout_ms=attempt_ms)) as admin:
        yield admin


def is_answering(bootstrap_servers: str) -> bool:
    """Whether a broker answers, which it may only do some time after its port is open."""
    # asked first because it is instant, and because kafka-python leaks the socket of a refused connection
    if not any(_is_listening(server) for server in bootstrap_servers.split(",")):
        return False
    quiet = logging.getLogger("kafka")
    level = quiet.level
    quiet.setLevel(logging.CRITICAL)  # a broker that is still starting is no news
    try:
        with _administration(bootstrap_servers, attempt_ms=ATTEMPT_MILLISECONDS) as admin:
            return bool(admin.describe_cluster()["brokers"])
    except KafkaError:
        return False
    finally:
        quiet.setLevel(level)


def _is_listening(server: str) -> bool:
    host, _, port = server.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=ATTEMPT_MILLISECONDS / 1000).close()
    except OSError:
        return False
    return True


def wait_for_kafka(
    bootstrap_servers: str, *, announce: Callable[[str], None], deadline_seconds: float | None = None
) -> None:
    """Return once a broker answers; say once what is being waited for.

    Raises
    ------
    Retry
        Nothing answered within `deadline_seconds` (None waits for ever).

    """
    started = time.monotonic()
    announced = False
    while not is_answering(bootstrap_servers):
        if not announced:
            announce(f"waiting for Kafka at {bootstrap_servers}")
            announced = True
        if deadline_seconds is not None and time.monotonic() - started > deadline_seconds:
            raise Retry(f"Kafka at {bootstrap_servers} did not answer within {deadline_seconds:g} s")
        time.sleep(POLL_SECONDS)


def ask_kafka(
    bootstrap_servers: str, question: Callable[[], Answer], *, announce: Callable[[str], None]
) -> Answer:
    """Ask what takes several requests, anew whenever the broker goes away before the last answer.

    Parameters
    ----------
    question
        Raises KafkaError where Kafka does not answer.
    announce
        Is told once per outage what is waited for.

    Raises
    ------
    KafkaError
        Kafka answered, and refuses.

    """
    while True:
        wait_for_kafka(bootstrap_servers, announce=announce)
        try:
            return question()
        except KafkaError as error:
            if not error.retriable:
                raise


def create_topics(bootstrap_servers: str, *, replication_factor: int = 1) -> list[str]:
    """Create the topics of the contract that are missing, and return their names.

    Existing ones are left as they are; `check_topics` says whether they fit.

    Raises
    ------
    Stop
        Kafka refused; the message holds its reason.

    """
    wanted = {
        name: {
            "num_partitions": topic.partitions,
            "replication_factor": replication_factor,
            "configs": topic.config(),
        }
        for name, topic in TOPICS.items()
    }
    with _administration(bootstrap_servers) as admin:
        answers = admin.create_topics(wanted, raise_errors=False)["topics"]
        # another program may create them at the same moment, so "exists" is no error
        refused = [t for t in answers if t["error_code"] not in (0, TopicAlreadyExistsError.errno)]
        if refused:
            reasons = "; ".join(f"{t['name']}: {t['error_message']}" for t in refused)
            raise Stop(f"Kafka at {bootstrap_servers} refused to create topics: {reasons}")
        created = {t["name"]: t["topic_id"] for t in answers if t["error_code"] == 0}
        # brokers learn of it a little later; until then one deleted just before may still seem to be there
        while created.items() - {t["name"]: t["topic_id"] for t in admin.describe_topics()}.items():
            time.sleep(METADATA_SECONDS)
        admin.wait_for_topics(list(wanted))
    return list(created)


def check_topics(bootstrap_servers: str) -> list[str]:
    """Return one sentence for each difference between Kafka's topics and the contract; empty = they fit.

    Partition counts are part of the contract: state and dense outputs go by partition, so a worker refuses
    to start on another count.
    """
    with _administration(bootstrap_servers) as admin:
        found = {topic["name"]: topic for topic in admin.describe_topics()}
        present = [name for name in TOPICS if name in found]
        resources = [ConfigResource("topic", name) for name in present]
        answer = admin.describe_configs(resources, config_filter=ConfigFilterType.ALL) if resources else {}
        configs = answer.get("topic", {})
    differences = []
    for name, topic in TOPICS.items():
        if name not in found or not configs.get(name):  # one deleted this moment may lack either
            differences.append(f"Topic {name} is missing: run `tillwatch topics create`.")
            continue
        partitions = len(found[name]["partitions"])
        if partitions != topic.partitions:
            differences.append(
                f"Topic {name} has {partitions} partitions, the contract says {topic.partitions}."
            )
        config = configs[name]
        differences += [
            f"Topic {name} has {key}={config[key]['value']}, the contract says {wanted}."
            for key, wanted in topic.config().items()
            if config[key]["value"] != wanted
        ]
    return differences


def require_topics(bootstrap_servers: str) -> None:
    """Refuse to go on where `check_topics` finds a difference.

    Raises
    ------
    Stop
        With all differences.

    """
    problems = check_topics(bootstrap_servers)
    if problems:
        raise Stop("the topics are not as the contract says: " + " ".join(problems))


def topic_ids(bootstrap_servers: str, names: Collection[str] = TOPICS.keys()) -> dict[str, str]:
    """Return Kafka's id (UUID) of each topic that exists, of those of the contract or of these.

    A topic that is deleted and made again has a new id: offsets start over, and so does what is derived.
    """
    with _administration(bootstrap_servers) as admin:
        return {t["name"]: str(t["topic_id"]) for t in admin.describe_topics() if t["name"] in names}


def group_lags(bootstrap_servers: str, *, prefix: str = "tillwatch-") -> dict[tuple[str, str], int]:
    """Return how many records each consumer group has not committed yet, by (group, topic).

    A partition of a topic that a group reads but never committed counts whole.
    """
    with _administration(bootstrap_servers) as admin:
        groups = [g["group_id"] for g in admin.list_groups() if g["group_id"].startswith(prefix)]
        if not groups:
            return {}
        committed = admin.list_group_offsets(groups)
        topics = {partition.topic for offsets in committed.values() for partition in offsets}
        partitions = [
            TopicPartition(t, n) for t in topics & TOPICS.keys() for n in range(TOPICS[t].partitions)
        ]
        ends = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
    lags: dict[tuple[str, str], int] = {}
    for group, offsets in committed.items():
        read = {partition.topic for partition in offsets}
        for partition, end in ends.items():
            if partition.topic in read:
                done = offsets[partition].offset if partition in offsets else 0
                key = (group, partition.topic)
                lags[key] = lags.get(key, 0) + end.offset - max(done, 0)
    return lags


def delete_topics(bootstrap_servers: str, names: Collection[str] = TOPICS.keys()) -> None:
    """Delete topics (all of the contract) with all they hold. For tests and a demo that starts over."""
    with _administration(bootstrap_servers) as admin:
        existing = [name for name in admin.list_topics() if name in names]
        if existing:
            admin.delete_topics(existing)
        while set(names) & set(admin.list_topics()):
            time.sleep(METADATA_SECONDS)


def delete_groups(bootstrap_servers: str, *, prefix: str = "") -> None:
    """Delete consumer groups by the start of their name, members that died without a word included.

    Raises
    ------
    Stop
        Kafka refused; the message says which and why.

    """
    with _administration(bootstrap_servers) as admin:
        groups = [g["group_id"] for g in admin.list_groups() if g["group_id"].startswith(prefix)]
        for group in groups:
            members = admin.describe_groups([group])[group]["members"]
            if members:
                admin.remove_group_members(group, [MemberToRemove(m["member_id"]) for m in members])
        if groups:
            outcome = admin.delete_groups(groups)
            refused = {g: r for g, r in outcome.items() if r not in ("OK", GroupIdNotFoundError.__name__)}
            if refused:
                raise Stop(f"Kafka refused to delete consumer groups: {refused}")
