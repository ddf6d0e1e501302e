"""`tillwatch reprocess start` and `compare`, as an operator runs them, on a real Kafka."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from kafka import TopicPartition
from kafka.admin import KafkaAdminClient

from producers.generations import read_generations
from producers.group_offsets import committed_by
from producers.output_topics import delete_output_topic
from schemas.score import Score
from schemas.topics import SCORES, TOPICS, TRANSACTIONS, scores_of
from tests.support.command import running
from tests.support.events import MONDAY
from tests.support.reprocessing import (
    MODEL_VERSIONS,
    WORKER,
    command,
    compared,
    history,
    raw_values,
    reprocess,
    score_live,
    scores_once,
    start,
)
from tests.support.topic_log import end_offset, send, wait_until_committed

pytestmark = pytest.mark.services


@pytest.fixture(autouse=True)
def without_topics_of_before(kafka: str) -> Iterator[None]:
    """Delete what a reprocess made, which the contract does not name."""
    yield
    for name in ("again", "older", "recent", "beside", "first", "second"):
        delete_output_topic(kafka, scores_of(name))


def comparable(score: Score) -> dict[str, object]:
    """Everything but who scored and when."""
    return score.model_dump(exclude={"scored_at": True, "origin": {"generation"}})


def test_the_same_model_gives_the_same_scores(kafka_topics: str, tmp_path: Path) -> None:
    score_live(kafka_topics, tmp_path, history(1_500))
    reprocess(kafka_topics, "again")
    live, _ = scores_once(kafka_topics, SCORES)
    again, reader = scores_once(kafka_topics, scores_of("again"))
    assert (reader.repeats, reader.gaps, len(again)) == (0, 0, 1_500)
    assert {place: comparable(score) for place, score in again.items()} == {
        place: comparable(score) for place, score in live.items()
    }
    assert {score.model_version for score in again.values()} == set(MODEL_VERSIONS)
    numbers = {score.origin.generation.rpartition(":")[2] for score in again.values()}
    assert numbers == {"1"}
    found = compared(kafka_topics, "again")
    assert (found["payments"], found["same_score"], found["decisions_changed"]) == (1_500, 1_500, 0)
    assert (found["only_live"], found["only_reprocessed"], found["gaps"]) == (0, 0, 0)


def test_another_model_scores_beside_and_live_outputs_stay(kafka_topics: str, tmp_path: Path) -> None:
    paid = history(1_500)
    score_live(kafka_topics, tmp_path, paid)
    before = raw_values(kafka_topics)
    ends = {name: end_offset(kafka_topics, topic) for name, topic in TOPICS.items() if name != "generations"}
    stood = committed_by(kafka_topics, "tillwatch-fraud", TRANSACTIONS)
    reprocess(kafka_topics, "older", "--model", MODEL_VERSIONS[0])
    reprocess(kafka_topics, "again", "--model", MODEL_VERSIONS[1])
    assert raw_values(kafka_topics) == before
    assert ends == {name: end_offset(kafka_topics, TOPICS[name]) for name in ends}
    assert committed_by(kafka_topics, "tillwatch-fraud", TRANSACTIONS) == stood
    again, _ = scores_once(kafka_topics, scores_of("older"))
    assert {score.model_version for score in again.values()} == {MODEL_VERSIONS[0]}
    found = compared(kafka_topics, "older")
    assert found["payments"] == 1_500
    assert 0 < found["decisions_changed"] == found["newly_reviewed"] + found["no_longer_reviewed"]
    assert found["live"]["frauds"] == found["reprocessed"]["frauds"] > 50
    assert found["live"]["average_precision"] != found["reprocessed"]["average_precision"]
    assert sum(day["payments"] for day in found["days"]) == 1_500
    moved = [abs(one["live"] - one["other"]) for one in found["moved"]]
    assert moved == sorted(moved, reverse=True)
    assert found["with_hindsight"] == 0  # valid from the first payment on
    newer = compared(kafka_topics, "again")
    assert newer["with_hindsight"] == sum(one.occurred_at < MONDAY + timedelta(days=1) for one in paid)
    assert newer["live_without_hindsight"] == newer["reprocessed_without_hindsight"]  # valid, so live as well
    assert newer["live"] != newer["reprocessed"]
    tables = command(kafka_topics, "compare", "older")
    assert re.search(rf"decision changed +{found['decisions_changed']:,} \(", tables.stdout)


def test_a_reprocess_that_was_killed_goes_on(kafka_topics: str, tmp_path: Path) -> None:
    score_live(kafka_topics, tmp_path, history(12_000))
    killed = start(kafka_topics, "again", TILLWATCH_FAILPOINT="outputs-acknowledged:1")
    assert killed.returncode == -9
    reprocess(kafka_topics, "again")
    again, reader = scores_once(kafka_topics, scores_of("again"))
    assert reader.repeats > 0
    assert (reader.gaps, len(again)) == (0, 12_000)
    found = compared(kafka_topics, "again")
    assert (found["payments"], found["same_score"]) == (12_000, 12_000)
    assert len(read_generations(kafka_topics)) == 1


def test_from_a_date_only_later_payments_come_out_with_whole_windows(
    kafka_topics: str, tmp_path: Path
) -> None:
    paid = history(4_000)
    score_live(kafka_topics, tmp_path, paid)
    first = MONDAY + timedelta(days=11)
    reprocess(kafka_topics, "recent", "--from", f"{first:%Y-%m-%dT%H:%M}")
    live, _ = scores_once(kafka_topics, SCORES)
    recent, reader = scores_once(kafka_topics, scores_of("recent"))
    assert reader.gaps == 0
    assert len(recent) == sum(one.occurred_at >= first for one in paid)
    assert all(comparable(score) == comparable(live[place]) for place, score in recent.items())
    assert compared(kafka_topics, "recent")["payments"] == len(recent)


def test_a_date_whose_windows_kafka_has_not_is_refused(kafka_topics: str, tmp_path: Path) -> None:
    score_live(kafka_topics, tmp_path, history(800))
    admin = KafkaAdminClient(bootstrap_servers=kafka_topics)
    admin.delete_records({TopicPartition(TRANSACTIONS.name, number): 5 for number in range(8)})
    admin.close()
    refused = start(kafka_topics, "recent", "--from", "2026-10-07")
    assert refused.returncode == 1
    assert "scores from 2026-10-07 on rest on payments of the 22 days before" in refused.stderr
    assert "Kafka has them from 2026-10-05 " in refused.stderr
    assert read_generations(kafka_topics) == []


def test_following_it_scores_what_comes(kafka_topics: str, tmp_path: Path) -> None:
    score_live(kafka_topics, tmp_path, history(100))
    arguments = ("tillwatch", "reprocess", "start", "--follow", "beside")
    with (
        running(arguments, kafka_topics, tmp_path) as beside,
        running(WORKER, kafka_topics, tmp_path) as live,
    ):
        send(kafka_topics, TRANSACTIONS, history(50, first=100))
        for group in ("tillwatch-fraud", "tillwatch-reprocess-beside"):
            wait_until_committed(kafka_topics, group, TRANSACTIONS)
        assert (beside.stop(8), live.stop(8)) == (0, 0)
    assert compared(kafka_topics, "beside")["payments"] == 150


def test_what_cannot_be_is_refused_with_both_values(kafka_topics: str, tmp_path: Path) -> None:
    score_live(kafka_topics, tmp_path, history(20))
    reprocess(kafka_topics, "first")
    with_model = start(kafka_topics, "first", "--model", MODEL_VERSIONS[0])
    assert with_model.returncode == 1
    assert "first exists: from the start of the log with the model that was valid" in with_model.stderr
    assert f"asked for was from the start of the log with model {MODEL_VERSIONS[0]}" in with_model.stderr
    unknown = start(kafka_topics, "second", "--model", "never-made")
    assert f"there is no model never-made; the newest are {', '.join(MODEL_VERSIONS)}" in unknown.stderr
    for name in ("original", "With-Capitals", "a--b"):
        assert start(kafka_topics, name).returncode == 1
    nobody = command(kafka_topics, "compare", "nobody")
    assert (nobody.returncode, "there is no reprocess nobody; there are first" in nobody.stderr) == (1, True)
    assert [one.name for one in read_generations(kafka_topics)] == ["first"]


def test_a_topic_with_other_partitions_or_of_nobody_is_refused(kafka_topics: str, tmp_path: Path) -> None:
    score_live(kafka_topics, tmp_path, history(20))
    reprocess(kafka_topics, "first")
    admin = KafkaAdminClient(bootstrap_servers=kafka_topics)
    admin.create_partitions({"scores-first": 9})
    admin.create_topics({"scores-second": {"num_partitions": 3, "replication_factor": 1}})
    admin.close()
    for refused in (start(kafka_topics, "first"), command(kafka_topics, "compare", "first")):
        assert refused.returncode == 1
        assert "topic scores-first has 9 partitions, its contract says 8" in refused.stderr
    second = start(kafka_topics, "second")
    assert "topic scores-second exists, and no reprocess is named second" in second.stderr
