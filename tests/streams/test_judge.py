"""The judge through real Kafka: scores in, alerts out; answers in, labels and effects out; and crashes."""

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from detectors.fraud.features import FEATURE_NAMES
from schemas.alert import Alert
from schemas.answer import Answer, AnswerVerdict
from schemas.dead_letter import DeadLetter
from schemas.heartbeat import Heartbeat
from schemas.label import Label
from schemas.payment_verdict import PaymentVerdict
from schemas.score import Score
from schemas.topics import (
    ALERT_ACTIONS,
    ALERTS,
    ANSWERS,
    DEAD_LETTERS,
    HEARTBEATS,
    LABELS,
    MODELS,
    SCORES,
    VERDICTS,
)
from tests.detectors.models import model
from tests.support.breaking_worker import POISON
from tests.support.command import Command, running
from tests.support.events import MONDAY
from tests.support.findings import answer, suspicious
from tests.support.patience import wait_until
from tests.support.topic_log import read_topic, send, send_raw, wait_until_committed

pytestmark = pytest.mark.services

JUDGE = ("tillwatch", "judge")
BROKEN_JUDGE = ("tests.support.breaking_judge",)
GROUP = "tillwatch-judge"


def give_scores(kafka: str, scores: list[Score]) -> None:
    send_raw(kafka, SCORES, ((None, one.model_dump_json().encode()) for one in scores), partition=0)


def beat(kafka: str, minute: float) -> None:
    """A sign of life: time goes on for whoever waits."""
    at = MONDAY + timedelta(minutes=minute)
    send(kafka, HEARTBEATS, [Heartbeat(source="till-9", run="run-1", at=at, next_seq={})])


def latest(kafka: str) -> dict[str, Alert]:
    """Alerts as they stand, by what they are about."""
    return {alert.entity: alert for alert in read_topic(kafka, ALERTS, Alert)}


def wait_for(kafka: str, is_so: Callable[[dict[str, Alert]], bool]) -> dict[str, Alert]:
    """Wait until alerts are so."""
    wait_until(lambda: is_so(latest(kafka)), lambda: f"alerts are {latest(kafka)}")
    return latest(kafka)


def answered(alerts: dict[str, Alert], card: str) -> UUID | None:
    given = alerts[card].answer if card in alerts else None
    return None if given is None else given.answer_id


def say(
    kafka: str, alert: Alert, verdict: AnswerVerdict, numbered: int, *, replaces: int | None = None
) -> Answer:
    at = MONDAY + timedelta(minutes=numbered)
    said = answer(alert.alert_id, verdict, numbered=numbered, replaces=replaces, at=at)
    send(kafka, ANSWERS, [said])
    return said


def assert_labels_of_answers(kafka: str) -> None:
    """An alert that shows its answer means that its labels and what shops are told are in Kafka."""
    alerts = [alert for alert in latest(kafka).values() if alert.answer is not None]
    labels = {label.event_id for label in read_topic(kafka, LABELS, Label)}
    assert {paid.event_id for alert in alerts for paid in alert.payments} <= labels
    said = {(one.event_id, one.outcome) for one in read_topic(kafka, VERDICTS, PaymentVerdict)}
    outcomes = {"fraud": "void", "genuine": "release"}
    assert {
        (paid.event_id, outcomes[alert.answer.verdict])
        for alert in alerts
        for paid in alert.payments
        if alert.answer is not None
    } == said


@contextmanager
def judging(kafka: str, folder: Path, **environment: str) -> Iterator[Command]:
    with running(JUDGE, kafka, folder, **environment) as judge:
        yield judge


