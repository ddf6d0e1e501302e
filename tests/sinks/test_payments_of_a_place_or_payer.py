"""Payments of a place or a payer are shown as scores and labels have them, whatever happened to either."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from console.alerts.surroundings import AROUND
from console.query import Query
from console.sheets.customer_rows import PAYMENTS, PaymentRow
from schemas.identifiers import uuid7
from sinks.connection import connect
from sinks.generations.exchange import Exchange, exchange
from sinks.keeping.forget import forget_customer
from sinks.settings import ClickHouseSettings
from sinks.writer.inserter import SETTINGS
from tests.support_console.shop import Shop

pytestmark = pytest.mark.services

NOW = datetime.now(UTC).replace(microsecond=0)
MIDDLE = NOW - timedelta(hours=20)
COUNT = 1_500
STORES = ["store-01", "store-02", "web"]
CARDS = [None, "her-card", "card-1", "card-2", "c-1"]
CUSTOMERS = [None, "c-1", "c-2", "c-3"]
SPAN = {
    "begin": int((NOW - timedelta(hours=44)).timestamp()),
    "middle": int(MIDDLE.timestamp()),
    "end": int((NOW - timedelta(hours=3)).timestamp()),
}
SHOWN = """
SELECT toString(paid.event_id) AS event_id, payment_id, occurred_at, status, reporting_minor, channel,
       payment_method, terminal_id, store_id, score, ifNull(decision, '') AS decision,
       reasons_feature AS reasons, ifNull(customer_id, '') AS customer, ifNull(card_id, '') AS card,
       ifNull(said.verdict, '') AS verdict, ifNull(bin_country, '') AS country, ifNull(device, '') AS device
FROM scores AS paid LEFT JOIN standing_verdicts AS said ON said.event_id = paid.event_id
WHERE disposition IN ('scored', 'followed')
  AND occurred_at >= {begin:DateTime('UTC')} AND occurred_at < {end:DateTime('UTC')}
