"""The Alerts page and its API over HTTP, over a real store."""

import asyncio
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from aiohttp import ClientResponse

from console.alerts.course import COURSE, EXPECTED
from console.alerts.evidence import SCORED
from console.alerts.page import LIST_QUERIES
from console.alerts.silence import HEARD
from console.alerts.stored import ACTED, ANSWERED, HIDDEN, ONE, PAYMENTS
from console.alerts.surroundings import AROUND, MOVED
from console.query import FOLDER
from detectors.fraud.features import FEATURE_NAMES, FEATURE_SET
from schemas.alert import Alert, WatchedSeries
from schemas.identifiers import uuid7
from sinks.connection import connect, connect_async
from sinks.settings import ClickHouseSettings
from tests.support_console.alerts import alert, every_kind, write
from tests.support_console.courses import write_courses
from tests.support_console.parts import write_parts
from tests.support_console.serving import as_reader, console_client, log_in
from tests.support_console.shop import Shop

pytestmark = pytest.mark.services

NOW = datetime.now(UTC).replace(second=0, microsecond=0)
EVIL = "<img src=x onerror=alert(1)>"
MOMENT = int(NOW.timestamp())
PARAMETERS = {
    "alert_id": "a", "alert_ids": ["a"], "event_ids": [str(uuid7(NOW))], "first": NOW, "last": NOW,
    "event_id": str(uuid7(NOW)), "occurred_at": NOW,
    "series": "revenue", "store_id": "", "channel": "", "category": "", "subject": "tok_8f21c0",
    "terminal_id": "", "middle": MOMENT, "begin": MOMENT, "end": MOMENT, "now": MOMENT, "until": MOMENT,
}  # fmt: skip


def toys_fallen() -> Alert:
    watched = WatchedSeries(series="goods", store_id="", channel="pos", category="toys")
    return alert(
        "a-toys", NOW - timedelta(hours=3), until=NOW - timedelta(hours=2), kind="sales_fallen",
        entity_type="category", entity="toys", store_id=None, watched=watched, sentence="Toys have fallen.",
    )  # fmt: skip


def write_judged(shop: Shop, judged: Alert) -> None:
    """The score of an alert's payment with all its features, and the event, twice."""
    paid = judged.payments[0]
    features = [float(number) for number in range(len(FEATURE_NAMES))]
    score = shop.score_row(paid.occurred_at, score=0.91) | {
        "event_id": paid.event_id, "features": features, "feature_set": FEATURE_SET,
        "model_version": "causes-7",
        "reasons_feature": ["terminal_frauds_7d"], "reasons_value": [3.0], "reasons_contribution": [1.5],
    }  # fmt: skip
    shop.insert_scores([score])
    event = {"event_id": paid.event_id, "occurred_at": paid.occurred_at, "card_id": "tok_of_somebody"}
    rows = [[*event.values(), offset, note] for offset, note in ((1, EVIL), (2, "a repeat"))]
    shop.client.insert("transactions", rows, column_names=[*event, "kafka_offset", "payment_id"])


def write_surroundings(shop: Shop) -> None:
    """What a card, a terminal and an article were part of within a day of their alerts, and before."""

    def paid(payment_id: str, hours: float, **fields: object) -> dict[str, object]:
        made = shop.score_row(NOW - timedelta(hours=hours), payment_id=payment_id, score=0.4)
        return made | {"store_id": "store-01", "terminal_id": "store-01-7"} | fields

    card = {"card_id": "tok_8f21c0", "customer_id": "customer-0815"}
    terminal = {"store_id": "store-03", "terminal_id": "store-03-1"}
    rows = [
        paid("by-card", 3, **card),
        paid("by-card-long-ago", 30, **card),
        paid("by-terminal", 4, **terminal),
        paid("beside-terminal", 4, store_id="store-03"),
    ]
    shop.insert_scores(rows)
    said = NOW - timedelta(minutes=5)
    label = [rows[0]["event_id"], "store-01-7", rows[0]["occurred_at"], said, "fraud", "analyst"]
    shop.client.insert(
        "labels",
        [label],
        column_names=["event_id", "terminal_id", "occurred_at", "known_at", "verdict", "said_by"],
    )
    moves = [
        [uuid7(NOW), "till", NOW - timedelta(hours=hours), place, "sku-0317", kind, pieces]
        for hours, place, kind, pieces in (
            (27, "store-06", "sale", -2), (60, "store-06", "receipt", 40), (27, "store-01", "sale", -3),
        )
    ]  # fmt: skip
    names = ["event_id", "source", "occurred_at", "place_id", "sku", "kind", "quantity"]
    shop.client.insert("stock_movements", moves, column_names=names)


