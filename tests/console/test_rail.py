"""The rail of alerts, the marks they leave on the page, and the demo's script."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from console.panels.cues import alert_of, cues
from console.panels.day_chart import flags, silence
from console.panels.open_alerts import AlertRow, headline, worst_first
from console.panels.pipeline import WorkerRow
from console.panels.rail import Rail, WatchingRow, rail, watched
from console.trading_day import trading_day
from producers.cue_sheet import Incident

NOW = datetime(2026, 11, 17, 14, 30, tzinfo=UTC)
DAY = trading_day(NOW, NOW, ZoneInfo("UTC"))
WALL = datetime(2026, 11, 20, tzinfo=UTC)
SENTENCE = "App checkout failing since 14:05: 2 payments for 61 clicks on pay, usually 50; 40 errors shown."
ALERT = AlertRow(
    alert_id="a", kind="checkout_broken", severity="now", entity_type="channel", entity="app", store_id="app",
    sentence=SENTENCE, events=1, money_at_risk_minor=60_000, per_hour_minor=124_000,
    since=NOW - timedelta(minutes=25),
    noticed_at=NOW - timedelta(minutes=22), ended_at=None, answer_at=None,
    detected_at=WALL - timedelta(seconds=3), open=True,
)  # fmt: skip
OVER = replace(ALERT, alert_id="over", open=False, ended_at=NOW - timedelta(minutes=7))


def shown(*rows: AlertRow, stores: tuple[str, ...] = ()) -> Rail:
    return rail(rows, stores, names={"app": "App"}, proof="proof", day=DAY, wall=WALL, currency="EUR")


def test_row_says_what_costs_how_much_where_and_since_when() -> None:
    row = shown(ALERT).alerts[0]
    assert (row.icon, row.sentence) == ("●", "App checkout failing since 14:05")
    assert (row.money, row.place, row.age) == ("€1,240 an hour", "App", "25 min")
    assert (row.address, row.whole) == ("/alerts/a", SENTENCE)


def test_alert_of_no_store_says_what_it_is_about_and_never_whose() -> None:
    toys = replace(ALERT, alert_id="toys", store_id="", entity_type="category", entity="toys")
    card = replace(ALERT, alert_id="card", store_id="", entity_type="card", entity="tok_1")
    assert {row.alert_id: row.place for row in shown(toys, card).alerts} == {
        "toys": "category toys", "card": "",
    }  # fmt: skip


def test_new_one_is_marked_for_ten_seconds() -> None:
    old = replace(ALERT, alert_id="b", detected_at=WALL - timedelta(seconds=11))
    assert {row.alert_id: row.fresh for row in shown(ALERT, old).alerts} == {"a": "yes", "b": ""}


def test_all_to_act_on_now_are_named_and_what_is_silent_is_not_one() -> None:
    many = [replace(ALERT, alert_id=f"a{number}") for number in range(7)]
    soon = replace(ALERT, alert_id="soon", severity="soon")
    silent = replace(ALERT, alert_id="silent", kind="source_silent")
    assert set(shown(soon, silent, OVER, *many).urgent) == {f"a{number}" for number in range(7)}


def test_worst_come_first_and_what_is_over_not_at_all() -> None:
    dear = replace(ALERT, alert_id="dear", severity="soon", money_at_risk_minor=900_000)
    silent = replace(ALERT, alert_id="silent", kind="source_silent", money_at_risk_minor=1)
    assert [row.alert_id for row in worst_first([OVER, dear, silent, ALERT])] == ["a", "silent", "dear"]
    assert silent.level == "silent"


def test_what_the_rail_leaves_out_is_counted() -> None:
    rows = [replace(ALERT, alert_id=str(number)) for number in range(7)]
    elsewhere = replace(ALERT, alert_id="x", store_id="web")
    assert shown(*rows).more == "2 more"
    assert shown(*rows, elsewhere, stores=("app",)).more == "2 more, 1 outside this selection"


@pytest.mark.parametrize(
    ("sentence", "head"),
    [
        ("Kiel silent since 13:20: 3 of 3 sources, usually every 30 s", "Kiel silent since 13:20"),
        ("Card 1234: 7 payments in 12 min; usually 1 a day.", "Card 1234: 7 payments in 12 min"),
        ("Sold for 0.99 since 9:00. Right again since 10:00.", "Sold for 0.99 since 9:00"),
    ],
)  # fmt: skip
def test_headline_is_what_is_wrong_without_its_figures(sentence: str, head: str) -> None:
    assert headline(replace(ALERT, sentence=sentence)) == head


def test_empty_is_proof_and_names_who_watches() -> None:
    judge = WorkerRow("h:1", "judge", WALL - timedelta(seconds=1), "running", 1, 0, 0.0, 9.0)
    assert watched([OVER], WatchingRow(87, 310), [judge], DAY, WALL) == (
        "Nothing open. Last resolved 7 min ago. 87 curves and 310 payments a minute are being watched, "
        "last check 1 s ago."
    )
    assert "nobody is watching" in watched([], WatchingRow(87, 310), [], DAY, WALL)


def test_flags_keep_their_place_and_lose_their_colour() -> None:
    payment = replace(ALERT, alert_id="p", kind="payment_fraud")
    begin, end = int(DAY.start.timestamp()), int(DAY.end.timestamp())
    found = flags([ALERT, OVER, payment], begin, end)
    assert [(flag.level, flag.icon) for flag in found] == [("now", "●"), ("ended", "✓")]


def test_silence_lasts_until_it_ends() -> None:
    silent = replace(ALERT, kind="source_silent")
    begin, now = int(silent.since.timestamp()), int(NOW.timestamp())
    assert silence([silent, ALERT], begin - 600, now) == ((begin, now),)
    assert silence([replace(silent, ended_at=NOW)], begin - 600, now) == ()


INCIDENT = Incident(
    kind="broken_checkout", title="App checkout breaks", store_id="app", entity_type="store", entity="app",
    begins_at=NOW - timedelta(minutes=25), ends_at=NOW + timedelta(minutes=5),
)  # fmt: skip


def test_script_says_what_was_noticed_and_what_is_to_come() -> None:
    later = INCIDENT.model_copy(update={"kind": "price_glitch", "begins_at": NOW + timedelta(hours=1),
                                        "ends_at": NOW + timedelta(hours=2)})  # fmt: skip
    found = cues([later, INCIDENT], [ALERT], {"app": "App"}, DAY)
    assert found is not None
    assert found.summary == "1 of 2 so far, 1 noticed"
    assert found.cues[0].outcome == "noticed 14:08, after 3 min: App checkout failing since 14:05"
    assert (found.cues[1].state, found.cues[1].outcome) == ("to come", "")
    assert cues([], [ALERT], {}, DAY) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "sales_fallen"},
        {"store_id": "web", "entity": "web"},
        {"noticed_at": NOW - timedelta(hours=2)},
        {"noticed_at": NOW + timedelta(days=2)},
    ],
)
def test_alert_of_another_kind_place_or_time_is_another_story(changes: dict[str, object]) -> None:
    assert alert_of(INCIDENT, [ALERT]) is ALERT
    assert alert_of(INCIDENT, [replace(ALERT, **changes)]) is None  # type: ignore[arg-type]
