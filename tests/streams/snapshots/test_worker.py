"""The worker's state survives in snapshots, wherever it is killed, and equals the uninterrupted run's."""

import re
from pathlib import Path

import pytest

from schemas.snapshot import SnapshotManifest
from schemas.topics import SNAPSHOTS, TRANSACTIONS
from tests.support.command import Command, running
from tests.support.topic_log import read_topic, wait_until_committed
from tests.support.uninterrupted import assert_as_uninterrupted, feed

pytestmark = pytest.mark.services

WORKER = ("tillwatch", "worker")
# So often that several are written while the rest of the test runs.
OFTEN = {"TILLWATCH_SNAPSHOT_SECONDS": "0.2"}
PART = 10_000  # more than a thousand for most partitions: a snapshot is worth writing
RESTORED = r"state restored from a snapshot.*\"unit\":\"{unit}"


def die_at(spec: str, kafka: str, folder: Path) -> Command:
    with running(WORKER, kafka, folder, TILLWATCH_FAILPOINT=spec, **OFTEN) as worker:
        assert worker.wait(60) == -9
        return worker


def test_features_equal_the_uninterrupted_run_s_wherever_it_is_killed(
    kafka_topics: str, tmp_path: Path
) -> None:
    feed(kafka_topics, 0, PART)
    with running(WORKER, kafka_topics, tmp_path, **OFTEN) as worker:
        worker.wait_until_said("snapshot written.*transactions", times=6)
        worker.wait_until_said('snapshot written.*"unit":"labels"')
        worker.kill()
    for part, spec in enumerate(
        ("outputs-acknowledged:1", "snapshot-chunk-written:2", "snapshot-before-manifest:1"), 1
    ):
        feed(kafka_topics, part * PART, PART)
        die_at(spec, kafka_topics, tmp_path)
    die_at("restore-chunk-read:3", kafka_topics, tmp_path)
    with running(WORKER, kafka_topics, tmp_path, **OFTEN) as worker:
        wait_until_committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS)
        for unit in ("transactions/0", "labels"):
            worker.wait_until_said(RESTORED.format(unit=unit))
        assert worker.stop() == 0
    assert_as_uninterrupted(kafka_topics)


def test_snapshots_name_what_they_are_of(kafka_topics: str, tmp_path: Path) -> None:
    feed(kafka_topics, 0, PART)
    with running(WORKER, kafka_topics, tmp_path, **OFTEN) as worker:
        worker.wait_until_said("snapshot written.*scores", times=3)
        assert worker.stop() == 0
    agents = {one.agent for one in read_topic(kafka_topics, SNAPSHOTS, SnapshotManifest)}
    assert agents == {"fraud", "series"}


LABELS_WRITTEN = '"snapshot written".*"unit":"labels"'


def test_labels_are_written_down_only_where_all_partitions_are(kafka_topics: str, tmp_path: Path) -> None:
    """A worker with some partitions may have dropped labels that others, farther behind, still need."""
    written = '"snapshot written".*"unit":"transactions'
    with running(WORKER, kafka_topics, tmp_path, **OFTEN) as first:
        with running(WORKER, kafka_topics, tmp_path, **OFTEN) as second:
            for worker in (first, second):
                worker.wait_until_said(r'"agent":"fraud","partitions":\[(?:"transactions\[\d\]",?){4}\]')
            for part in range(2):
                feed(kafka_topics, part * PART, PART)
                for worker in (first, second):
                    worker.wait_until_said(written, times=2 * part + 2)
            assert not re.search(LABELS_WRITTEN, first.said + second.said)
            assert second.stop() == 0
        first.wait_until_said(LABELS_WRITTEN)
