"""What the Alerts page says, without a store."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from console.alerts.course import CourseRow, ExpectedRow, course_chart
from console.alerts.detail import detail
from console.alerts.filters import Filter, UnknownFilter, chips, choices, matching, read_filter
from console.alerts.kinds import NAMES, fitting
from console.alerts.links import link_outs
from console.alerts.listing import line
from console.alerts.playbooks import BUILT_IN
from console.alerts.silence import HeardRow
from console.alerts.stored import ListedRow
from console.panels.stores import StoreRow
from detectors.watch.book import PAYMENT_KINDS
from schemas.alert import Alert, AlertKind, WatchedSeries
from schemas.identifiers import uuid7
from tests.support_console.alerts import alert, every_kind
from tests.support_console.serving import settings
from tests.support_console.shop import ZONE

NOW = datetime(2026, 11, 17, 14, 0, tzinfo=ZONE).astimezone(UTC)
MINUTE = timedelta(minutes=1)
STORE = StoreRow(
    "store-03", "Köln Süd", "pos", "west", "Europe/Berlin", list(range(7)), ["13:00"] * 7, ["20:00"] * 7
)


def listed(alert_id: str, **fields: Any) -> ListedRow:
    """A row of the list; open, without money, ten minutes old."""
    usual: dict[str, Any] = {
        "kind": "payment_fraud", "severity": "soon", "entity_type": "card", "entity": "tok_1", "store_id": "",
        "sentence": "A payment looks like fraud.", "events": 1, "money_at_risk_minor": 0,
        "per_hour_minor": None, "since": NOW - 10 * MINUTE, "noticed_at": NOW, "last_at": NOW, "until": None,
        "verdict": "", "answered_by": "", "answered_at": None, "effect": None, "updated_at": NOW,
        "held_by": "", "escalated_by": "", "open": True,
    }  # fmt: skip
    return ListedRow(alert_id=alert_id, **usual | fields)


def found(rows: list[ListedRow], **chosen: str) -> list[str]:
    names = {"store-03": "Köln Süd"}
    return [row.alert_id for row in matching(rows, Filter(**chosen), names)]


def written(one: Alert, **changes: Any) -> Any:
    usual: dict[str, Any] = {
        "chart": None, "chart_error": "", "now": NOW, "zone": ZONE, "currency": "EUR", "store_names": {},
    }  # fmt: skip
    return detail(one, (), (), **usual | changes)


def test_every_kind_has_a_name_and_first_steps() -> None:
    kinds = set(get_args(AlertKind))
    assert set(NAMES) == kinds
    assert {kind for kind, about in BUILT_IN if not about} == kinds
    assert all(2 <= len(steps) <= 3 for steps in BUILT_IN.values())


def test_answers_are_those_that_the_judge_takes() -> None:
    for one in every_kind(NOW):
        first, second = fitting(one.kind)
        about_payments = one.kind in PAYMENT_KINDS
        assert (first.verdict, second.verdict) == (
            ("fraud", "genuine") if about_payments else ("real", "false_alarm")
        )


def test_worst_comes_first_then_money_then_the_newest() -> None:
    rows = [
        listed("old", since=NOW - 60 * MINUTE),
        listed("new", since=NOW - MINUTE),
        listed("rich", money_at_risk_minor=5),
        listed("now", severity="now"),
    ]
    assert found(rows) == ["now", "rich", "new", "old"]
    assert found(rows, order="newest")[0] == "new"


def test_filters_narrow_by_everything_that_the_address_says() -> None:
    rows = [
        listed("a", store_id="store-03", kind="shrinkage"),
        listed("b", severity="now"),
        listed("c", open=False, verdict="fraud", answered_at=NOW),
        listed("d", entity_type="category", entity="toys", since=NOW - 20 * MINUTE),
    ]
    assert found(rows) == ["b", "a", "d"]
    assert found(rows, category="toys") == ["d"]
    assert found(rows, state="resolved") == ["c"]
    assert len(found(rows, state="all")) == 4
    assert found(rows, kind="shrinkage") == ["a"]
    assert found(rows, severity="now") == ["b"]
    assert found(rows, q="köln") == ["a"]
    assert found(rows, q="fraud TOK_1 shrink") == ["a"]
    assert found(rows, q="nothing such") == []


def test_chips_say_how_many_they_would_show_and_lead_there() -> None:
    rows = [listed("a", severity="now"), listed("b"), listed("c", open=False)]
    chosen = Filter(severity="now")
    assert [(chip.label, chip.count) for chip in chips("state", rows, chosen, {})] == [
        ("Open", 1), ("Resolved", 0), ("All", 1),
    ]  # fmt: skip
    now, soon = chips("severity", rows, chosen, {})
    assert (now.current, now.href) == ("true", "/alerts")
    assert soon.href == "/alerts?severity=soon"
    assert [option.label for option in choices("kind", rows, chosen, NAMES)] == [
        "Every kind", "Suspicious payment (1)",
    ]  # fmt: skip


def test_address_and_filter_are_the_same() -> None:
    chosen = Filter(state="all", kind="shrinkage", store="store-03", q="a b", order="newest")
    assert chosen.query == "?state=all&kind=shrinkage&store=store-03&q=a+b&order=newest"
    assert read_filter({"state": "all", "q": " a b "}, strict=True) == Filter(state="all", q="a b")


@pytest.mark.parametrize("name", ["state", "kind", "severity", "order"])
def test_unknown_filter_is_refused_by_the_api_and_ignored_by_the_page(name: str) -> None:
    with pytest.raises(UnknownFilter, match=name):
        read_filter({name: "nonsense"}, strict=True)
    assert read_filter({name: "nonsense"}, strict=False) == Filter()


def test_row_says_where_how_long_and_how_many() -> None:
    row = listed("a", store_id="store-03", events=38, money_at_risk_minor=62_000)
    names = {"store-03": "Köln Süd"}
    shown = line(row, now=NOW, store_names=names, currency="EUR", query="?state=all", opened="a")
    assert (shown.where, shown.age, shown.events, shown.money) == ("Köln Süd", "10 min ago", "×38", "€620")
    assert (shown.icon, shown.word, shown.current) == ("▲", "Look soon", "true")
    assert (shown.first, shown.second, shown.silence) == ("fraud", "genuine", True)
    assert shown.href == "/alerts/a?state=all"


def test_settled_row_says_how_and_when() -> None:
    row = listed("a", open=False, verdict="fraud", answered_at=NOW - 3 * MINUTE, until=NOW - MINUTE)
    shown = line(row, now=NOW, store_names={}, currency="EUR", query="", opened=None)
    assert (shown.icon, shown.outcome, shown.age) == ("✓", "Fraud", "3 min ago")


def test_facts_say_since_when_how_soon_and_what_it_costs() -> None:
    one = alert("a", NOW, per_hour_minor=124_000, money_at_risk_minor=62_000, noticed_at=NOW - 7 * MINUTE)
    assert written(one).facts == "since 13:50, noticed after 3 min, €1,240 an hour, €620 at risk so far"
    over = alert("a", NOW, until=NOW - 2 * MINUTE)
    assert written(over).facts == "from 13:50 to 13:58, 8 min, noticed after 60 s"


def test_amount_that_would_have_passed_says_in_words_what_was_not_reckoned_anew() -> None:
    one = next(one for one in every_kind(NOW) if one.counterfactual is not None)
    assert one.counterfactual is not None
    assert one.counterfactual.held == ("amount_to_largest",)
    text = written(one).counterfactual
    assert text.startswith("At €96.40 instead of €")
    assert text.endswith("it would have passed (not reckoned anew: its ratio to the largest amount so far).")


def test_answer_taken_back_leaves_the_alert_open() -> None:
    taken_back = {"answer_id": uuid7(NOW), "verdict": "withdrawn", "by": "anna", "at": NOW}
    shown = written(alert("a", NOW, answer=taken_back))
    assert shown.state == "open"
    assert shown.answer.text == "anna took the answer back at 14:00."
    assert shown.answer.replaces == str(taken_back["answer_id"])


def test_completeness_is_only_whole_if_nothing_is_missing() -> None:
    assert written(alert("a", NOW, completeness=1.0)).completeness == "Data 100 % complete"
    assert written(alert("a", NOW, completeness=0.99999)).completeness == "Data 99.9 % complete"
    assert written(alert("a", NOW)).completeness == ""


@pytest.mark.parametrize(
    "template",
    [
        "/receipts/{payment_id}",
        "javascript:alert(1)",
        "https://a/{customer_id}",
        "https://a/{at.year}",
        "https://a/{",
    ],
)
def test_templates_that_lead_nowhere_are_refused(template: str) -> None:
    with pytest.raises(ValidationError, match="links"):
        settings(links={"Receipt": template})


def test_link_is_filled_and_quoted_and_left_out_where_something_is_not_known() -> None:
    templates = settings(links={"Camera": "https://cctv/{store_id}?t={at}&{epoch}"}).links
    known = link_outs(templates, NOW, {"store_id": "s 1/ä"})
    assert known == (f"https://cctv/s%201%2F%C3%A4?t=2026-11-17T13%3A00%3A00Z&{int(NOW.timestamp())}",)
    assert link_outs(templates, NOW, {"store_id": ""}) == ("",)


def chart(heartbeats: range, rows: range = range(0)) -> Any:
    """A store that opens at 13:00 and whose alert began at 13:50; minutes are counted back from 14:00."""
    one = alert("a", NOW, watched=WatchedSeries(series="revenue", store_id="store-03"))
    midnight = NOW.astimezone(ZONE).replace(hour=0)
    expected = ExpectedRow(midnight, 5, [900.0] * 288, [500.0] * 288, [1500.0] * 288, 28)
    heard = [HeardRow(NOW - number * MINUTE, heartbeat=True) for number in heartbeats]
    course = [CourseRow(NOW - number * MINUTE, 200) for number in rows]
    return course_chart(
        one, course, [expected], heard, stores=[STORE], settled=NOW, zone=ZONE, currency="EUR"
    )


def test_fallen_sales_of_a_store_that_is_heard_are_zero_and_not_unknown() -> None:
    drawn = chart(heartbeats=range(0, 60, 2), rows=range(30, 60))
    assert drawn.silent == ()
    assert drawn.actual[-1] == 0
    assert drawn.actual[-10] == 10.0


def test_silent_store_is_unknown_and_never_zero() -> None:
    drawn = chart(heartbeats=range(20, 60, 2), rows=range(20, 60))
    assert drawn.silent == ((int((NOW - 19 * MINUTE).timestamp()), int(NOW.timestamp())),)
    assert drawn.actual[-1] is None


def test_closed_store_is_not_silent() -> None:
    drawn = chart(heartbeats=range(0, 60, 2))
    opens = int((NOW - 60 * MINUTE).timestamp())
    assert drawn.closed[-1][1] == opens
    assert drawn.silent == ()
    assert drawn.actual[0] is None


def test_without_heartbeats_nothing_is_said_about_silence() -> None:
    drawn = chart(heartbeats=range(0), rows=range(20, 60))
    assert drawn.silent is None
    assert drawn.actual[-1] is None


def test_chart_holds_finished_slots_and_their_band() -> None:
    drawn = chart(heartbeats=range(0, 60, 2), rows=range(60))
    assert drawn.times[-1] + drawn.slot_seconds <= NOW.timestamp()
    assert (drawn.low[-1], drawn.high[-1]) == (5.0, 15.0)
    assert drawn.summary == "Since it began €10 on average, usually €9."