@pytest.fixture(scope="module")
def store(clickhouse: ClickHouseSettings) -> ClickHouseSettings:
    client = connect(clickhouse)
    shop = Shop(client)
    shop.open_stores()
    alerts = every_kind(NOW)
    write(
        client,
        "alerts",
        [*alerts, toys_fallen(), alert("a-evil", NOW, sentence=f"Paid by {EVIL}.", severity="now")],
    )
    write_courses(client, NOW)
    write_parts(client, NOW)
    paid = alerts[0].payments[0]
    scored = shop.score_row(paid.occurred_at) | {"event_id": paid.event_id, "store_id": "store-02"}
    shop.insert_scores([scored])
    write_judged(shop, next(one for one in alerts if one.alert_id == "a-payment"))
    write_surroundings(shop)
    shop.signs_of_life(datetime.now(UTC))
    client.close()
    return as_reader(clickhouse)


async def test_every_file_is_asked_and_its_columns_are_the_fields_of_the_rows(
    store: ClickHouseSettings,
) -> None:
    queries = [query for query in LIST_QUERIES if "/" in query.name]
    queries += [ONE, ACTED, ANSWERED, PAYMENTS, COURSE, EXPECTED, HEARD, AROUND, MOVED, HIDDEN, SCORED]
    assert sorted(query.name for query in queries) == sorted(
        f"alerts/{path.stem}" for path in (FOLDER / "alerts").glob("*.sql")
    )
    client = await connect_async(store)
    try:
        for query in queries:
            needed = {name: PARAMETERS[name] for name in query.parameters}
            described = await client.query(f"DESCRIBE ({query.sql})", parameters=needed)
            columns = sorted(row[0] for row in described.result_rows)
            assert columns == sorted(field.name for field in fields(query.row)), query.name
    finally:
        await client.close()


@pytest.mark.parametrize("path", ["/api/v1/alerts", "/api/v1/alerts/a-spree", "/api/v1/alerts/stream"])
async def test_api_refuses_strangers(store: ClickHouseSettings, path: str) -> None:
    async with console_client(store, logged_in=False) as client, client.get(path) as answer:
        assert answer.status == 401


async def test_list_is_filtered_ordered_and_counted(store: ClickHouseSettings) -> None:
    async with console_client(store) as client:
        async with client.get("/api/v1/alerts") as answer:
            everything = await answer.json()
        async with client.get("/api/v1/alerts?state=resolved&q=essen") as answer:
            narrowed = await answer.json()
        async with client.get("/api/v1/alerts?kind=nonsense") as answer:
            assert answer.status == 422
            assert "kind is one of payment_fraud" in (await answer.json())["detail"]
    assert (everything["open"], everything["findings"], everything["matching"]) == (12, 15, 12)
    money = [row["money_at_risk_minor"] for row in everything["alerts"] if row["severity"] == "now"]
    assert money == sorted(money, reverse=True)
    assert [row["alert_id"] for row in narrowed["alerts"]] == ["a-settled"]


async def test_one_alert_is_the_record_that_was_in_kafka(store: ClickHouseSettings) -> None:
    async with console_client(store) as client:
        async with client.get("/api/v1/alerts/a-spree") as answer:
            read = Alert.model_validate_json(await answer.read())
        async with client.get("/api/v1/alerts/none-such") as answer:
            assert answer.status == 404
    written = next(one for one in every_kind(NOW) if one.alert_id == "a-spree")
    changing = {"detected_at", "updated_at"}
    assert read.model_dump(exclude=changing) == written.model_dump(exclude=changing)


