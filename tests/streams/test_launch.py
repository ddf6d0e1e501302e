"""The worker starts only where it can work, waits where it may, and says so in one line."""

from pathlib import Path

import pytest
from kafka.admin import KafkaAdminClient, NewPartitions

from producers.output_topics import delete_output_topic
from schemas.topics import CLICKS, SCORES
from tests.support.command import running
from tillwatch.stack.ports import free_port

WORKER = ("tillwatch", "worker")


@pytest.mark.services
def test_missing_topics_end_it_with_a_reason(kafka: str, kafka_topics: str, tmp_path: Path) -> None:
    delete_output_topic(kafka, SCORES)
    with running(WORKER, kafka_topics, tmp_path) as worker:
        assert worker.wait() == 1
        assert "tillwatch worker: the topics are not as the contract says" in worker.said
        assert "Topic scores is missing: run `tillwatch topics create`." in worker.said
        assert "Traceback" not in worker.said


@pytest.mark.services
def test_another_number_of_partitions_ends_it(kafka_topics: str, tmp_path: Path) -> None:
    admin = KafkaAdminClient(bootstrap_servers=kafka_topics)
    admin.create_partitions({CLICKS.name: NewPartitions(9)})
    admin.close()
    with running(("tillwatch", "trainer"), kafka_topics, tmp_path) as trainer:
        assert trainer.wait() == 1
        assert "Topic clicks has 9 partitions, the contract says 8." in trainer.said


def test_it_waits_for_kafka_and_says_for_what(tmp_path: Path) -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    with running(WORKER, nowhere, tmp_path) as worker:
        worker.wait_until_said(f"tillwatch worker: waiting for Kafka at {nowhere}")
        assert worker.process.poll() is None


@pytest.mark.parametrize(
    ("setting", "value"),
    [("TILLWATCH_FAILPOINT", "nowhere"), ("TILLWATCH_REPORTING_CURRENCY", "euros")],
)
def test_a_wrong_setting_is_one_line(setting: str, value: str, tmp_path: Path) -> None:
    with running(WORKER, "127.0.0.1:1", tmp_path, **{setting: value}) as worker:
        assert worker.wait() == 2
        assert len(worker.said.strip().splitlines()) == 1
        assert "Traceback" not in worker.said
