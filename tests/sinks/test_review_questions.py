"""The questions of the list to review and of the rules say what plain ones over whole tables say."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from console.sheets.rules import RULES
from schemas.identifiers import uuid7
from sinks.connection import connect
from sinks.keeping.forget import forget_customer
from sinks.review.listing import ask
from sinks.settings import ClickHouseSettings
from tests.support_console.shop import Shop

pytestmark = pytest.mark.services

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
PAYMENTS = 1_500
CARDS = [None, *(f"card-{number}" for number in range(12))]
CUSTOMERS = [None, *(f"c-{number}" for number in range(9))]
FORGOTTEN = "c-3"
SPAN = {"since": round((NOW - DAY).timestamp() * 1_000), "until": round(NOW.timestamp() * 1_000)}
UNANSWERED = """
WITH unanswered AS (
    SELECT *, coalesce(card_id, customer_id, toString(event_id)) AS payer
    FROM scores
    WHERE disposition = 'scored'
      AND occurred_at >= fromUnixTimestamp64Milli({since:Int64})
      AND occurred_at <= fromUnixTimestamp64Milli({until:Int64})
      AND event_id NOT IN (
        SELECT event_id FROM labels WHERE known_at >= fromUnixTimestamp64Milli({since:Int64})
        GROUP BY event_id, said_by HAVING argMax(verdict, known_at) != 'withdrawn'
      )
)
"""
ANSWERED = """
WITH answered AS (
    SELECT event_id, argMax(verdict, known_at) AS word, max(known_at) AS said_at
    FROM labels WHERE said_by = 'analyst' AND known_at > fromUnixTimestamp64Milli({since:Int64})
    GROUP BY event_id HAVING word != 'withdrawn'
)
"""
CAUGHT = """
SELECT rule, max(rule_set), count(), countIf(decision != 'approve'), countIf(verdict = 'fraud'),
       countIf(verdict = 'genuine'), countIf(decided_by = 'control'),
       sumIf(ifNull(reporting_minor, 0), verdict = 'fraud' AND decided_by = 'control'),
       sumIf(weight, verdict = 'fraud'), sumIf(weight, verdict != ''),
       sumIf(weight * weight, verdict != ''),
       sumIf(ifNull(reporting_minor, 0), verdict = 'fraud' AND decided_by != 'control'),
       sumIf(ifNull(reporting_minor, 0), verdict = 'genuine' AND decision != 'approve'),
       uniqExactIf(coalesce(customer_id, card_id), verdict = 'genuine' AND decision != 'approve'),
       min(occurred_at), max(occurred_at)
FROM rule_hits
WHERE occurred_at >= {begin:DateTime('UTC')} AND occurred_at < {end:DateTime('UTC')}
GROUP BY rule
"""


@pytest.fixture(scope="module")
def store(clickhouse: ClickHouseSettings) -> Iterator[Client]:
    """Payments of 40 hours, some without card, customer or score; answers changed; a person forgotten."""
    draw = Random(8)
    with closing(connect(clickhouse)) as client:
        shop = Shop(client, stores=3)
        rows = [paid(shop, draw, number) for number in range(PAYMENTS)]
        rows.append(
            rows[0]
            | {"disposition": "repeat", "occurred_at": datetime(1970, 1, 1, tzinfo=UTC), "rules_hit": []}
        )
        shop.insert_scores(rows)
        labels = [one for row in rows for one in said(draw, row)]
        names = "event_id customer_id card_id terminal_id occurred_at known_at verdict said_by"
        client.insert("labels", labels, column_names=names.split())
        verdicts = [
            [label[0], "void", "dana", label[5], draw.choice([None, None, "a-1"])]
            for label in labels
            if label[7] == "analyst"
        ]
        client.insert("verdicts", verdicts, column_names=["event_id", "outcome", "by", "at", "alert_id"])
        assert forget_customer(client, FORGOTTEN).keys() == {
            "labels", "review_payments", "rule_hit_payments", "scores",
        }  # fmt: skip
        yield client


def paid(shop: Shop, draw: Random, number: int) -> dict[str, object]:
    """Make a payment; the forgotten customer has a card of her own, or another's would be forgotten too."""
    moment = NOW - timedelta(seconds=draw.randrange(40 * 3_600))
    row = shop.score_row(moment, payment_id=f"p-{number}", score=round(draw.random(), 2))
    customer = draw.choice(CUSTOMERS)
    row |= {
        "customer_id": customer,
        "card_id": "her-card" if customer == FORGOTTEN else draw.choice(CARDS),
        "event_id": uuid7(moment, draw),
        "terminal_id": f"t-{draw.randrange(5)}",
        "rules_hit": draw.choice([[], [], ["odd"], ["odd", "new"]]),
        "rule_set": draw.choice([3, 4]),
        "control_rate": draw.choice([None, 0.25]),
        "decided_by": draw.choice(["rules", "control"]),
        "origin_generation": draw.choice(["seed:0", "seed:1"]),
    }
    return row | draw.choice(
        [{}, {}, {}, {"score": None}, {"reporting_minor": None}, {"disposition": "followed", "rules_hit": []}]
    )


