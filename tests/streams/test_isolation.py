"""A record that breaks an agent is set aside, and all others count as if it had never come."""

from collections import Counter
from pathlib import Path

import pytest
from aiokafka import TopicPartition

from schemas.dead_letter import DeadLetter
from schemas.metric_partial import MetricPartial
from schemas.score import Score
from schemas.stock_level import StockLevel
from schemas.topics import (
    CLICKS,
    DEAD_LETTERS,
    METRICS,
    SCORES,
    STOCK_LEVELS,
    STOCK_MOVEMENTS,
    TRANSACTIONS,
)
from streams.agent_errors import refusal_of
from streams.dense_reader import DenseReader
from streams.isolation import Isolation
from tests.support.breaking_worker import POISON, TOGETHER
from tests.support.command import running
from tests.support.events import click, movement, payment, payments
from tests.support.scores import expected_features
from tests.support.topic_log import read_topic, send, wait_until_committed

BROKEN_WORKER = ("tests.support.breaking_worker",)
PARTITION = 3


def poisoned(kafka: str) -> int:
    """Send 600 payments of 50 customers, two of which break the detector; give the partition's length."""
    paid = payments(600)
    for place in (250, 251):
        paid[place] = payment(place, terminal_id=f"{POISON}-{place}")
    send(kafka, TRANSACTIONS, paid, partition=PARTITION)
    return len(paid)


def assert_only_the_poison_is_missing(kafka: str) -> list[Score]:
    """Compare with a detector that has never seen it; give the scores as a reader keeps them."""
    reader = DenseReader()
    scores = [score for score in read_topic(kafka, SCORES, Score) if reader.accept(score.origin)]
    assert reader.gaps == 0
    assert [score.origin.offset for score in scores] == list(range(len(scores)))
    refused = [score.origin.offset for score in scores if score.disposition == "refused"]
    assert refused == [250, 251]
    expected = expected_features(kafka, PARTITION, leave_out=lambda paid: paid.terminal_id.startswith(POISON))
    assert [score.features for score in scores if score.disposition == "scored"] == expected
    return scores


def agent_errors(kafka: str) -> list[DeadLetter]:
    return [letter for letter in read_topic(kafka, DEAD_LETTERS, DeadLetter) if letter.kind == "agent_error"]


@pytest.mark.services
def test_neighbours_of_a_poisoned_payment_are_scored_as_if_it_never_came(
    kafka_topics: str, tmp_path: Path
) -> None:
    poisoned(kafka_topics)
    with running(BROKEN_WORKER, kafka_topics, tmp_path) as worker:
        wait_until_committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS)
        send(kafka_topics, TRANSACTIONS, [payment(seq) for seq in range(600, 700)], partition=PARTITION)
        wait_until_committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS)
        assert worker.stop() == 0
    assert len(assert_only_the_poison_is_missing(kafka_topics)) == 700
    letters = agent_errors(kafka_topics)
    assert [letter.origin.offset for letter in letters] == [250, 251]
    for letter in letters:
        assert "the agent fraud failed with ZeroDivisionError" in letter.reason
        assert "streams/fraud.py:" in letter.reason
        assert "in broken: raise ZeroDivisionError" in letter.reason
        assert "customer-" not in letter.reason


@pytest.mark.services
@pytest.mark.parametrize("reach", [1, 2])
def test_a_crash_while_a_poisoned_payment_is_isolated_changes_nothing(
    kafka_topics: str, tmp_path: Path, reach: int
) -> None:
    """Reach 1: what came before the first one is written; reach 2: what came before the second."""
    poisoned(kafka_topics)
    failpoint = f"outputs-acknowledged:{reach}"
    with running(BROKEN_WORKER, kafka_topics, tmp_path, TILLWATCH_FAILPOINT=failpoint) as worker:
        assert worker.wait() == -9
    with running(BROKEN_WORKER, kafka_topics, tmp_path) as worker:
        wait_until_committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS)
        assert worker.stop() == 0
    assert_only_the_poison_is_missing(kafka_topics)
    assert {letter.origin.offset for letter in agent_errors(kafka_topics)} == {250, 251}


