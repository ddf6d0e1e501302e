"""The sentence that says whether business is normal."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from console.panels.open_alerts import AlertRow
from console.panels.pipeline import DeadLetterRow, WorkerRow
from console.panels.synthetic import SyntheticRow
from console.status import Situation, status

WALL = datetime(2026, 11, 17, 13, 32, tzinfo=UTC)


def worker(agent: str = "fraud", **changes: object) -> WorkerRow:
    row = WorkerRow("host-1:7", agent, WALL - timedelta(seconds=1), "running", 8, 0, 0.0)
    return replace(row, **changes)  # type: ignore[arg-type]


NORMAL = Situation(
    wall=WALL,
    waiting_since="14:00:00",
    store_problem=None,
    shown_from="14:31:59",
    newest=WALL - timedelta(seconds=2),
    newest_text="14:31:58",
    loading_progress=None,
    workers=(worker(), worker("series"), worker("stock")),
    dead_letters=DeadLetterRow(0, 0, "", ""),
    completeness=0.999,
    open_stores=(38, 40),
)


def test_normal_says_what_it_rests_on() -> None:
    found = status(NORMAL)
    assert found.level == "normal"
    assert found.sentence == "All normal. 38 of 40 stores open, data 99.9 % complete."
    assert found.age == "Newest event 2 s ago."


@pytest.mark.parametrize(
    ("completeness", "text"),
    [
        (1.0, "data 100 % complete"),
        (0.99999, "data 99.9 % complete"),
        (None, "completeness of data not known"),
    ],
)
def test_nothing_rounds_up_to_complete(completeness: float | None, text: str) -> None:
    assert text in status(replace(NORMAL, completeness=completeness)).sentence


@pytest.mark.parametrize(
    ("changes", "level", "sentence"),
    [
        (
            {"store_problem": "ClickHouse at h:1 does not answer."},
            "missing",
            "No data since 14:31:59, last figures shown. ClickHouse at h:1 does not answer.",
        ),
        (
            {"store_problem": "ClickHouse at h:1 does not answer.", "shown_from": None},
            "missing",
            "Waiting since 14:00:00: ClickHouse at h:1 does not answer.",
        ),
        ({"newest": None}, "missing", "Waiting for the first event since 14:00:00."),
        (
            {"newest": WALL - timedelta(seconds=11)},
            "missing",
            "No data since 14:31:58, last figures shown. ClickHouse answers; nothing new arrives there.",
        ),
        (
            {"loading_progress": 0.43},
            "loading",
            "Loading the history: 43 %. Figures are complete when it ends.",
        ),
        ({"workers": ()}, "now", "Act now: no fraud agent has reported yet; payments are not being scored."),
        (
            {"workers": (worker(heard_at=WALL - timedelta(seconds=30)),)},
            "now",
            "Act now: the fraud agent has been silent for 30 s; payments are not being scored.",
        ),
        (
            {"workers": (worker(lag=1240, oldest_unprocessed_seconds=61.0),)},
            "now",
            "Act now: the fraud agent is 61 s behind, 1,240 events waiting.",
        ),
        (
            {"workers": (worker(lag=1, oldest_unprocessed_seconds=12.0),)},
            "soon",
            "Look soon: the fraud agent is 12 s behind, 1 event waiting.",
        ),
        (
            {"workers": (worker(state="restoring"),)},
            "soon",
            "Look soon: the fraud agent is restoring; its figures stand still.",
        ),
        (
            {"completeness": 0.99},
            "soon",
            "Look soon: 1.0 % of the events that sources sent have not arrived; figures are too low.",
        ),
        (
            {"dead_letters": DeadLetterRow(9, 2, "not JSON", "clicks")},
            "soon",
            "Look soon: 2 records refused in the last 10 minutes, latest of clicks: not JSON.",
        ),
    ],
)
def test_worst_thing_is_said_first(changes: dict[str, object], level: str, sentence: str) -> None:
    found = status(replace(NORMAL, **changes))  # type: ignore[arg-type]
    assert (found.level, found.sentence) == (level, sentence)


CHECKOUT = AlertRow(
    alert_id="a1", kind="checkout_broken", severity="now", entity_type="channel", entity="app",
    store_id="app", sentence="App checkout failing since 14:05: 2 payments for 61 clicks on pay.", events=1,
    money_at_risk_minor=60_000, per_hour_minor=124_000, since=WALL, noticed_at=WALL, ended_at=None,
    answer_at=None, detected_at=WALL, open=True,
)  # fmt: skip
SILENT = replace(
    CHECKOUT, kind="source_silent", severity="soon", per_hour_minor=None,
    sentence="Kiel silent since 13:20: 3 of 3 sources",
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "level", "sentence", "address"),
    [
        (
            {"alerts": (CHECKOUT, SILENT)},
            "now",
            "Act now: App checkout failing since 14:05, about €1,240 an hour lost. 1 more.",
            "/alerts/a1",
        ),
        ({"alerts": (SILENT,)}, "silent", "Look soon: Kiel silent since 13:20.", "/alerts/a1"),
        (
            {"alerts": (SILENT,), "completeness": 0.9},
            "silent",
            "Look soon: Kiel silent since 13:20.",
            "/alerts/a1",
        ),
        (
            {"alerts": (CHECKOUT,), "workers": ()},
            "now",
            "Act now: no fraud agent has reported yet; payments are not being scored. 1 more.",
            "",
        ),
        (
            {"alerts": (SILENT,), "workers": ()},
            "now",
            "Act now: no fraud agent has reported yet; payments are not being scored. 1 more.",
            "",
        ),
    ],
)
def test_worst_alert_is_the_sentence_unless_nobody_watches(
    changes: dict[str, object], level: str, sentence: str, address: str
) -> None:
    found = status(replace(NORMAL, **changes))  # type: ignore[arg-type]
    assert (found.level, found.sentence, found.address) == (level, sentence, address)


@pytest.mark.parametrize(
    "changes", [{"newest": WALL - timedelta(seconds=11)}, {"store_problem": "ClickHouse does not answer."}]
)
def test_old_data_come_before_every_alert(changes: dict[str, object]) -> None:
    assert status(replace(NORMAL, alerts=(CHECKOUT,), **changes)).level == "missing"  # type: ignore[arg-type]


def test_history_that_begins_to_load_waits_for_nothing() -> None:
    found = status(replace(NORMAL, newest=None, loading_progress=0.0))
    assert (found.level, found.sentence) == (
        "loading",
        "Loading the history: 0 %. Figures are complete when it ends.",
    )


def test_further_problems_are_counted() -> None:
    found = status(replace(NORMAL, workers=(), completeness=0.9))
    assert found.sentence.endswith("payments are not being scored. 1 more.")


def test_old_dead_letters_are_no_news() -> None:
    assert status(replace(NORMAL, dead_letters=DeadLetterRow(9, 0, "x", "y"))).level == "normal"


def test_history_that_loads_with_a_pause_is_not_stale() -> None:
    late = replace(NORMAL, loading_progress=0.5, newest=WALL - timedelta(seconds=30))
    assert status(late).level == "loading"


def through(seconds_ago: float) -> SyntheticRow:
    return SyntheticRow(WALL - timedelta(seconds=seconds_ago), 20, 90)


def test_silence_of_synthetic_payments_is_violet_and_urgent() -> None:
    found = status(replace(NORMAL, synthetic=through(240)))
    assert (found.level, found.address) == ("silent", "/pipeline")
    assert (
        found.sentence == "Act now: no synthetic payment has come through for 4 min; alerts may not either."
    )


@pytest.mark.parametrize("last", [None, through(70)], ids=["none is sent", "one came"])
def test_synthetic_payments_are_not_missed_too_early(last: SyntheticRow | None) -> None:
    assert status(replace(NORMAL, synthetic=last)).level == "normal"