def said(draw: Random, row: Mapping[str, Any]) -> list[list[object]]:
    """Make what was said about a payment, once or again, each at another moment."""
    moment = row["occurred_at"]
    times = draw.choice([0, 0, 0, 1, 2, 3]) if row["disposition"] == "scored" else 0
    whose = [row[name] for name in ("event_id", "customer_id", "card_id", "terminal_id", "occurred_at")]
    return [
        [
            *whose,
            moment + (NOW - moment) * draw.random(),
            draw.choice(["fraud", "genuine", "withdrawn"]),
            draw.choice(["analyst", "chargeback"]),
        ]
        for _ in range(times)
    ]


def plain(client: Client, text: str) -> list[tuple[Any, ...]]:
    """Ask plainly."""
    return sorted(map(tuple, client.query(text, parameters=SPAN).result_rows), key=str)


def asked(client: Client, name: str, **more: object) -> list[tuple[Any, ...]]:
    """Ask as the list does."""
    return sorted(map(tuple, ask(client, name, NOW - DAY, NOW, **more)), key=str)


def test_answered_cards_are_those_of_the_payments_that_were_answered(store: Client) -> None:
    right = plain(
        store,
        f"{ANSWERED} SELECT uniqExact(coalesce(card_id, customer_id, toString(event_id))) FROM scores "
        "WHERE disposition = 'scored' AND event_id IN (SELECT event_id FROM answered)",
    )
    assert right != [(0,)]
    assert asked(store, "answered") == right


def test_given_answers_are_those_that_stand_with_their_payments(store: Client) -> None:
    right = plain(
        store,
        f"{ANSWERED} SELECT coalesce(card_id, customer_id, toString(event_id)), event_id, payment_id, "
        "customer_id, card_id, occurred_at, terminal_id, store_id, reporting_minor, word, said_at, 'dana' "
        "FROM scores INNER JOIN answered USING (event_id) WHERE disposition = 'scored' "
        "AND (event_id, said_at) IN (SELECT event_id, at FROM verdicts WHERE isNull(alert_id))",
    )
    assert {row[3] for row in right} >= {None, "c-1"}
    assert asked(store, "given") == right


def test_risky_payments_are_the_highest_scores_that_nobody_answered(store: Client) -> None:
    right = plain(
        store,
        f"{UNANSWERED} SELECT payer, terminal_id, count(), max(ifNull(score, 0)) "
        "FROM (SELECT payer, terminal_id, score FROM unanswered ORDER BY score DESC, event_id LIMIT 200) "
        "GROUP BY payer, terminal_id",
    )
    assert len(right) > 50
    assert asked(store, "risky", most=200) == right


def test_telling_payments_are_those_of_the_terminals(store: Client) -> None:
    def grouped(where: str) -> list[tuple[Any, ...]]:
        return plain(
            store,
            f"{UNANSWERED} SELECT payer, terminal_id, count(), max(ifNull(score, 0)) FROM unanswered "
            f"WHERE terminal_id IN ('t-1', 't-4') AND {where} GROUP BY payer, terminal_id",
        )

    chosen = {"terminals": ["t-1", "t-4"], "each": 1_000}
    every, third = grouped("1"), grouped("cityHash64(payer) <= 6148914691236517205")
    assert 0 < len(third) < len(every)
    assert asked(store, "telling", one_in=1, **chosen) == every
    assert asked(store, "telling", one_in=3, **chosen) == third


def test_payments_of_a_card_are_all_that_nobody_answered(store: Client) -> None:
    names = "event_id, payment_id, customer_id, card_id, occurred_at, terminal_id, store_id, reporting_minor"
    reasons = "reasons_feature, reasons_value"
    every = plain(
        store,
        f"{UNANSWERED} SELECT payer, {names}, score, status, {reasons}, NULL FROM unanswered",
    )
    nobodys = [row[0] for row in every if str(row[1]) == row[0]]
    assert len(nobodys) > 10
    cards = ["card-1", "card-2", "c-1", "her-card", *nobodys]
    right = [row for row in every if row[0] in cards]
    assert {row[0] for row in right} == {"card-1", "card-2", "c-1", *nobodys}
    assert asked(store, "payments", cards=cards) == right


@pytest.mark.parametrize("hours", [6, 30, 60])
def test_what_rules_caught_is_what_labels_say_of_their_hits(store: Client, hours: float) -> None:
    span = {"begin": int((NOW - timedelta(hours=hours)).timestamp()), "end": int(NOW.timestamp())}
    (caught,) = (query.sql for query in RULES.queries if query.name == "rules/ledger")
    right = store.query(CAUGHT, parameters=span).result_rows
    assert len(right) == 2
    found = store.query(caught, parameters=span).result_rows
    assert sorted(map(tuple, found)) == sorted(map(tuple, right))