@pytest.mark.services
@pytest.mark.parametrize("healed", [False, True], ids=["with the bug", "without the bug"])
def test_a_restored_state_leaves_out_the_same_payment(
    kafka_topics: str, tmp_path: Path, healed: bool
) -> None:
    """And says so only once: what was set aside is known from the commit, not by failing again."""
    poisoned(kafka_topics)
    with running(BROKEN_WORKER, kafka_topics, tmp_path) as worker:
        wait_until_committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS)
        worker.kill()
    later = ("tillwatch", "worker") if healed else BROKEN_WORKER
    with running(later, kafka_topics, tmp_path) as worker:
        send(kafka_topics, TRANSACTIONS, [payment(seq) for seq in range(600, 800)], partition=PARTITION)
        wait_until_committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS)
        assert worker.stop() == 0
        assert "breaks the agent" not in worker.said
    assert len(assert_only_the_poison_is_missing(kafka_topics)) == 800
    assert [letter.origin.offset for letter in agent_errors(kafka_topics)] == [250, 251]


@pytest.mark.services
def test_records_that_break_an_agent_only_together_are_all_scored(kafka_topics: str, tmp_path: Path) -> None:
    paid = [payment(seq, terminal_id=TOGETHER if seq in (100, 150) else "terminal-1") for seq in range(600)]
    send(kafka_topics, TRANSACTIONS, paid, partition=PARTITION)
    with running(BROKEN_WORKER, kafka_topics, tmp_path) as worker:
        wait_until_committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS)
        assert worker.stop() == 0
        assert "its records come again one by one" in worker.said
    scores = read_topic(kafka_topics, SCORES, Score)
    assert [score.features for score in scores] == expected_features(kafka_topics, PARTITION)
    assert agent_errors(kafka_topics) == []


@pytest.mark.services
def test_figures_and_levels_leave_out_what_breaks_their_agents(kafka_topics: str, tmp_path: Path) -> None:
    """A movement that breaks one agent counts for the other."""
    clicks = [click(seq, source=POISON if seq == 70 else "shop") for seq in range(200)]
    movements = [
        movement(seq, sku=POISON if seq == 40 else "sku-1", source=POISON if seq == 90 else "warehouse")
        for seq in range(150)
    ]
    send(kafka_topics, CLICKS, clicks, partition=1)
    send(kafka_topics, STOCK_MOVEMENTS, movements, partition=2)
    with running(BROKEN_WORKER, kafka_topics, tmp_path) as worker:
        wait_until_committed(kafka_topics, "tillwatch-series", CLICKS)
        wait_until_committed(kafka_topics, "tillwatch-series", STOCK_MOVEMENTS)
        wait_until_committed(kafka_topics, "tillwatch-stock", STOCK_MOVEMENTS)
        assert worker.stop() == 0
    totals: Counter[str] = Counter()
    for partial in {one.key: one for one in read_topic(kafka_topics, METRICS, MetricPartial)}.values():
        totals[partial.series] += partial.total
    assert (totals["views"], totals["units_sold"]) == (199, 149)
    levels = {level.key: level.level for level in read_topic(kafka_topics, STOCK_LEVELS, StockLevel)}
    assert sum(levels.values()) == -149
    places = [(letter.origin.topic, letter.origin.offset) for letter in agent_errors(kafka_topics)]
    assert sorted(places) == [("clicks", 70), ("stock-movements", 40), ("stock-movements", 90)]


def test_the_reason_holds_the_calls_but_no_value() -> None:
    card = "4111111111111111"

    def deep(depth: int) -> None:
        if depth:
            deep(depth - 1)
        raise KeyError(card)

    with pytest.raises(KeyError) as caught:
        deep(200)
    refused = refusal_of(caught.value, "fraud")
    assert refused.kind == "agent_error"
    assert card not in refused.reason
    assert len(refused.reason) <= 2_000
    assert refused.reason.endswith("in deep: raise KeyError(card)")


def test_a_successor_knows_from_the_commit_what_is_suspected_and_what_was_set_aside() -> None:
    partition = TopicPartition(SCORES.name, 3)
    first, second = Isolation("judge"), Isolation("judge")
    assert first.note(partition, 10) == ""
    first.owned({partition: "set-aside:2,5;suspects:10-12"})
    assert first.note(partition, 10) == "set-aside:2,5;suspects:10-12"
    assert first.note(partition, 5) == "set-aside:2;suspects:10-12"
    second.owned({partition: first.note(partition, 10), TopicPartition(SCORES.name, 4): ""})
    assert second.note(partition, 10) == first.note(partition, 10)
