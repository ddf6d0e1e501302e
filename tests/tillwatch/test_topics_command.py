"""`tillwatch topics`, as an operator runs it."""

import os
import subprocess
import time
from contextlib import closing

import pytest
from kafka import KafkaAdminClient

from producers.administration import check_topics, delete_topics
from schemas.topics import METRICS, TOPICS
from tests.support.forked import run


def topics(kafka: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    variables = {**os.environ, "TILLWATCH_KAFKA_BOOTSTRAP_SERVERS": kafka}
    return run(["tillwatch", "topics", *arguments], variables)


def test_list_names_every_topic_without_a_broker() -> None:
    listed = topics("127.0.0.1:1", "list")
    assert listed.returncode == 0
    assert [line.split()[0] for line in listed.stdout.splitlines() if line.split()[0] in TOPICS] == [*TOPICS]


@pytest.mark.services
def test_create_makes_what_is_missing_and_check_agrees(kafka_topics: str) -> None:
    delete_topics(kafka_topics)
    missing = topics(kafka_topics, "check")
    assert missing.returncode == 1
    assert missing.stderr.count("is missing: run `tillwatch topics create`") == len(TOPICS)

    created = topics(kafka_topics, "create")
    assert created.returncode == 0
    assert created.stdout.splitlines() == [f"created {name}" for name in TOPICS]

    checked = topics(kafka_topics, "check")
    assert (checked.returncode, checked.stdout) == (0, "All topics fit the contract.\n")


@pytest.mark.services
def test_other_partition_count_is_exit_code_1(kafka_topics: str) -> None:
    with closing(KafkaAdminClient(bootstrap_servers=kafka_topics)) as admin:
        admin.create_partitions({METRICS.name: METRICS.partitions + 1})
    difference = "Topic metrics has 9 partitions, the contract says 8."
    while check_topics(kafka_topics) != [difference]:
        time.sleep(0.02)  # the change reaches the broker's metadata a little later
    for command in ("check", "create"):
        refused = topics(kafka_topics, command)
        assert refused.returncode == 1
        assert refused.stderr == f"{difference}\n"


@pytest.mark.services
def test_nothing_is_deleted_without_a_yes(kafka_topics: str) -> None:
    assert topics(kafka_topics, "delete").returncode == 2
    assert topics(kafka_topics, "check").returncode == 0
    assert topics(kafka_topics, "delete", "--yes").returncode == 0
    assert topics(kafka_topics, "check").returncode == 1
