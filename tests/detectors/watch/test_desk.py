"""What goes over the desk comes out as alerts, labels and effects."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from detectors.errors import SnapshotRefused
from detectors.graph.writing import graph_parts
from detectors.watch.desk import Desk, Due
from schemas.alert import Alert
from schemas.alert_action import AlertAction
from schemas.heartbeat import Heartbeat
from schemas.score import Score
from tests.support.events import MONDAY
from tests.support.findings import ORIGIN, WALL, answer, number, store, suspicious


def look(desk: Desk, second: float) -> Due:
    return desk.due(WALL + timedelta(seconds=second), ORIGIN)


def raised(desk: Desk, scores: Sequence[Score]) -> Alert:
    desk.scores(scores)
    (alert,) = look(desk, 0).alerts
    return alert


def test_a_suspicious_payment_is_an_alert_at_once() -> None:
    alert = raised(Desk(), [suspicious(0)])
    assert alert.kind == "payment_fraud"
    assert [paid.amount_minor for paid in alert.payments] == [60_000]
    assert alert.noticed_at == MONDAY
    assert "600.00 EUR" in alert.sentence


def test_an_answer_becomes_labels_and_its_effect() -> None:
    desk = Desk()
    alert = raised(desk, [suspicious(0)])
    said = answer(alert.alert_id, "fraud", at=MONDAY + timedelta(hours=1))
    desk.answers([said, answer(alert.alert_id, "genuine", numbered=2)])
    due = look(desk, 1)
    (label,) = due.labels
    assert (label.event_id, label.verdict, label.said_by) == (alert.payments[0].event_id, "fraud", "analyst")
    assert label.known_at == said.at
    after = due.alerts[-1]
    assert after.answer is not None
    assert after.answer.answer_id == number(1)
    assert after.effect is not None
    assert after.effect.startswith("Learned. Terminal")
    assert look(desk, 60) == Due([], [], [], [])


def test_an_answer_taken_back_takes_its_labels_back() -> None:
    desk = Desk()
    alert = raised(desk, [suspicious(0)])
    desk.answers([answer(alert.alert_id, "fraud", at=MONDAY + timedelta(hours=1))])
    look(desk, 1)
    later = MONDAY + timedelta(hours=2)
    desk.answers([answer(alert.alert_id, "withdrawn", numbered=2, replaces=1, at=later)])
    due = look(desk, 2)
    assert [label.verdict for label in due.labels] == ["withdrawn"]
    assert due.alerts[-1].answer is not None
    assert due.alerts[-1].answer.verdict == "withdrawn"


def told(due: Due) -> list[tuple[str, str | None, str, datetime | None]]:
    return [(str(one.verdict_id), one.payment_id, one.outcome, one.until) for one in due.verdicts]


def test_shops_are_told_what_becomes_of_the_payments_and_again_the_same() -> None:
    """Read again after a crash, an answer and a hold say the same under the same id."""
    found = []
    for _ in range(2):
        desk = Desk()
        alert = raised(desk, [suspicious(0)])
        at = MONDAY + timedelta(hours=1)
        hold = AlertAction(
            action_id=number(7), alert_id=alert.alert_id, action="hold", by="Ada", at=at,
            until=at + timedelta(hours=3), text="the card's bank calls back",
        )  # fmt: skip
        desk.actions([hold, hold.model_copy(update={"alert_id": "unknown"})])
        first = look(desk, 1)
        desk.answers([answer(alert.alert_id, "fraud", at=at)])
        second = look(desk, 2)
        desk.answers([answer(alert.alert_id, "withdrawn", numbered=2, replaces=1, at=at)])
        third = look(desk, 3)
        desk.answers([answer(alert.alert_id, "genuine", numbered=3)])  # replaces none: it does not count
        found.append([*told(first), *told(second), *told(third), *told(look(desk, 4))])
        assert [one.reason for one in first.verdicts] == ["the card's bank calls back"]
    assert found[0] == found[1]
    assert [one[1:] for one in found[0]] == [
        ("payment-0", "hold", at + timedelta(hours=3)),
        ("payment-0", "void", None),
        ("payment-0", "hold", at + timedelta(days=1)),
    ]
    assert len({one[0] for one in found[0]}) == 3


def test_what_shops_were_told_before_a_restart_is_not_told_anew() -> None:
    desk = Desk()
    alert = raised(desk, [suspicious(0)])
    hold = AlertAction(
        action_id=number(7), alert_id=alert.alert_id, action="hold", by="Ada", at=MONDAY,
        until=MONDAY + timedelta(hours=3),
    )  # fmt: skip
    desk.actions([hold], told=True)
    assert look(desk, 1).verdicts == []


def test_its_own_labels_come_back_and_change_nothing() -> None:
    desk = Desk()
    alert = raised(desk, [suspicious(0)])
    desk.answers([answer(alert.alert_id, "fraud", at=MONDAY + timedelta(hours=1))])
    labels = look(desk, 1).labels
    desk.take_labels(labels)
    assert look(desk, 60) == Due([], [], [], [])


def beats(stores: Sequence[str], at: datetime) -> list[Heartbeat]:
    return [
        Heartbeat(source=f"till-{name}-{till}", run="run-1", store_id=name, at=at, next_seq={})
        for name in stores
        for till in (1, 2)
    ]


def test_a_false_alarm_about_a_store_names_it_and_the_hour() -> None:
    """A store falls silent at noon while the others go on."""
    desk = Desk()
    names = [f"store-{place}" for place in range(5)]
    for name in names:
        desk.take_store(store(name))
    alerts: list[Alert] = []
    for minute in range(0, 300, 2):
        speaking = names if minute < 120 else names[1:]
        desk.heartbeats(beats(speaking, MONDAY + timedelta(minutes=minute)))
        alerts += look(desk, minute).alerts
    (silent,) = {alert.alert_id: alert for alert in alerts}.values()
    assert (silent.kind, silent.entity, silent.severity) == ("source_silent", "store-0", "now")
    said_at = MONDAY + timedelta(minutes=200)
    desk.answers([answer(silent.alert_id, "false_alarm", at=said_at)])
    (after,) = look(desk, 400).alerts
    assert after.effect == "Noted as a false alarm: quiet about Store store-0 until 18:20."
    desk.answers([answer(silent.alert_id, "real", numbered=2, replaces=1)])
    (after,) = look(desk, 410).alerts
    assert after.effect == "Noted as real."


def test_a_desk_that_resumes_says_nothing_twice() -> None:
    before, after = Desk(), Desk()
    alert = raised(before, [suspicious(0)])
    after.take_alert(alert)
    after.scores([suspicious(0)])
    assert look(after, 60).alerts == []
    after.scores([suspicious(1, occurred_at=MONDAY + timedelta(minutes=5))])
    assert [changed.alert_id for changed in look(after, 70).alerts] == [alert.alert_id]
    assert after.book[alert.alert_id].detected_at == alert.detected_at


def test_a_silence_ends_its_alert() -> None:
    desk = Desk()
    alert = raised(desk, [suspicious(0)])
    at = MONDAY + timedelta(minutes=5)
    silence = AlertAction(
        action_id=number(1),
        alert_id=alert.alert_id,
        action="silence",
        by="Ada",
        at=at,
        until=at + timedelta(hours=8),
    )
    desk.actions([silence])
    (ended,) = look(desk, 1).alerts
    assert (ended.alert_id, ended.until) == (alert.alert_id, at)
    desk.actions([silence])
    assert look(desk, 60) == Due([], [], [], [])


def test_a_desk_that_refuses_a_snapshot_is_as_it_was() -> None:
    desk, other = Desk(), Desk()
    alert = raised(desk, [suspicious(0)])
    parts = other.snapshot()
    for wrong in (graph_parts([desk]), {**parts, "kinds": parts["kinds"][:-1]}, {}):
        with pytest.raises(SnapshotRefused):
            desk.restore(wrong)
    assert desk.book[alert.alert_id] == alert
    desk.restore(parts)
    assert len(desk.book) == 0
