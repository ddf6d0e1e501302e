"""The store's answer to "why": the same as from the events themselves, and honest about what is missing."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from aiokafka import ConsumerRecord
from clickhouse_connect.driver.client import Client
from kafka import KafkaConsumer
from pydantic import BaseModel

from benchmarks.figure_log import FigureLog
from detectors.causes.measures import MEASURES
from detectors.causes.question import Question, Scope, Surroundings
from detectors.causes.why import why
from detectors.causes.windows import windows_of
from producers.administration import group_lags
from producers.client import EventProducer
from schemas.alert import Alert
from schemas.causes import Causes
from schemas.click import Click
from schemas.context import Context
from schemas.errors import Stop
from schemas.identifiers import uuid7
from schemas.origin import Origin
from schemas.score import Score, ScoredPayment
from schemas.store import Store
from schemas.topics import ALERTS, CAUSES
from schemas.transaction import Line, Transaction
from sinks.causes.asking import Asked, ask_why, kinds_of
from sinks.causes.explainer import GROUP, Explainer
from sinks.causes.of_alert import explain_alert
from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from sinks.tables.registry import TABLES
from sinks.writer.batch import Batch, make_rows
from sinks.writer.inserter import Inserter
from sinks.writer.position import Position
from streams.keyed_records import keyed_partition
from tests.support.alert_records import alert_record
from tests.support.events import click, payment
from tests.support.topic_log import read_raw, read_topic, send

pytestmark = pytest.mark.services

BERLIN = ZoneInfo("Europe/Berlin")
SINCE = datetime(2026, 4, 21, 14, 0, tzinfo=BERLIN).astimezone(UTC)
UNTIL = SINCE + timedelta(hours=2)


def written(clickhouse: ClickHouseSettings, topic: str, events: Sequence[BaseModel]) -> None:
    """Bring events into their table, as the sink does."""
    records = [
        ConsumerRecord(
            topic=topic, partition=0, offset=offset, timestamp=time.time_ns() // 1_000_000, timestamp_type=1,
            key=None, value=event.model_dump_json().encode(), checksum=None, serialized_key_size=0,
            serialized_value_size=0, headers=(),
        )
        for offset, event in enumerate(events)
    ]  # fmt: skip
    table = TABLES[topic]
    others = table.topic.partitions - 1
    position, lasts = Position.at("g", (0,) * (1 + others)), (len(records) - 1, *(-1,) * others)
    batch = Batch(table, position, lasts, [records, *([] for _ in range(others))])
    Inserter(clickhouse).insert(batch, make_rows(batch))


def afternoons() -> tuple[list[Store], list[Transaction], list[Click]]:
    """Nine days from 11 to 16 o'clock; on the last Android visitors of the app cannot pay from 14:00 on."""
    random, shelf = Random(5), Random(6)
    places = [*((f"store-{number:02d}", "pos") for number in range(1, 7)), ("web", "web"), ("app", "app")]
    paid: list[Transaction] = []
    clicked: list[Click] = []
    for number in range(9 * 1_500):
        begin = SINCE - timedelta(days=number // 1_500, hours=3)
        at = begin + timedelta(seconds=random.randrange(5 * 3_600))
        store_id, channel = random.choice(places)
        device = random.choice(("android", "android", "ios")) if channel != "pos" else None
        broken = channel == "app" and device == "android" and at >= SINCE
        failed = broken or random.random() < 0.02
        if device is not None:
            shown = {"occurred_at": at, "store_id": store_id, "device": device, "app_version": "5.2.1"}
            shown |= {"app_version": "5.3.0"} if broken else {}
            clicked.append(click(len(clicked), **shown, action="pay"))
            if failed:
                clicked.append(click(len(clicked), **shown, action="error", error="crash"))
        if not failed or device is None:
            more: dict[str, object] = {"channel": channel, "device": device}
            more["payment_method"] = random.choice(("card", "wallet"))
            kind = shelf.choice(("jackets", "shirts", "shoes"))
            gone = kind == "jackets" and channel == "pos" and at >= SINCE
            line = Line(sku=kind, quantity=2, unit_price_minor=1_999, category=kind)
            more["lines"] = () if gone else (line,)
            status = "declined" if random.random() < 0.03 else "authorised"
            paid.append(payment(number, occurred_at=at, store_id=store_id, status=status, **more))
    return [store(*place) for place in places], paid, clicked


def store(store_id: str, channel: str) -> Store:
    region = "South" if store_id > "store-03" and channel == "pos" else "North"
    return Store.model_validate(
        {
            "store_id": store_id, "name": f"Place {store_id}", "channel": channel, "region": region,
            "time_zone": "Europe/Berlin", "hours": (),
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def log(clickhouse: ClickHouseSettings) -> FigureLog:
    """The events in arrays, and the same in the store."""
    stores, paid, clicked = afternoons()
    scores: list[Score] = []
    for offset, one in enumerate(paid):
        fields = one.model_dump() | {"reporting_minor": one.amount_minor}
        origin = Origin(generation="g:0", topic="transactions", partition=0, offset=offset)
        scored = ScoredPayment.model_validate(fields)
        scores.append(Score(origin=origin, disposition="scored", scored_at=UNTIL, payment=scored))
    written(clickhouse, "stores", stores)
    written(clickhouse, "scores", scores)
    written(clickhouse, "clicks", clicked)
    kept = FigureLog()
    kept.take([*stores, *(score.payment for score in scores if score.payment), *clicked])
    return kept


@pytest.fixture
def client(clickhouse: ClickHouseSettings, log: FigureLog) -> Iterator[Client]:  # noqa: ARG001  # data first
    client = connect(clickhouse)
    yield client
    client.command("TRUNCATE TABLE alerts")
    client.close()


@pytest.mark.parametrize("channel", ["", "app"])
@pytest.mark.parametrize("metric", list(MEASURES))
def test_store_and_arrays_explain_alike(client: Client, log: FigureLog, metric: str, channel: str) -> None:
    told = ask_why(client, Asked(MEASURES[metric], SINCE, UNTIL, Scope(channel=channel)))
    scope, read = Scope(channel=channel), log.figures(windows_of(SINCE, UNTIL, BERLIN), channel=channel)
    figures = {kind: read[kind] for kind in kinds_of(MEASURES[metric], scope)}
    names = {one.store_id: one.name for one in log.stores.values()}
    question = Question(MEASURES[metric], SINCE, UNTIL, Scope(channel=channel))
    assert told == why(question, figures, Surroundings(BERLIN, names))


def test_sentence_names_device_errors_and_release(client: Client) -> None:
    told = ask_why(client, Asked(MEASURES["revenue"], SINCE, UNTIL, Scope(channel="app")))
    assert told.causes[0].words == "Android"
    assert told.causes[0].share > 0.8
    assert told.sentence.startswith("App revenue −")
    assert " of it Android: pay errors " in told.sentence
    assert " in release 5.3.0" in told.sentence


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        (Scope(region="South"), "Region South payments"),
        (Scope(payment_method="card"), "Card payments"),
        (Scope(region="North", channel="app", payment_method="wallet"), "Region North app wallet payments"),
    ],
)
def test_scope_counts_what_was_paid_in_it_and_nothing_else(
    client: Client, log: FigureLog, scope: Scope, words: str
) -> None:
    told = ask_why(client, Asked(MEASURES["orders"], SINCE, UNTIL, scope))
    rows = log.figures(windows_of(SINCE, UNTIL, BERLIN))["payments"]
    counted = (rows.day == 0) & ~rows.before
    for name in ("region", "channel", "payment_method"):
        if getattr(scope, name):
            counted &= rows.columns[name] == getattr(scope, name)
    assert told.actual == rows.figures["orders"][counted].sum() > 0
    assert told.sentence.startswith(words)
    assert (told.region or "", told.payment_method or "") == (scope.region, scope.payment_method)


@pytest.mark.parametrize(
    ("alert", "scope"),
    [
        ({"kind": "sales_fallen", "entity_type": "region", "entity": "North"}, ("North", None)),
        ({"kind": "figure_unusual", "watched": {"series": "paid_card", "store_id": ""}}, (None, "card")),
    ],
)
def test_alert_about_a_region_or_a_way_to_pay_is_explained_within_it(
    client: Client, alert: dict[str, object], scope: tuple[str | None, str | None]
) -> None:
    everywhere = ask_why(client, Asked(MEASURES["orders"], SINCE, UNTIL))
    chain = {"entity_type": "channel", "entity": "chain", "store_id": None}
    told = explain_alert(client, checkout_alert(**(chain | alert)))
    assert told is not None
    assert (told.region, told.payment_method) == scope
    assert 0 < told.expected != everywhere.expected


def test_alert_about_goods_is_explained_within_their_category(client: Client) -> None:
    watched = {"series": "goods", "store_id": "", "category": "jackets"}
    told = explain_alert(
        client,
        checkout_alert(
            kind="sales_fallen", entity_type="category", entity="jackets", store_id=None, watched=watched
        ),
    )
    assert told is not None
    assert (told.metric, told.category) == ("goods", "jackets")
    assert told.causes[0].words == "at the tills"
    assert told.causes[0].share > 0.8
    assert told.sentence.startswith("Jackets sold −")
    shirts = ask_why(client, Asked(MEASURES["goods"], SINCE, UNTIL, Scope(category="shirts")))
    assert shirts.causes == ()


def test_goods_that_nobody_buys_any_more_are_named(client: Client) -> None:
    told = ask_why(client, Asked(MEASURES["goods"], SINCE, UNTIL))
    assert told.causes[0].words == "jackets at the tills"
    assert told.sentence.startswith("Goods sold −")


def test_silent_store_is_left_out_and_named_not_explained(
    clickhouse: ClickHouseSettings, client: Client
) -> None:
    began = SINCE.isoformat()
    silent = alert_record(
        "silent-1", kind="source_silent", entity_type="store", entity="store-01", store_id="store-01",
        since=began, noticed_at=began, last_at=began, until=None,
    )  # fmt: skip
    written(clickhouse, "alerts", [silent])
    told = ask_why(client, Asked(MEASURES["orders"], SINCE, UNTIL, Scope(store_id="store-01")))
    assert [place.store_id for place in told.left_out] == ["store-01"]
    assert (told.actual, told.expected, told.causes) == (0, 0, ())
    assert "silent, so left out" in told.sentence
    assert ask_why(client, Asked(MEASURES["orders"], SINCE, UNTIL, Scope(channel="app"))).left_out == ()


def checkout_alert(**fields: object) -> Alert:
    began, last = SINCE.isoformat(), (UNTIL - timedelta(minutes=5)).isoformat()
    return alert_record(
        "broken-1",
        **{
            "kind": "checkout_broken", "entity_type": "store", "entity": "app", "store_id": "app",
            "since": began, "noticed_at": began, "last_at": last, "until": None, **fields,
        },
    )  # fmt: skip


def test_alert_about_a_total_is_explained_once_and_again_when_it_is_over(
    kafka_topics: str, clickhouse: ClickHouseSettings, client: Client
) -> None:
    del client  # what it rests on is there
    over = checkout_alert(until=(UNTIL - timedelta(minutes=10)).isoformat())
    with (
        closing(EventProducer(kafka_topics, source="explainer")) as producer,
        closing(
            KafkaConsumer(
                ALERTS.name, bootstrap_servers=kafka_topics, group_id=GROUP, enable_auto_commit=False,
                auto_offset_reset="earliest",
            )
        ) as consumer,
    ):  # fmt: skip
        explainer = Explainer(consumer, producer, clickhouse)
        first, second = [checkout_alert(), alert_record("fraud-1"), checkout_alert()], [over, over]
        for sent in (first, second):
            send(kafka_topics, ALERTS, sent)
            while group_lags(kafka_topics).get((GROUP, ALERTS.name), 1):
                explainer.round()
        stands = explainer.reading()
    assert (stands.phase, stands.partitions, stands.events, stands.lag) == ("running", 4, 2, 0)
    told = read_topic(kafka_topics, CAUSES, Causes)
    # where the judge writes the alert of this id, so that one reader of both can keep their order
    assert {raw.partition for raw in read_raw(kafka_topics, CAUSES)} == {keyed_partition(ALERTS, b"broken-1")}
    assert [one.alert_id for one in told] == ["broken-1", "broken-1"]
    assert told[1].explanation.until < told[0].explanation.until
    for one in told:
        assert one.explanation.metric == "pay_errors"
        assert one.explanation.causes[0].words == "Android in release 5.3.0"


def test_what_was_said_shortly_before_is_named_and_not_called_the_cause(
    clickhouse: ClickHouseSettings, client: Client
) -> None:
    def said(title: str, minutes: int, **fields: object) -> Context:
        at = SINCE - timedelta(minutes=minutes)
        named = {"context_id": uuid7(at), "kind": "other", "title": title, "begins_at": at, "source": "dana"}
        return Context.model_validate(named | fields)

    told = [
        said("Release 5.3.0 on Android", 3, kind="release", version="5.3.0", store_id="app", channel="app"),
        said("Storm in the north", 20, kind="weather"),
        said("Release 9 of the web shop", 1, kind="release", version="9", store_id="web", channel="web"),
        said("Campaign of last week", 9_000, kind="campaign", campaign="newsletter"),
    ]
    written(clickhouse, "context", told)
    found = ask_why(client, Asked(MEASURES["orders"], SINCE, UNTIL, Scope(channel="app")))
    assert [one.text for one in found.nearby] == ["Release 5.3.0 on Android", "Storm in the north"]
    assert "; 3 min before: Release 5.3.0 on Android" in found.sentence
    client.command("TRUNCATE TABLE context")


def test_unknown_place_and_endless_time_are_refused(client: Client) -> None:
    for wrong in (
        Asked(MEASURES["orders"], SINCE, UNTIL, Scope(store_id="store-99")),
        Asked(MEASURES["orders"], SINCE, UNTIL, Scope(channel="phone")),
        Asked(MEASURES["orders"], SINCE, UNTIL, Scope(region="East")),
        Asked(MEASURES["orders"], SINCE, UNTIL, Scope(payment_method="shells")),
        Asked(MEASURES["pay_errors"], SINCE, UNTIL, Scope(payment_method="card")),
        Asked(MEASURES["goods"], SINCE, UNTIL, Scope(category="shells")),
        Asked(MEASURES["orders"], SINCE, UNTIL, Scope(category="jackets")),
        Asked(MEASURES["orders"], SINCE, SINCE + timedelta(days=2)),
        Asked(MEASURES["orders"], SINCE + timedelta(days=5)),
    ):
        with pytest.raises(Stop):
            ask_why(client, wrong)