def test_from_scores_to_answers_and_through_a_crash(kafka_topics: str, tmp_path: Path) -> None:
    harmless = suspicious(2, "card-c").model_copy(update={"score": 0.1, "decision": "approve"})
    give_scores(kafka_topics, [suspicious(0, "card-a"), suspicious(1, "card-b"), harmless])
    many = [f"card-{place}" for place in range(10, 20)]
    give_scores(kafka_topics, [suspicious(place, card) for place, card in enumerate(many, 3)])
    with judging(kafka_topics, tmp_path) as judge:
        first = wait_for(kafka_topics, lambda alerts: {"card-a", "card-b", *many} <= alerts.keys())
        alert = first["card-a"]
        assert alert.kind == "payment_fraud"
        assert "600.00 EUR" in alert.sentence
        assert (alert.origin.topic, alert.origin.partition, alert.origin.offset) == ("scores", 0, 12)
        give_scores(kafka_topics, [suspicious(1, "card-b"), suspicious(13, "card-c")])  # one is a repeat

        # two people at once, and the second answer of the first again
        said = say(kafka_topics, alert, "fraud", 1)
        say(kafka_topics, alert, "genuine", 2)
        send(kafka_topics, ANSWERS, [said])
        after = wait_for(kafka_topics, lambda alerts: answered(alerts, "card-a") is not None)
        assert after["card-a"].answer is not None
        assert after["card-a"].answer.answer_id == said.answer_id
        assert after["card-a"].effect is not None
        assert after["card-a"].detected_at == alert.detected_at
        labels = read_topic(kafka_topics, LABELS, Label)
        assert {(label.event_id, label.verdict, label.known_at, label.said_by) for label in labels} == {
            (paid.event_id, "fraud", said.at, "analyst") for paid in alert.payments
        }
        for place, card in enumerate(many, 10):
            say(kafka_topics, first[card], "genuine", place)
        judge.kill()
    assert_labels_of_answers(kafka_topics)

    # while nobody judges: an answer, a payment more on a card, and a new card
    before = latest(kafka_topics)
    told = read_topic(kafka_topics, ALERTS, Alert)
    genuine = say(kafka_topics, before["card-b"], "genuine", 3)
    give_scores(kafka_topics, [suspicious(14, "card-c"), suspicious(15, "card-d")])
    with judging(kafka_topics, tmp_path) as judge:
        wait_until_committed(kafka_topics, GROUP, ANSWERS)
        wait_until_committed(kafka_topics, GROUP, SCORES)
        beat(kafka_topics, 60)  # what waited for a few seconds comes with whatever comes next
        now = wait_for(kafka_topics, lambda alerts: "card-d" in alerts and alerts["card-c"].count == 2)
        assert judge.stop() == 0
    assert answered(now, "card-b") == genuine.answer_id
    for card, alert in before.items():
        assert (now[card].alert_id, now[card].detected_at) == (alert.alert_id, alert.detected_at)
    stays = {"answer", "effect", "until", "count"}
    assert now["card-a"].model_dump(include=stays) == before["card-a"].model_dump(include=stays)
    changed = {alert.entity for alert in read_topic(kafka_topics, ALERTS, Alert) if alert not in told}
    assert changed >= {"card-b", "card-c", "card-d"}
    assert all(answered(now, card) for card in many)
    assert_labels_of_answers(kafka_topics)
    labels = read_topic(kafka_topics, LABELS, Label)
    assert len({label.event_id for label in labels}) == 2 + len(many)
    assert len(set(labels)) == 2 + len(many)  # written again after a crash they say the same


def harmless(offset: int) -> Score:
    return suspicious(offset, "card-z").model_copy(update={"score": 0.1, "decision": "approve"})


def test_a_successor_goes_on_from_the_snapshot(kafka_topics: str, tmp_path: Path) -> None:
    """It is killed after answers that no snapshot holds, and again while it restores."""
    often = {"TILLWATCH_SNAPSHOT_SECONDS": "0.2"}
    enough = 1_200  # a thousand records make a snapshot worth it
    give_scores(kafka_topics, [suspicious(place, f"card-{place}") for place in range(3)])
    give_scores(kafka_topics, [harmless(place) for place in range(3, enough)])
    with judging(kafka_topics, tmp_path, **often) as judge:
        before = wait_for(kafka_topics, lambda alerts: {"card-0", "card-1", "card-2"} <= alerts.keys())
        judge.wait_until_said('"snapshot written","agent":"judge","unit":"whole"')
        say(kafka_topics, before["card-0"], "fraud", 1)
        genuine = say(kafka_topics, before["card-1"], "genuine", 2)
        wait_for(kafka_topics, lambda now: None not in (answered(now, "card-0"), answered(now, "card-1")))
        judge.kill()
    with judging(kafka_topics, tmp_path, TILLWATCH_FAILPOINT="restore-chunk-read:1", **often) as judge:
        assert judge.wait() == -9
    told = read_topic(kafka_topics, ALERTS, Alert)
    withdrawn = say(kafka_topics, before["card-0"], "withdrawn", 3, replaces=1)
    give_scores(kafka_topics, [suspicious(enough, "card-2")])
    with judging(kafka_topics, tmp_path, **often) as judge:
        judge.wait_until_said('"state restored from a snapshot","agent":"judge","unit":"whole"')
        beat(kafka_topics, 60)
        now = wait_for(
            kafka_topics,
            lambda alerts: answered(alerts, "card-0") == withdrawn.answer_id and alerts["card-2"].count == 2,
        )
        assert judge.stop() == 0
    for card, alert in before.items():
        assert (now[card].alert_id, now[card].detected_at) == (alert.alert_id, alert.detected_at)
    news = [alert.entity for alert in read_topic(kafka_topics, ALERTS, Alert) if alert not in told]
    assert "card-1" not in news
    assert now["card-1"].answer is not None
    assert now["card-1"].answer.answer_id == genuine.answer_id
    labels = read_topic(kafka_topics, LABELS, Label)
    assert sorted(label.verdict for label in labels) == ["fraud", "genuine", "withdrawn"]


