"""Findings become alerts that update and are told once; of many answers exactly one stands."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.watch.book import KEPT_SECONDS, STALE_SECONDS, AlertBook, Outcome
from detectors.watch.finding import Finding
from detectors.watch.quiet import QUIET_SECONDS
from schemas.alert import Alert
from schemas.answer import Answer, AnswerVerdict
from tests.support.findings import NOON, ORIGIN, WALL, answer, finding, number

SPREE = finding()
FALLEN = finding(kind="sales_fallen", entity_type="store", entity="store-1")


def seconds(value: float) -> datetime:
    return WALL + timedelta(seconds=value)


def report(book: AlertBook, *findings: Finding, at: float = 0, now: float = NOON) -> list[Alert]:
    """Report, and give what is due at that second."""
    book.report(findings, at=seconds(at), now=now, origin=ORIGIN)
    return book.due(seconds(at))


def give(book: AlertBook, said: Answer, *, at: float = 1) -> Outcome:
    return book.answer(said, at=seconds(at), origin=ORIGIN)


def test_a_finding_is_an_alert_at_once() -> None:
    (alert,) = report(AlertBook(), SPREE, now=NOON + 60)
    assert alert.alert_id == SPREE.alert_id
    assert (alert.kind, alert.entity, alert.sentence) == ("card_spree", "card-1", SPREE.sentence)
    assert alert.detected_at == alert.updated_at == WALL
    assert alert.noticed_at == datetime.fromtimestamp(NOON + 60, UTC)
    assert alert.origin == ORIGIN


def test_when_it_was_first_raised_stays() -> None:
    book = AlertBook()
    (first,) = report(book, SPREE)
    later = finding(since=NOON - 300, last_at=NOON + 900, count=9, money_at_risk_minor=60_000)
    (second,) = report(book, later, at=60, now=NOON + 900)
    assert (second.detected_at, second.noticed_at) == (first.detected_at, first.noticed_at)
    assert second.since.timestamp() == NOON - 300
    assert (second.last_at.timestamp(), second.count, second.severity) == (NOON + 900, 9, "now")
    assert second.updated_at == seconds(60)


def test_severity_only_rises_and_onset_only_moves_earlier() -> None:
    book = AlertBook()
    report(book, finding(money_at_risk_minor=60_000))
    (after,) = report(book, finding(money_at_risk_minor=100, since=NOON + 60), at=60)
    assert (after.severity, after.money_at_risk_minor, after.since.timestamp()) == ("now", 100, NOON)


def test_nothing_new_is_nothing_told() -> None:
    book = AlertBook()
    assert len(report(book, SPREE)) == 1
    assert report(book, SPREE, at=100) == []
    assert report(book, at=200) == []


def test_growing_figures_wait_and_the_last_state_comes() -> None:
    book = AlertBook()
    report(book, SPREE)
    assert report(book, finding(count=2), at=1) == []
    assert report(book, finding(count=3), at=4.9) == []
    (alert,) = report(book, at=5)
    assert alert.count == 3
    assert report(book, at=11) == []


@pytest.mark.parametrize("fields", [{"until": NOON + 60}, {"money_at_risk_minor": 70_000}])
def test_an_end_or_more_urgency_does_not_wait(fields: dict[str, Any]) -> None:
    book = AlertBook()
    report(book, SPREE)
    assert len(report(book, finding(**fields), at=0.1)) == 1


def test_an_answer_closes_and_its_effect_is_told() -> None:
    book = AlertBook()
    report(book, SPREE)
    assert give(book, answer(SPREE.alert_id, "fraud")) == "accepted"
    book.explain(SPREE.alert_id, "Learned.")
    (alert,) = book.due(seconds(1))
    assert alert.answer is not None
    assert (alert.answer.answer_id, alert.answer.verdict, alert.answer.by) == (number(1), "fraud", "Ada")
    assert alert.effect == "Learned."


def test_an_answered_alert_does_not_begin_again() -> None:
    book = AlertBook()
    report(book, finding(until=NOON + 60))
    give(book, answer(SPREE.alert_id, "fraud"))
    (alert,) = report(book, finding(count=2), at=30)
    assert (alert.count, alert.until) == (2, datetime.fromtimestamp(NOON + 60, UTC))
    give(book, answer(SPREE.alert_id, "withdrawn", numbered=2, replaces=1))
    (alert,) = report(book, finding(count=2), at=60)
    assert alert.until is None


def test_a_later_finding_keeps_the_answer() -> None:
    book = AlertBook()
    report(book, SPREE)
    give(book, answer(SPREE.alert_id, "genuine"))
    book.explain(SPREE.alert_id, "Learned.")
    (alert,) = report(book, finding(count=7), at=30)
    assert alert.answer is not None
    assert (alert.answer.verdict, alert.effect, alert.count) == ("genuine", "Learned.", 7)


@pytest.mark.parametrize(
    ("before", "said", "outcome"),
    [
        ([], answer(SPREE.alert_id, "fraud"), "accepted"),
        ([], answer("somewhere", "fraud"), "unknown"),
        ([], answer(SPREE.alert_id, "fraud", replaces=9), "overtaken"),
        ([], answer(SPREE.alert_id, "real"), "unfit"),
        ([], answer(FALLEN.alert_id, "false_alarm"), "accepted"),
        ([], answer(FALLEN.alert_id, "genuine"), "unfit"),
        ([], answer(SPREE.alert_id, "withdrawn"), "unfit"),
        (["fraud"], answer(SPREE.alert_id, "fraud"), "repeated"),
        (["fraud"], answer(SPREE.alert_id, "genuine", numbered=2), "overtaken"),
        (["fraud"], answer(SPREE.alert_id, "genuine", numbered=2, replaces=1), "accepted"),
        (["fraud"], answer(SPREE.alert_id, "withdrawn", numbered=2, replaces=1), "accepted"),
        (["fraud", "genuine"], answer(SPREE.alert_id, "fraud"), "overtaken"),
        (["fraud", "withdrawn"], answer(SPREE.alert_id, "withdrawn", numbered=3, replaces=2), "unfit"),
        (["fraud", "withdrawn"], answer(SPREE.alert_id, "genuine", numbered=3, replaces=2), "accepted"),
    ],
)
def test_an_answer_counts_or_changes_nothing(before: list[AnswerVerdict], said: Answer, outcome: str) -> None:
    book = AlertBook()
    report(book, SPREE, FALLEN)
    for place, verdict in enumerate(before, 1):
        earlier = answer(SPREE.alert_id, verdict, numbered=place, replaces=place - 1 or None)
        assert give(book, earlier) == "accepted"
    book.due(seconds(1))
    assert give(book, said) == outcome
    assert book.outcomes[outcome] >= 1
    assert len(book.due(seconds(60))) == (outcome == "accepted")


@given(
    st.lists(
        st.tuples(
            st.integers(1, 6),
            st.sampled_from(["fraud", "genuine", "withdrawn", "real"]),
            st.none() | st.integers(1, 6),
        ),
        max_size=25,
    )
)
def test_exactly_one_answer_stands_and_all_can_tell_which(sent: list[tuple[int, Any, int | None]]) -> None:
    """Whoever reads answers in order and lets each count that names the last one agrees with the alert."""
    book = AlertBook()
    report(book, SPREE)
    verdicts = {numbered: verdict for numbered, verdict, _ in reversed(sent)}
    standing: int | None = None
    for place, (numbered, _, replaces) in enumerate(sent):
        verdict = verdicts[numbered]  # an id is one answer
        give(book, answer(SPREE.alert_id, verdict, numbered=numbered, replaces=replaces), at=10 * place)
        taken_back = standing is not None and verdicts[standing] == "withdrawn"
        fits = verdict in ("fraud", "genuine") or (
            verdict == "withdrawn" and standing is not None and not taken_back
        )
        if replaces == standing and numbered != standing and fits:
            standing = numbered
        told = book[SPREE.alert_id].answer
        assert (None if told is None else told.answer_id) == (None if standing is None else number(standing))
        if told is not None and standing is not None:
            assert told.verdict == verdicts[standing]


def test_of_two_answers_at_once_the_first_stands() -> None:
    book = AlertBook()
    report(book, SPREE)
    assert give(book, answer(SPREE.alert_id, "fraud", numbered=1)) == "accepted"
    assert give(book, answer(SPREE.alert_id, "genuine", numbered=2)) == "overtaken"
    (alert,) = book.due(seconds(1))
    assert alert.answer is not None
    assert alert.answer.answer_id == number(1)


def test_a_false_alarm_keeps_its_like_quiet_for_hours() -> None:
    book = AlertBook()
    report(book, FALLEN)
    give(book, answer(FALLEN.alert_id, "false_alarm"))
    book.due(seconds(1))
    end = book.quiet_until(book[FALLEN.alert_id])
    assert end == NOON + 60 + QUIET_SECONDS
    again = finding(kind="sales_fallen", entity_type="store", entity="store-1", window="2")
    other = finding(kind="sales_fallen", entity_type="store", entity="store-2", window="2")
    assert [alert.entity for alert in report(book, again, other, at=9, now=end - 1)] == ["store-2"]
    assert [alert.alert_id for alert in report(book, at=20, now=end)] == [again.alert_id]  # it lasts


def test_what_ends_while_it_is_quiet_is_never_told() -> None:
    book = AlertBook()
    report(book, FALLEN)
    give(book, answer(FALLEN.alert_id, "false_alarm"))
    book.due(seconds(1))
    fields = {"kind": "sales_fallen", "entity_type": "store", "entity": "store-1", "window": "2"}
    report(book, finding(**fields), now=NOON + 600)
    report(book, finding(**fields, until=NOON + 900), now=NOON + 900)
    assert report(book, at=60, now=NOON + 2 * QUIET_SECONDS) == []


def test_a_false_alarm_taken_back_is_quiet_no_longer() -> None:
    book = AlertBook()
    report(book, FALLEN)
    give(book, answer(FALLEN.alert_id, "false_alarm"))
    give(book, answer(FALLEN.alert_id, "withdrawn", numbered=2, replaces=1))
    book.due(seconds(1))
    again = finding(kind="sales_fallen", entity_type="store", entity="store-1", window="2")
    assert [alert.alert_id for alert in report(book, again, at=60)] == [again.alert_id]


def test_a_restart_tells_only_what_changed_meanwhile() -> None:
    before = AlertBook()
    told = report(before, SPREE, FALLEN)
    give(before, answer(SPREE.alert_id, "fraud"))
    before.explain(SPREE.alert_id, "Learned.")
    told += before.due(seconds(1))
    after = AlertBook()
    for alert in told:
        after.resume(alert)
    assert report(after, SPREE, FALLEN, at=600) == []
    assert after[SPREE.alert_id] == before[SPREE.alert_id].model_copy(
        update={"updated_at": after[SPREE.alert_id].updated_at}
    )
    ended = finding(kind="sales_fallen", entity_type="store", entity="store-1", until=NOON + 60)
    (alert,) = report(after, SPREE, ended, at=700)
    assert (alert.alert_id, alert.detected_at) == (FALLEN.alert_id, WALL)


def test_its_own_words_come_back_and_change_nothing() -> None:
    book = AlertBook()
    (told,) = report(book, SPREE)
    give(book, answer(SPREE.alert_id, "fraud"))
    book.resume(told)
    (alert,) = book.due(seconds(1))
    assert alert.answer is not None


def test_a_false_alarm_is_quiet_after_a_restart() -> None:
    before = AlertBook()
    report(before, FALLEN)
    give(before, answer(FALLEN.alert_id, "false_alarm"))
    after = AlertBook()
    for alert in before.due(seconds(1)):
        after.resume(alert)
    again = finding(kind="sales_fallen", entity_type="store", entity="store-1", window="2")
    assert report(after, again, at=60, now=NOON + 600) == []


def test_an_open_alert_without_news_is_over_some_day() -> None:
    book = AlertBook()
    report(book, SPREE)
    (alert,) = report(book, at=60, now=NOON + STALE_SECONDS + 3_600)
    assert alert.until == alert.last_at


def test_memory_is_bounded_by_time_and_by_number() -> None:
    book = AlertBook(capacity=50)
    for place in range(200):
        report(book, finding(window=str(place), until=NOON), at=place)
    assert len(book) == 50
    report(book, finding(window="open"), at=300)
    for place in range(200, 260):
        report(book, finding(window=str(place), until=NOON), at=300 + place)
    assert book[finding(window="open").alert_id].until is None
    report(book, at=900, now=NOON + KEPT_SECONDS + 3_600)
    assert len(book) <= 1
