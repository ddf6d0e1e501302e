"""What to look at today: on the page, for programs, on the command line; and where its answers go."""

import re
from datetime import UTC, datetime, timedelta
from html import escape
from random import Random
from uuid import UUID

import orjson
import pytest
from typer.testing import CliRunner

from schemas.identifiers import uuid7
from schemas.label import Label
from schemas.payment_verdict import PaymentVerdict
from schemas.topics import LABELS, VERDICTS
from sinks.connection import connect
from sinks.review.listing import review_list
from sinks.review.settings import ReviewSettings
from sinks.settings import ClickHouseSettings
from tests.support.sinking import store_variables
from tests.support.topic_log import read_topic
from tests.support_console.alerts import alert, payments, write
from tests.support_console.serving import as_reader, console_client, log_in
from tests.support_console.shop import Shop
from tillwatch.__main__ import app

pytestmark = pytest.mark.services

NOW = datetime.now(UTC).replace(microsecond=0)
EVIL = "<b>evil</b>"


def event(number: int) -> UUID:
    return uuid7(NOW, Random(number))


def listed(store: ClickHouseSettings, cards: int, share: float = 0.5) -> list[tuple[str, bool]]:
    client = connect(store)
    found = review_list(client, ReviewSettings(cards_per_day=cards, teaching_share=share))
    client.close()
    return [(one.card, one.by_risk) for one in found.reviews]


@pytest.fixture(scope="module")
def store(clickhouse: ClickHouseSettings) -> ClickHouseSettings:
    """Two suspicious cards, one of them in an alert; a terminal in the dark; and what must not be listed."""
    client = connect(clickhouse)
    shop = Shop(client)
    rows: list[dict[str, object]] = []

    def pay(card: str, hours: float, terminal: str, *, cents: int, score: float, count: int = 1) -> None:
        for _ in range(count):
            moment = NOW - timedelta(hours=hours, seconds=len(rows))
            row = shop.score_row(moment, payment_id=f"p-{len(rows)}", amount_minor=cents, score=score)
            own = {"card_id": card, "terminal_id": terminal, "event_id": event(len(rows)), "threshold": 0.5}
            own |= {"reasons_feature": ["terminal_frauds_7d"], "reasons_value": [3.0]}
            rows.append(row | own)

    pay("told", 1, "lit", cents=90_000, score=0.9)  # 0
    pay("cheap", 2, "lit", cents=1_000, score=0.95)  # 1
    pay(EVIL, 3, "dark", cents=2_000, score=0.02, count=2)  # 2, 3
    pay("regular", 4, "lit", cents=2_000, score=0.03)  # 4
    pay("answered", 5, "lit", cents=70_000, score=0.99)  # 5
    pay("withdrawn", 5, "lit", cents=50_000, score=0.6)  # 6
    pay("old", 30, "lit", cents=90_000, score=0.99)  # 7
    pay("past", 72, "dark", cents=2_000, score=0.01, count=20)
    pay("past", 72, "lit", cents=2_000, score=0.01, count=3)
    shop.insert_scores(rows)

    def said(number: int, verdict: str, hours: float, by: str = "analyst") -> list[object]:
        row = rows[number]
        moment = NOW - timedelta(hours=hours)
        return [row["event_id"], row["card_id"], row["terminal_id"], row["occurred_at"], moment, verdict, by]

    names = ["event_id", "card_id", "terminal_id", "occurred_at", "known_at", "verdict", "said_by"]
    labels = [said(5, "fraud", 4), said(6, "fraud", 4), said(6, "withdrawn", 3)]
    labels += [said(number, "genuine", 2, "matured") for number in range(len(rows) - 3, len(rows))]
    client.insert("labels", labels, column_names=names)
    told = [[event(5), "void", "dana", labels[0][4], None], [event(6), "void", "dana", labels[1][4], None]]
    told += [[event(7), "void", "dana", labels[1][4], None]]  # without a label: by the command line
    client.insert("verdicts", told, column_names=["event_id", "outcome", "by", "at", "alert_id"])
    (named,) = payments(1, NOW)
    write(
        client, "alerts", [alert("a-told", NOW, payments=(named.model_copy(update={"event_id": event(0)}),))]
    )
    shop.open_stores()
    client.close()
    return clickhouse


def test_the_list_has_the_suspicious_and_what_teaches_within_the_budget(store: ClickHouseSettings) -> None:
    """One card was answered today, so of five four are left; money at risk comes first."""
    assert listed(store, 5) == [("told", True), ("cheap", True), (EVIL, False), ("regular", False)]
    assert listed(store, 3, 0.0) == [("told", True), ("cheap", True)]
    assert listed(store, 2, 1.0) == [(EVIL, False)]
    assert listed(store, 1) == []