"""
NEAREST = (
    "abs(dateDiff('millisecond', occurred_at, toDateTime64({middle:DateTime('UTC')}, 3, 'UTC'))), event_id"
)


@pytest.fixture(scope="module")
def store(clickhouse: ClickHouseSettings) -> Iterator[Client]:
    """Payments of two days, terminals of several stores, some at once; said of again and again."""
    draw = Random(4)
    with closing(connect(clickhouse)) as client:
        shop = Shop(client)
        rows = [paid(shop, draw) for _ in range(COUNT)]
        refused = {"disposition": "repeat", "occurred_at": datetime(1970, 1, 1, tzinfo=UTC), "status": ""}
        refused |= {"origin_offset": 0, "goods_category": []}
        shop.insert_scores([*rows, rows[0] | refused])
        labels = [
            [
                row["event_id"],
                row["occurred_at"],
                NOW - timedelta(minutes=draw.randrange(99)),
                verdict,
                said_by,
            ]
            for row in rows
            for verdict, said_by in draw.sample(
                [
                    (one, who)
                    for one in ("fraud", "genuine", "withdrawn")
                    for who in ("analyst", "chargeback")
                ],
                draw.choice([0, 0, 1, 3]),
            )
        ]
        names = "event_id occurred_at known_at verdict said_by"
        client.insert("labels", labels, column_names=names.split())
        yield client


def paid(shop: Shop, draw: Random) -> dict[str, object]:
    """Make a payment."""
    moment = NOW - timedelta(minutes=draw.randrange(48 * 60))
    return shop.score_row(moment, status=shop.followed()) | {
        "event_id": uuid7(moment, draw),
        "store_id": draw.choice(STORES),
        "terminal_id": f"t-{draw.randrange(4)}",
        "customer_id": draw.choice(CUSTOMERS),
        "card_id": draw.choice(CARDS),
        "device": draw.choice([None, "ios"]),
        "bin_country": draw.choice([None, "DE"]),
        "origin_generation": "seed:0",
        "origin_offset": shop.offset,
        "origin_partition": 0,
    }


def asked(client: Client, query: Query[PaymentRow], **more: object) -> list[tuple[Any, ...]]:
    """Ask as the console does."""
    given = {name: value for name, value in (SPAN | more).items() if name in query.parameters}
    return list(map(tuple, client.query(query.sql, parameters=given).result_rows))


def plain(client: Client, where: str, order: str, limit: int, **more: object) -> list[tuple[Any, ...]]:
    """Ask scores and what stands of all labels."""
    text = f"{SHOWN} AND {where} ORDER BY {order} LIMIT {limit}"
    return list(map(tuple, client.query(text, parameters=SPAN | more).result_rows))


def assert_around_is_right(client: Client, store_id: str = "web", terminal_id: str = "") -> None:
    """What is shown around the moment is what is nearest to it."""
    where = "{store_id:String} IN ('', store_id) AND {terminal_id:String} IN ('', terminal_id)"
    place = {"store_id": store_id, "terminal_id": terminal_id}
    right = plain(client, where, NEAREST, 100, **place)
    assert len(right) == 100
    assert {row[14] for row in right} == {"", "fraud", "genuine"}
    assert asked(client, AROUND, **place) == sorted(right, key=lambda row: (-row[2].timestamp(), row[0]))


def assert_payments_are_right(client: Client, subject: str) -> int:
    """What is shown of a subject is its newest payments; return how many."""
    where = "(customer_id = {subject:String} OR card_id = {subject:String})"
    right = plain(client, where, "occurred_at DESC", 10_000, subject=subject)
    found = asked(client, PAYMENTS, subject=subject)
    assert [row[2] for row in found] == [row[2] for row in right[:200]]  # of one moment any
    assert all(row in right for row in found)
    assert len({row[0] for row in found}) == len(found)
    return len(right)


@pytest.mark.parametrize("store_id", ["", "store-01", "web"])
@pytest.mark.parametrize("terminal_id", ["", "t-2"])
def test_around_a_moment_are_the_nearest_payments_with_what_stands(
    store: Client, store_id: str, terminal_id: str
) -> None:
    assert_around_is_right(store, store_id, terminal_id)


@pytest.mark.parametrize(
    ("subject", "least"), [("c-1", 201), ("c-2", 1), ("card-1", 1), ("her-card", 1), ("nobody", 0)]
)
def test_payments_of_a_subject_are_its_newest_with_what_stands(
    store: Client, subject: str, least: int
) -> None:
    assert assert_payments_are_right(store, subject) >= least


def test_what_comes_twice_is_shown_once(store: Client) -> None:
    draw, shop = Random(5), Shop(store, seed=2)
    rows = [paid(shop, draw) | {"origin_partition": 1, "customer_id": "twice"} for _ in range(40)]
    for _ in range(2):
        store.insert(
            "scores",
            [list(row.values()) for row in rows],
            column_names=list(rows[0]),
            settings=SETTINGS | {"insert_deduplication_token": "the same"},
        )
    assert 0 < assert_payments_are_right(store, "twice") <= 40
    assert_around_is_right(store)


def test_payments_scored_again_are_shown_as_they_stand(store: Client) -> None:
    store.command("CREATE TABLE scores_again AS scores")
    again = "SELECT * REPLACE ('seed:1' AS origin_generation, .5 AS score, 'review' AS decision) FROM scores"
    store.command(f"INSERT INTO scores_again {again} WHERE origin_partition = 0 AND disposition = 'scored'")
    exchange(store, Exchange("scores_again", None, "seed", [COUNT + 1]))
    store.command("DROP TABLE scores_again")
    assert {row[9] for row in asked(store, AROUND, store_id="store-01", terminal_id="")} >= {0.5}
    assert_around_is_right(store, "store-01")
    assert assert_payments_are_right(store, "c-1") > 200


def test_a_forgotten_person_is_shown_nowhere_and_her_payments_are(store: Client) -> None:
    names = {"c-forgotten", "card-forgotten"}
    draw, shop = Random(6), Shop(store, seed=3)
    hers = {"customer_id": "c-forgotten", "card_id": "card-forgotten", "store_id": "store-02"}
    near = [MIDDLE + timedelta(seconds=second) for second in range(30)]
    shop.insert_scores([paid(shop, draw) | hers | {"occurred_at": moment} for moment in near])
    before = asked(store, AROUND, store_id="store-02", terminal_id="")
    assert names <= {name for row in before for name in row[12:14]}
    assert all(assert_payments_are_right(store, name) == 30 for name in names)
    forget_customer(store, "c-forgotten")
    after = asked(store, AROUND, store_id="store-02", terminal_id="")
    assert [row[0] for row in after] == [row[0] for row in before]
    assert not names & {name for row in after for name in row[12:14]}
    assert not any(asked(store, PAYMENTS, subject=name) for name in names)


def test_neither_question_goes_through_payments_of_others(store: Client) -> None:
    """A question of a time that tells dispositions apart stays where payments lie by the hour."""
    store.command(
        "INSERT INTO scores (disposition, event_id, occurred_at, store_id, customer_id) "
        "SELECT 'scored', generateUUIDv4(), now() - INTERVAL number % 2592000 SECOND, "
        "concat('store-', toString(number % 40)), concat('others-', toString(number % 9999)) "
        "FROM numbers(150000)"
    )
    of_place = planned(store, AROUND, store_id="store-7", terminal_id="")
    of_payer = planned(store, PAYMENTS, subject="c-1")
    assert "ReadFromMergeTree (by_store)" in of_place
    assert "ReadFromMergeTree (by_store)" not in of_payer
    assert "Name: by_payer" in of_payer


def planned(client: Client, query: Query[PaymentRow], **more: object) -> str:
    """Say how a question would be answered."""
    given = {name: value for name, value in (SPAN | more).items() if name in query.parameters}
    plan = client.query(f"EXPLAIN indexes = 1 {query.sql}", parameters=given).result_rows
    return "\n".join(line for (line,) in plan)
