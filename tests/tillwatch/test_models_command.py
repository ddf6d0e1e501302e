"""`tillwatch models`: decisions by hand reach the workers, on a real Kafka."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from schemas.alert import Alert
from schemas.dead_letter import DeadLetter
from schemas.drift import Drift
from schemas.model import Model
from schemas.promotion import Promotion
from schemas.score import Score
from schemas.topics import ALERTS, DEAD_LETTERS, DRIFTS, LABELS, MODELS, PROMOTIONS, SCORES, TRANSACTIONS
from schemas.transaction import Transaction
from tests.detectors.models import model
from tests.support.command import running
from tests.support.events import MONDAY, label, payment
from tests.support.patience import wait_until
from tests.support.topic_log import end_offset, read_topic, send, send_raw, wait_until_committed
from tillwatch.__main__ import app

pytestmark = pytest.mark.services

WORKER = ("tillwatch", "worker")
TRAINER = ("tillwatch", "trainer")
JUDGE = ("tillwatch", "judge")
HOUR = timedelta(hours=1)


@pytest.fixture
def command(kafka_topics: str, monkeypatch: pytest.MonkeyPatch) -> "Command":
    monkeypatch.setenv("TILLWATCH_KAFKA_BOOTSTRAP_SERVERS", kafka_topics)
    return Command()


class Command:
    """`tillwatch models` in this process."""

    def __call__(self, *arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, ["models", *arguments])
        assert result.exit_code == code, result.output
        return result.stdout if "--json" in arguments else result.output


def paid_at(hour: float, seq: int) -> Transaction:
    return payment(seq, occurred_at=MONDAY + hour * HOUR)


def scored_by(kafka: str, paid: Sequence[Transaction]) -> list[str | None]:
    """Send payments, wait, and name who scored each."""
    send(kafka, TRANSACTIONS, paid)
    wait_until_committed(kafka, "tillwatch-fraud", TRANSACTIONS)
    scores = {
        one.payment.event_id: one.model_version for one in read_topic(kafka, SCORES, Score) if one.payment
    }
    return [scores[one.event_id] for one in paid]


def wait_for_models(kafka: str, count: int) -> None:
    wait_until(lambda: end_offset(kafka, MODELS) >= count)


def test_promote_pin_and_unpin_say_who_scores(kafka_topics: str, tmp_path: Path, command: Command) -> None:
    made = [model(0.0, version="a-blend"), model(0.1, version="b-online", line="online")]
    send(kafka_topics, MODELS, made)
    with running(WORKER, kafka_topics, tmp_path) as worker:
        assert scored_by(kafka_topics, [paid_at(5, 1)]) == ["a-blend"]
        assert "there is no model c" in command("promote", "c", code=1)
        assert "no model is pinned" in command("unpin", code=1)
        command("promote", "b-online", "--reason", "it ranks better", "--who", "anna")
        assert scored_by(kafka_topics, [paid_at(5, 2), paid_at(6, 3)]) == ["a-blend", "b-online"]
        command("pin", "a-blend")
        send(kafka_topics, MODELS, [model(0.3, version="d-online", line="online")])  # an hour later
        assert scored_by(kafka_topics, [paid_at(6.5, 4), paid_at(9, 5)]) == ["a-blend"] * 2
        listed = orjson.loads(command("list", "--json"))
        assert listed["champion"] == {"version": "a-blend", "line": "online", "pinned": True}
        assert [one["action"] for one in listed["decisions"]] == ["promote", "pin"]
        command("unpin")
        assert scored_by(kafka_topics, [paid_at(10, 6)]) == ["d-online"]
        assert worker.stop() == 0
    shown = orjson.loads(command("show", "b-online", "--json"))
    assert shown["decisions"][0]["who"] == "anna"
    assert "weights" not in shown
    assert "d-online" in command("list")
    assert "champion" in command("show", "d-online")
    decided = read_topic(kafka_topics, PROMOTIONS, Promotion)
    assert [one.by for one in decided] == ["hand"] * 3


def test_labels_make_a_challenger_and_a_rewind_makes_its_successor(
    kafka_topics: str, tmp_path: Path, command: Command
) -> None:
    """The way of a model: labels, challenger, promotion by hand, rewind."""
    assert "no payment was scored" in command("rewind", "--without-source", "analyst", code=1)
    paid = [payment(seq, occurred_at=MONDAY + timedelta(minutes=30 * seq)) for seq in range(780)]
    labels = [
        label(
            one, one.occurred_at + timedelta(days=7),
            verdict="fraud" if one.amount_minor > 18_000 else "genuine",
            said_by="chargeback" if number % 5 else "analyst",
        )
        for number, one in enumerate(paid[:430])
    ]  # fmt: skip
    send(kafka_topics, TRANSACTIONS, paid)
    send(kafka_topics, LABELS, labels)
    with running(WORKER, kafka_topics, tmp_path):
        wait_until_committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS)
        with running(TRAINER, kafka_topics, tmp_path) as trainer:
            for topic in (SCORES, LABELS):
                wait_until_committed(kafka_topics, "tillwatch-trainer", topic)
            before = read_topic(kafka_topics, MODELS, Model)
            challenger = [one for one in before if one.line == "online"][-1]
            first = read_topic(kafka_topics, PROMOTIONS, Promotion)
            assert [(one.action, one.by) for one in first] == [("promote", "rule")]
            command("promote", challenger.version)
            end = paid[-1].occurred_at
            later = [payment(1_000, occurred_at=end + timedelta(seconds=30))]
            later += [payment(1_001, occurred_at=end + HOUR)]
            champion = max((one for one in before if one.line == "blend"), key=lambda one: one.valid_from)
            assert scored_by(kafka_topics, later) == [champion.version, challenger.version]
            assert "said_by" in command("rewind", "--without-source", "nobody", code=1)
            command("rewind", code=1)
            command("rewind", "--without-source", "analyst")
            assert trainer.wait() == 1
            assert "start the trainer again" in trainer.said
        with running(TRAINER, kafka_topics, tmp_path) as trainer:
            wait_for_models(kafka_topics, len(before) + 2)
            assert trainer.stop() == 0
    after = read_topic(kafka_topics, MODELS, Model)[len(before) :]
    assert {one.line for one in after} == {"blend", "online"}
    clean = next(one for one in after if one.line == "online")
    assert clean.parent == challenger.version
    assert clean.rewind is not None
    assert clean.labels == sum(one.said_by != "analyst" for one in labels)


def test_models_that_cannot_score_leave_the_champion_and_raise_alerts(
    kafka_topics: str, tmp_path: Path
) -> None:
    """Damaged, of other features, or failing its self-check; and a drift is an alert too."""
    good = model(0.0, version="good")
    other = model(0.2, version="other", feature_set="causes-34")
    failing = model(0.1, version="failing")
    failing = failing.model_copy(update={"bias": failing.bias + 1})  # its samples come out differently now
    send(kafka_topics, MODELS, [good, failing, other])
    send_raw(kafka_topics, MODELS, [(b"torn", good.model_dump_json().encode()[:-40])])
    drift = Drift(
        figure="amount", segment="web", found_at=MONDAY + 5 * HOUR, usual=40.0, now=90.0, shift=0.8,
        payments=900, detector="drift/1",
    )  # fmt: skip
    send(kafka_topics, DRIFTS, [drift])
    with running(WORKER, kafka_topics, tmp_path) as worker, running(JUDGE, kafka_topics, tmp_path) as judge:
        assert scored_by(kafka_topics, [paid_at(5, 1)]) == ["good"]
        for topic in (SCORES, DRIFTS):
            wait_until_committed(kafka_topics, "tillwatch-judge", topic)
        assert worker.stop() == 0
        assert judge.stop() == 0
    alerts = [one for one in read_topic(kafka_topics, ALERTS, Alert) if one.kind == "model_drift"]
    said = {one.entity: one.sentence for one in alerts}
    assert set(said) == {"failing", "other", "torn", "web"}
    assert "sample 0" in said["failing"]
    assert "feature set causes-34" in said["other"]
    assert "amount 90, usually 40" in said["web"]
    letters = [
        one for one in read_topic(kafka_topics, DEAD_LETTERS, DeadLetter) if one.origin.topic == "models"
    ]
    assert sorted(one.origin.offset for one in letters) == [1, 2, 3], "set aside once, by the worker"