def test_the_command_says_in_one_phrase_why(store: ClickHouseSettings) -> None:
    variables = store_variables(store) | {"COLUMNS": "200", "TILLWATCH_REVIEW_TEACHING_SHARE": "0.5"}
    table = CliRunner().invoke(app, ["review", "--cards", "5"], env=variables)
    assert table.exit_code == 0
    assert re.search(r"900.00 EUR +risk +Terminal had 3 confirmed frauds this week +a-told", table.stdout)
    assert re.search(r"teaching +lit: 4 unknown, a verdict since yesterday", table.stdout)
    assert re.search(r"teaching +dark: 22 unknown, never a verdict", table.stdout)
    assert "1 answered in 24 hours, 4 left of 5" in table.stderr
    lines = CliRunner().invoke(app, ["review", "--cards", "5", "--json"], env=variables).stdout.splitlines()
    assert [orjson.loads(line)["alert_id"] for line in lines] == ["a-told", None, None, None]


async def test_an_answer_on_the_page_is_learnt_and_told_to_the_shop(
    store: ClickHouseSettings, kafka_topics: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TILLWATCH_REVIEW_CARDS_PER_DAY", "5")
    monkeypatch.setenv("TILLWATCH_REVIEW_TEACHING_SHARE", "0.5")
    async with console_client(as_reader(store), kafka=kafka_topics) as client:
        async with client.get("/review") as page:
            text = await page.text()
        assert page.status == 200
        assert EVIL not in text
        assert "/alerts/a-told" in text
        assert "1 card answered in 24 hours, 4 left of a budget of 5." in text
        for wrong, status in (
            ({"verdict": "fraud"}, 422),
            ({"verdict": "maybe", "event_id": str(event(2))}, 422),
            ({"verdict": "fraud", "event_id": "x"}, 422),
            ({"verdict": "fraud", "event_id": str(event(7))}, 409),  # not on the list
        ):
            async with client.post("/review", data=wrong) as refused:
                assert refused.status == status
        answer = {"verdict": "genuine", "event_id": str(event(2))}
        async with client.post("/review", data=answer) as told:
            text = await told.text()
            assert f"Learned. Card …{escape(EVIL[-6:])}: 1 payment, €20, genuine." in text
            assert "2 cards answered in 24 hours, 3 left" in text
        async with client.post("/review", data=answer) as again:
            assert again.status == 409
        async with client.get("/api/v1/review") as found:
            reviews = (await found.json())["reviews"]
        assert [paid["event_id"] for one in reviews if one["card"] == EVIL for paid in one["payments"]] == [
            str(event(3))
        ]
        mine, danas = re.findall(r'<li data-key="([^"]+)" tabindex="-1"><p>Card', text)
        assert re.findall(r"by \w+", text)[-1] == "by dana"
        for key in (mine, danas):
            async with client.post("/review/undo", data={"key": key}) as undone:
                assert "nobody has said anything about 1 payment any more" in await undone.text()
            async with client.post("/review/undo", data={"key": key}) as again:
                assert again.status == 409
        async with client.get("/api/v1/review") as found:
            reviews = (await found.json())["reviews"]
        assert str(event(2)) in [paid["event_id"] for one in reviews for paid in one["payments"]]
    label, *undone_labels = sorted(read_topic(kafka_topics, LABELS, Label), key=lambda one: one.known_at)
    void = [(one.event_id, one.verdict, one.said_by) for one in undone_labels]
    assert sorted(void) == sorted([(event(n), "withdrawn", "analyst") for n in (2, 5)])
    assert all(one.known_at > label.known_at for one in undone_labels)
    assert (label.event_id, label.verdict, label.said_by) == (event(2), "genuine", "analyst")
    assert (label.card_id, label.terminal_id) == (EVIL, "dark")
    verdict, *holds = sorted(read_topic(kafka_topics, VERDICTS, PaymentVerdict), key=lambda one: one.at)
    assert {(one.event_id, one.outcome, one.by) for one in holds} == {
        (event(n), "hold", "tillwatch") for n in (2, 5)
    }
    assert (verdict.event_id, verdict.payment_id, verdict.outcome) == (event(2), "p-2", "release")


async def test_without_payments_or_a_login_nothing_is_shown(store: ClickHouseSettings) -> None:
    nowhere = as_reader(store).model_copy(update={"port": 1})
    async with console_client(nowhere) as client, client.get("/api/v1/review") as answer:
        assert answer.status == 503
    async with (
        console_client(as_reader(store), logged_in=False) as client,
        client.get("/api/v1/review") as answer,
    ):
        assert answer.status == 401


async def test_who_only_looks_sees_the_list_and_no_card_of_it(store: ClickHouseSettings) -> None:
    async with console_client(as_reader(store)) as operator, operator.get("/api/v1/review") as answer:
        found = (await answer.json())["reviews"]
    people = {one["card"] for one in found}
    people |= {paid[name] for one in found for paid in one["payments"] for name in ("card_id", "customer_id")}
    people.discard(None)
    assert people
    roles = {"viewer_password": "only-looking"}
    async with console_client(as_reader(store), logged_in=False, **roles) as client:
        await log_in(client, "only-looking", user="viewer")
        for path in ("/review", "/api/v1/review"):
            async with client.get(path) as answer:
                text = await answer.text()
                assert answer.status == 200
            assert not [one for one in people if len(one) > 4 and f'"{one}"' in text]