def test_a_record_that_breaks_the_judge_is_left_out_by_its_successors(
    kafka_topics: str, tmp_path: Path
) -> None:
    """The first ends at the batch, the second at the record; the third judges all others."""
    cards = ["card-a", f"{POISON}-1", "card-b"]
    give_scores(kafka_topics, [suspicious(place, card) for place, card in enumerate(cards)])
    for _ in range(2):
        with running(BROKEN_JUDGE, kafka_topics, tmp_path) as judge:
            assert judge.wait(60) == 70
    with running(BROKEN_JUDGE, kafka_topics, tmp_path) as judge:
        give_scores(kafka_topics, [suspicious(3, "card-c")])
        now = wait_for(kafka_topics, lambda alerts: "card-c" in alerts)
        assert judge.stop() == 0
    assert now.keys() == {"card-a", "card-b", "card-c"}
    [letter] = read_topic(kafka_topics, DEAD_LETTERS, DeadLetter)
    assert (letter.kind, letter.origin.topic, letter.origin.offset) == ("agent_error", "scores", 1)
    assert "the agent judge failed with ZeroDivisionError" in letter.reason


def test_what_breaks_its_contract_is_set_aside(kafka_topics: str, tmp_path: Path) -> None:
    send_raw(kafka_topics, ANSWERS, [(b"a", b'{"verdict": "fraud"}')])
    send_raw(kafka_topics, ALERT_ACTIONS, [(b"a", b'{"action": "take"}')])
    send_raw(kafka_topics, HEARTBEATS, [(b"a", b"not JSON")])
    send_raw(kafka_topics, SCORES, [(None, b"{}")], partition=0)
    strange = model(0, version="strange", features=FEATURE_NAMES[::-1])
    dishonest = model(1, version="dishonest")
    (sample,) = dishonest.samples
    wrong = dishonest.model_copy(update={"samples": (sample.model_copy(update={"score": 0.987}),)})
    send(kafka_topics, MODELS, [strange, wrong])
    send_raw(kafka_topics, MODELS, [(b"pickled", pickle.dumps("never loaded"))])
    give_scores(kafka_topics, [suspicious(0, "card-a")])
    refused = {"strange": "feature set", "dishonest": "sample 0", "pickled": ""}
    with judging(kafka_topics, tmp_path) as judge:
        alerts = wait_for(kafka_topics, lambda alerts: {"card-a", *refused} <= alerts.keys())
        wait_until_committed(kafka_topics, GROUP, ANSWERS)
        wait_until_committed(kafka_topics, GROUP, ALERT_ACTIONS)
        wait_until_committed(kafka_topics, GROUP, HEARTBEATS)
        assert judge.stop() == 0
    for version, why in refused.items():
        assert f"Model {version} is refused; the one before it goes on scoring." in alerts[version].sentence
        assert why in alerts[version].sentence
    letters = read_topic(kafka_topics, DEAD_LETTERS, DeadLetter)
    assert {letter.origin.topic for letter in letters} == {"answers", "alert-actions", "heartbeats"}
    assert "a score breaks its contract" in judge.said
