"""Alerts as lines, and which of them are news."""

from datetime import timedelta, timezone
from typing import Any

from sinks.channels.alert_line import alert_line, causes_line
from sinks.channels.shown_alerts import ShownAlerts
from tests.support.alert_records import alert_record
from tests.support.causes_records import causes_record

ANSWER = {
    "answer_id": "019aae1d-0000-7c3e-9d51-2f60b8a4e018",
    "verdict": "false_alarm",
    "by": "tillwatch",
    "at": "2026-11-22T13:40:00Z",
}
EAST = timezone(timedelta(hours=2))


def test_a_new_alert_says_what_and_how_much() -> None:
    line = alert_line(alert_record("a"), update=False, zone=EAST, currency="EUR")
    assert (line.time, line.mark, line.word) == ("2026-11-22 15:27:40", " ", "● now ")
    assert line.sentence.startswith("Card 9f13 paid 5 times in 10 minutes")
    assert (line.money, line.answer, line.alert_id) == ("4,797.00 EUR at risk", "", "a")


def test_an_update_shows_its_own_time_and_what_was_answered() -> None:
    over = alert_record(
        "a", until="2026-11-22T13:50:00Z", answer=ANSWER, effect="Noted.", money_at_risk_minor=0
    )
    line = alert_line(over, update=True, zone=EAST, currency="EUR")
    assert (line.time, line.mark, line.word) == ("2026-11-22 15:50:00", "↻", "✓ over")
    assert (line.money, line.answer) == ("", "false alarm (tillwatch): Noted.")


def test_a_terminal_is_never_commanded_by_a_name() -> None:
    line = alert_line(
        alert_record("a", sentence="Store \x1b[2Jx\r\nis silent\u202e"),
        update=False,
        zone=EAST,
        currency="EUR",
    )
    assert line.sentence == "Store �[2Jx��is silent�"


def test_only_what_matters_is_news() -> None:
    shown = ShownAlerts()
    states: list[dict[str, Any]] = [
        {}, {"count": 6}, {"severity": "soon"}, {"answer": ANSWER}, {"answer": ANSWER, "count": 9},
        {"answer": ANSWER, "until": "2026-11-22T13:50:00Z"},
        {"answer": ANSWER, "until": "2026-11-22T13:51:00Z"},
    ]  # fmt: skip
    news = [shown.news(alert_record("a", **fields)) for fields in states]
    assert news == ["new", "same", "changed", "changed", "same", "changed", "same"]
    assert shown.news(alert_record("b")) == "new"


def test_what_explains_an_alert_is_marked_and_names_it() -> None:
    line = causes_line(causes_record("a", sentence="Revenue \x1b[2J −38 %"), zone=EAST)
    assert (line.time, line.mark, line.word) == ("2026-11-22 15:40:00", "↳", "  why ")
    assert (line.sentence, line.money, line.answer, line.alert_id) == ("Revenue �[2J −38 %", "", "", "a")


def test_an_explanation_is_news_once_and_when_it_names_something_else() -> None:
    shown = ShownAlerts()
    assert shown.news_of_causes(causes_record("a")) is None  # nobody saw the alert
    shown.news(alert_record("a"))
    told: list[dict[str, Any]] = [
        {}, {}, {"actual": 1100.0, "sentence": "App revenue −45 %"}, {"causes": ()},
        {"causes": (), "evenly": True},
    ]  # fmt: skip
    news = [shown.news_of_causes(causes_record("a", **fields)) for fields in told]
    assert news == ["new", "same", "same", "changed", "changed"]
    assert shown.news(alert_record("a", until="2026-11-22T13:50:00Z")) == "changed"
    assert shown.news_of_causes(causes_record("a", causes=(), evenly=True)) == "same"
