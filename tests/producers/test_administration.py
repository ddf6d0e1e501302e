"""Topics and groups on a real broker."""

from contextlib import closing

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import ConfigResource
from kafka.errors import KafkaConnectionError, TopicAuthorizationFailedError

from producers.administration import (
    ask_kafka,
    check_topics,
    create_topics,
    delete_groups,
    group_lags,
    is_answering,
    require_topics,
    topic_ids,
    wait_for_kafka,
)
from schemas.errors import Retry, Stop
from schemas.topics import CLICKS, HEARTBEATS, LABELS, TOPICS
from tests.support.patience import wait_until
from tillwatch.stack.ports import free_port

pytestmark = pytest.mark.services


def test_created_topics_fit_the_contract(kafka_topics: str) -> None:
    assert check_topics(kafka_topics) == []
    require_topics(kafka_topics)
    assert create_topics(kafka_topics) == []
    assert topic_ids(kafka_topics).keys() == TOPICS.keys()


def test_differences_are_named(kafka_topics: str) -> None:
    with closing(KafkaAdminClient(bootstrap_servers=kafka_topics)) as admin:
        admin.delete_topics([LABELS.name])
        admin.create_partitions({HEARTBEATS.name: 3})
        admin.alter_configs([ConfigResource("topic", CLICKS.name, {"retention.ms": "1000"})])
    wait_until(
        lambda: len(check_topics(kafka_topics)) == 3
    )  # changes reach the broker's metadata a little later
    missing, partitions, retention = sorted(
        check_topics(kafka_topics), key=lambda text: "is missing" not in text
    )
    assert missing == "Topic labels is missing: run `tillwatch topics create`."
    assert "clicks has retention.ms=1000, the contract says 1209600000" in partitions + retention
    assert "heartbeats has 3 partitions, the contract says 1" in partitions + retention
    with pytest.raises(Stop, match=r"not as the contract says: .*Topic labels is missing"):
        require_topics(kafka_topics)


def test_topic_made_again_has_a_new_id(kafka_topics: str) -> None:
    before = topic_ids(kafka_topics)
    with closing(KafkaAdminClient(bootstrap_servers=kafka_topics)) as admin:
        admin.delete_topics([CLICKS.name])
    assert create_topics(kafka_topics) == [CLICKS.name]
    after = topic_ids(kafka_topics)
    assert {name for name in TOPICS if before[name] != after[name]} == {CLICKS.name}


def test_lag_counts_what_a_group_has_not_committed(kafka_topics: str) -> None:
    producer = KafkaProducer(bootstrap_servers=kafka_topics)
    for _ in range(10):
        producer.send(CLICKS.name, b"{}")
    producer.close()
    consumer = KafkaConsumer(
        CLICKS.name, bootstrap_servers=kafka_topics, group_id="tillwatch-test", auto_offset_reset="earliest",
        enable_auto_commit=False,
    )  # fmt: skip
    for _ in range(4):
        next(consumer)
    consumer.commit()
    assert group_lags(kafka_topics) == {("tillwatch-test", CLICKS.name): 6}

    delete_groups(kafka_topics)  # its member still lives
    assert group_lags(kafka_topics) == {}
    consumer.close()


def test_absent_kafka_is_announced_once_then_given_up() -> None:
    said: list[str] = []
    nowhere = f"127.0.0.1:{free_port()}"
    assert not is_answering(nowhere)
    with pytest.raises(Retry, match=f"Kafka at {nowhere} did not answer within 1 s"):
        wait_for_kafka(nowhere, announce=said.append, deadline_seconds=1)
    assert said == [f"waiting for Kafka at {nowhere}"]


def test_a_broker_that_goes_away_between_two_answers_is_asked_again(kafka: str) -> None:
    errors = [KafkaConnectionError("gone"), KafkaConnectionError("gone again")]

    def question() -> str:
        if errors:
            raise errors.pop()
        return "answer"

    assert ask_kafka(kafka, question, announce=pytest.fail) == "answer"
    errors.append(TopicAuthorizationFailedError("not for you"))
    with pytest.raises(TopicAuthorizationFailedError):
        ask_kafka(kafka, question, announce=pytest.fail)