async def test_alert_about_goods_draws_its_category_alone(store: ClickHouseSettings) -> None:
    async with console_client(store) as client:
        async with client.get("/alerts/a-toys") as answer:
            text = await answer.text()
        async with client.get("/api/v1/alerts/a-toys") as answer:
            read = Alert.model_validate_json(await answer.read())
    assert read.watched == toys_fallen().watched
    assert "category toys" in text
    assert "Goods sold per 5 minutes, toys, all stores, pos" in text
    asking = await connect_async(store)
    try:
        asked = PARAMETERS | {"series": "goods", "begin": MOMENT - 86_400, "channel": "pos"}
        drawn = {
            category: await asking.query(COURSE.sql, parameters=asked | {"category": category})
            for category in ("toys", "books", "")
        }
    finally:
        await asking.close()
    totals = {category: {row[1] for row in found.result_rows} for category, found in drawn.items()}
    assert totals == {"toys": {1_200}, "books": {700}, "": {1_900}}


async def test_every_kind_has_a_page_without_a_script(store: ClickHouseSettings) -> None:
    async with console_client(store) as client:
        for one in every_kind(NOW):
            async with client.get(f"/alerts/{one.alert_id}") as answer:
                assert answer.status == 200
                text = await answer.text()
            assert one.sentence in text
            assert "What to do" in text
            assert ("Genuine" if one.payments else "False alarm") in text
            assert one.reasons == () or one.reasons[0].text in text
            assert " style=" not in text
            assert "<script>" not in text


async def test_payments_say_where_they_were_made(store: ClickHouseSettings) -> None:
    async with console_client(store) as client, client.get("/alerts/a-spree") as answer:
        assert "Leipzig 1, store-03-1" in await answer.text()


async def test_alert_shows_what_its_payment_was_judged_by_and_the_event(store: ClickHouseSettings) -> None:
    async with console_client(store) as client, client.get("/alerts/a-payment") as answer:
        text = await answer.text()
    place = FEATURE_NAMES.index("terminal_frauds_7d")
    row = text[text.index('data-key="terminal_frauds_7d"') :].partition("</tr>")[0]
    assert f">{place}<" in row
    assert f"terminal had {place} confirmed frauds this week" in row
    assert "+1.500" in row
    assert all(f'data-key="{name}"' in text for name in FEATURE_NAMES)
    assert f"score .910, threshold .300, model causes-7, features {FEATURE_SET}" in text
    assert "tok_of_somebody" in text
    assert "a repeat" not in text
    assert EVIL not in text


async def test_who_only_looks_sees_the_features_and_not_the_event(store: ClickHouseSettings) -> None:
    async with console_client(store, logged_in=False, viewer_password="only-looks-here") as client:
        await log_in(client, "only-looks-here", user="viewer")
        async with client.get("/alerts/a-payment") as answer:
            text = await answer.text()
    assert 'data-key="terminal_frauds_7d"' in text
    assert "the event may name some" in text
    assert "tok_of_somebody" not in text


async def test_a_day_around_an_alert_is_one_line_of_time(store: ClickHouseSettings) -> None:
    links = {"Receipt": "https://receipts.example/{payment_id}", "Order": "https://shop.example/?of={sku}"}
    async with console_client(store, links=links) as client:
        pages = [
            await (await client.get(f"/alerts/{one}")).text() for one in ("a-spree", "a-terminal", "a-shrink")
        ]
        bare = await (await client.get("/alerts/a-settled")).text()
    around = [text.partition('class="around"')[2].partition("</section>")[0] for text in pages]
    card, terminal, article = around
    assert "Around it:" in card
    assert "customer-0815" in card
    assert "score .400 · review · Fraud" in card
    assert "https://receipts.example/by-card" in card
    assert "long-ago" not in card
    assert "This alert" in card
    assert card.count('data-own="true"') == 7  # the alert, and the payments that it names
    assert "by-terminal" in terminal
    assert "beside-terminal" not in terminal
    assert article.count("Stock sale") == 1
    assert "−2" in article
    assert "https://shop.example/?of=sku-0317" in article
    assert "Receipt" not in article.replace(">Receipt</a>", "")
    assert "receipts.example/p-1" not in bare


async def test_what_came_with_an_event_stays_text(store: ClickHouseSettings) -> None:
    async with console_client(store) as client, client.get("/alerts/a-evil") as answer:
        text = await answer.text()
    assert EVIL not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text


async def test_unknown_alert_is_said_to_be_unknown_beside_the_list(store: ClickHouseSettings) -> None:
    async with console_client(store) as client, client.get("/alerts/none-such?state=all") as answer:
        assert answer.status == 404
        text = await answer.text()
    assert "There is no alert none-such." in text
    assert "a-spree" in text


async def test_empty_list_is_proof(clickhouse: ClickHouseSettings, store: ClickHouseSettings) -> None:
    client = connect(clickhouse)
    at = datetime.now(UTC)
    row = ["host-1:1", "judge", at, "running", at]
    client.insert("worker_status", [row], column_names=["worker", "agent", "at", "state", "received_at"])
    client.close()
    async with console_client(store) as client_, client_.get("/alerts?store=store-99") as answer:
        text = await answer.text()
    assert "Nothing matches. Without the filter: 12 open alerts." in text
    assert "5 series and " in text
    assert "payments a minute being watched, last check" in text


async def events(answer: ClientResponse, number: int) -> list[dict[str, object]]:
    """Read so many events of a stream."""
    found: list[dict[str, object]] = []
    while len(found) < number:
        row = await answer.content.readline()
        if row.startswith(b"data: "):
            found.append(orjson.loads(row.removeprefix(b"data: ")))
    return found


async def test_stream_sends_everything_once_and_then_what_changed(store: ClickHouseSettings) -> None:
    async with console_client(store) as client:
        answer = await client.get("/api/v1/alerts/stream?alert=a-fallen&kind=sales_fallen")
        first, second = await events(answer, 2)
        await client.server.close()
    assert isinstance(first["rows"], list)
    assert isinstance(first["detail"], dict)
    assert [row["alert_id"] for row in first["rows"]] == ["a-fallen"]
    assert first["detail"]["chart"]["silent"] == []
    assert "taken_at" in second
    assert "steps" not in second
    assert "kinds" not in second


async def test_absent_store_is_named_with_what_still_works(store: ClickHouseSettings) -> None:
    absent = store.model_copy(update={"port": 1})
    async with console_client(absent) as client:
        async with client.get("/alerts/a-spree") as answer:
            assert answer.status == 503
            text = await answer.text()
        async with client.get("/api/v1/alerts") as answer:
            assert answer.status == 503
    assert "ClickHouse at 127.0.0.1:1 does not answer" in text
    assert "Waiting since" in text
    assert "Nothing open" not in text


def test_older_alerts_are_counted_and_not_listed(clickhouse: ClickHouseSettings) -> None:
    client = connect(clickhouse)
    many = [alert(f"m-{number}", NOW - timedelta(minutes=number)) for number in range(600)]
    write(client, "alerts", many)
    listed = client.query((FOLDER / "alerts" / "listed.sql").read_text()).result_rows
    counted = client.query((FOLDER / "alerts" / "counted.sql").read_text()).result_rows
    client.command("DELETE FROM alerts WHERE startsWith(alert_id, 'm-')")
    client.close()
    assert len(listed) == 500
    assert counted[0][0] == 615


async def test_why_answers_with_causes_and_refuses_what_it_cannot_read(store: ClickHouseSettings) -> None:
    since = (NOW - timedelta(minutes=30)).isoformat()
    async with console_client(store) as client:
        found = await client.get("/api/v1/why", params={"metric": "orders", "since": since, "store": "app"})
        assert found.status == 200
        told = orjson.loads(await found.read())
        assert [value["value"] for value in told["causes"][0]["values"]] == ["android"]
        assert told["sentence"].startswith("App payments −")
        for wrong, status in (
            ({"metric": "luck", "since": since}, 400),
            ({"metric": "orders", "since": "yesterday"}, 400),
            ({"metric": "orders", "since": since, "store": "store-999"}, 422),
        ):
            assert (await client.get("/api/v1/why", params=wrong)).status == status


async def test_page_says_that_it_looks_and_then_where_it_comes_from(store: ClickHouseSettings) -> None:
    async with console_client(store) as client:
        first = await (await client.get("/alerts/a-checkout")).text()
        assert 'data-state="loading"' in first
        while 'data-state="loading"' in (text := await (await client.get("/alerts/a-checkout")).text()):
            await asyncio.sleep(0.1)
        assert 'data-state="found"' in text
        assert "Android in release 5.3.0" in text
        other = await (await client.get("/alerts/a-spree")).text()
        assert 'data-attr="data-state=detail.wherefrom.state" hidden' in other
