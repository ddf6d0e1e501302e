"""A rule hits the same payments in the worker and in the pre-flight, and the ledger adds them up."""

import asyncio
import os
import subprocess
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest
from aiokafka import ConsumerRecord
from clickhouse_connect.driver.client import Client

from detectors.fraud.champions import Champions
from detectors.fraud.detector import FraudDetector
from detectors.fraud.label_book import LabelBook
from detectors.rules.columns import COLUMNS
from detectors.rules.preflight import Preflight
from schemas.list_entry import ListEntry
from schemas.score import Score
from schemas.topics import TRANSACTIONS
from schemas.transaction import Checks, Transaction
from sinks.connection import connect
from sinks.rules.history import history, stored_lists
from sinks.rules.ledger import ledger, newest_payment, unrun
from sinks.settings import ClickHouseSettings
from sinks.tables.registry import TABLES
from sinks.writer.batch import Batch as Rows
from sinks.writer.batch import make_rows
from sinks.writer.inserter import Inserter
from sinks.writer.position import Position
from streams.batch import Batch, Input
from streams.reporting_currency import ReportingCurrency
from streams.rule_decisions import RuleDecisions
from streams.score_records import judged_payments, score_records
from tests.detectors.models import model
from tests.support.events import MONDAY, label, payment
from tests.support.forked import run
from tests.support.ruling import entry, rule, rule_set

pytestmark = pytest.mark.services

COUNT = 400
EVERY_COLUMN = [
    rule(f"{name} IS NOT NULL" if column.kind == "text" else f"{name} > {Random(name).random()}", name_of)
    for name, column in COLUMNS.items()
    if column.kind != "flag" and (name_of := name.replace("_", "-"))
]
FLAGS = [rule(name, name.replace("_", "-")) for name, column in COLUMNS.items() if column.kind == "flag"]
OTHERS = [
    rule("hour_utc >= 10 AND weekday_utc = 1 AND channel = 'pos'", "monday"),
    rule("checks_address = 'mismatch' OR entry_mode IN ('keyed', 'swipe')", "checks"),
    rule("amount / NULLIF(payments_14d, 0) > 1.5 AND score > 0.2", "much"),
    rule("LEFT(bin, 6) = '411111' AND bin_country <> 'DE'", "issuer"),
    rule("reporting_minor < 5000 AND NOT no_sale", "small", action="tag"),
    rule("CASE WHEN currency = 'EUR' THEN amount_minor > 9000 ELSE price_overrides = 1 END", "case"),
]
RULES = [*EVERY_COLUMN, *FLAGS, *OTHERS]
ENTRIES = [
    entry("block", "card", "card-1", 1),
    entry("allow", "customer", "customer-2", 2, expires_at=MONDAY + timedelta(hours=9, minutes=30)),
    entry("review", "device", "device-1", 3, valid_from=MONDAY + timedelta(seconds=100.0005)),
    entry("review", "bin", "4111111", 4),
    entry("block", "email", "mail-1", 5),
    entry("review", "terminal", "terminal-3", 6),
]


def some_payments() -> list[Transaction]:
    """Payments that differ in everything that a rule may name, a tenth of an hour apart."""
    random = Random(4)
    found = []
    for number in range(COUNT):
        declined = random.random() < 0.2
        found.append(
            payment(
                number,
                occurred_at=MONDAY + timedelta(minutes=6 * number, microseconds=random.randrange(10**6)),
                status="declined" if declined else "authorised",
                decline_reason="51" if declined else None,
                currency=random.choice(["EUR", "EUR", "USD", "CHF"]),
                channel=random.choice(["pos", "web"]),
                card_id=random.choice([None, "card-1", "card-2"]),
                device_id=random.choice([None, "device-1"]),
                email_hash=random.choice([None, "mail-1"]),
                bin=random.choice([None, "411111", "41111112", "555555"]),
                bin_country=random.choice([None, "DE", "FR"]),
                entry_mode=random.choice([None, "chip", "keyed"]),
                network=random.choice([None, "10.0.0.0/24"]),
                merchant_id=random.choice([None, "m-1"]),
                cashier_id=random.choice([None, "c-1"]),
                checks=random.choice([None, Checks(address="mismatch"), Checks(security_code="match")]),
                discount_minor=random.choice([0, 50]),
                price_overrides=random.choice([0, 1]),
                no_sale=random.random() < 0.3,
            )
        )
    return found


async def scored_by_worker(paid: Sequence[Transaction]) -> list[bytes]:
    """Score and decide as the fraud agent does, in batches as they come."""
    champions, detector = Champions(), FraudDetector(LabelBook())
    champions.add(model())
    currency = ReportingCurrency("EUR", {"USD": 0.5})
    decisions = RuleDecisions(currency)
    decisions.rules(rule_set(*RULES))
    for one in ENTRIES:
        decisions.entry(one)
    records: list[bytes] = []
    while len(records) < len(paid):
        part = paid[len(records) : len(records) + 37]
        batch = Batch(
            Input(TRANSACTIONS, 3, "same:0"),
            offsets=range(len(records), len(records) + len(part)),
            records=[one.model_dump_json().encode() for one in part],
            append_ms=[int(one.occurred_at.timestamp() * 1000) for one in part],
            emit=True,
            state=None,
        )
        outcomes = batch.decode_structs(Transaction)
        judged = judged_payments(outcomes)
        features = detector.observe_batch(judged)
        scored = champions.score_batch(judged.seconds, features)
        decided = decisions.about(outcomes, judged, features, scored)
        records += score_records(batch, outcomes, features, scored, currency, decisions=decided)
    return records


def insert(settings: ClickHouseSettings, name: str, values: Sequence[bytes]) -> None:
    """Write records of one partition into their table as the sink does."""
    records = [
        ConsumerRecord(
            topic=name, partition=3, offset=offset, timestamp=1_790_000_000_000, timestamp_type=1,
            key=b"key", value=value, checksum=None, serialized_key_size=3,
            serialized_value_size=len(value), headers=(),
        )
        for offset, value in enumerate(values)
    ]  # fmt: skip
    before = Position.at("same:0", (0, 0, 0, 0))
    batch = Rows(TABLES[name], before, (-1, -1, -1, len(values) - 1), [[], [], [], records])
    rows = make_rows(batch)
    assert (rows.refused, rows.count) == (0, len(values))
    Inserter(settings).insert(batch, rows)


@pytest.fixture(scope="module")
def scores(clickhouse: ClickHouseSettings) -> list[Score]:
    """What the worker said; it is in the store, with the payments, their labels and the lists."""
    paid = some_payments()
    records = asyncio.run(scored_by_worker(paid))
    insert(clickhouse, "transactions", [one.model_dump_json().encode() for one in paid])
    insert(clickhouse, "scores", records)
    insert(clickhouse, "lists", [one.model_dump_json().encode() for one in ENTRIES])
    insert(clickhouse, "labels", [one.model_dump_json().encode() for one in labels(paid)])
    return [Score.model_validate_json(record) for record in records]


def labels(paid: Sequence[Transaction]) -> Iterator[Any]:
    """Every fifth is fraud, every fifth genuine; of another fifth an analyst took back what he said."""
    for number, one in enumerate(paid):
        known = one.occurred_at + timedelta(hours=1)
        later = known + timedelta(hours=1)
        if number % 5 == 0:
            yield label(one, known, verdict="genuine", said_by="customer")
            yield label(one, later, verdict="fraud", said_by="chargeback")
        elif number % 5 == 1:
            yield label(one, known, verdict="genuine")
        elif number % 5 == 2:
            yield label(one, known, verdict="fraud", said_by="analyst")
            yield label(one, later, verdict="withdrawn", said_by="analyst")


@pytest.fixture
def client(clickhouse: ClickHouseSettings) -> Iterator[Client]:
    client = connect(clickhouse)
    yield client
    client.close()


def flown(client: Client, rules: Sequence[Any]) -> Preflight:
    newest = newest_payment(client)
    flight = Preflight(rules, stored_lists(client), keep_ids=True)
    for part in history(
        client,
        MONDAY,
        newest + timedelta(milliseconds=1),
        flight.columns,
        matured=newest - timedelta(hours=8),
    ):
        assert part.unreadable == 0
        flight.add(part.payments, part.outcomes)
    return flight


def test_worker_and_preflight_hit_the_same_payments(scores: list[Score], client: Client) -> None:
    flight = flown(client, RULES)
    assert flight.payments == COUNT
    for one in flight.counts:
        live = {
            score.payment.event_id for score in scores if score.payment and one.rule.name in score.rules_hit
        }
        assert set(one.ids) == live, one.rule.when
        assert len(one.ids) == one.hits == len(live)
    hit_some = {one.rule.name for one in flight.counts if 0 < one.hits < COUNT}
    assert hit_some >= {one.name for one in OTHERS} | {"no-sale"}
    assert hit_some >= {f"{one.list_name}-{one.subject}" for one in ENTRIES}


def test_a_rule_by_itself_reads_only_what_it_names(scores: list[Score], client: Client) -> None:
    """The store is asked for other columns, and hits are the same."""
    for one in (*OTHERS, *FLAGS[-3:]):
        count = flown(client, [one]).counts[0]
        assert count.hits == sum(one.name in score.rules_hit for score in scores)


def test_preflight_and_ledger_count_money_and_customers(scores: list[Score], client: Client) -> None:
    count = next(one for one in flown(client, RULES).counts if one.rule.name == "monday")
    line = next(one for one in ledger(client, MONDAY) if one.rule == "monday")
    hit = [(number, one) for number, one in enumerate(scores) if "monday" in one.rules_hit]
    frauds = [one for number, one in hit if number % 5 == 0]
    genuine = [one for number, one in hit if number % 5 == 1]
    held = [one for one in genuine if one.decision != "approve"]
    assert (line.hits, line.frauds, line.genuine) == (len(hit), len(frauds), len(genuine))
    assert (count.hits, count.frauds, count.genuine) == (len(hit), len(frauds), len(genuine))
    assert line.caught_minor == count.caught_minor == money(frauds) > 0
    assert (line.cost_minor, count.bothered_minor) == (money(held), money(genuine))
    assert line.bothered == len({one.payment.customer_id for one in held if one.payment}) > 0
    assert line.held == sum(one.decision != "approve" for _, one in hit)
    assert unrun(client, MONDAY) == {}


def money(scores: Sequence[Score]) -> int:
    return sum(one.payment.reporting_minor or 0 for one in scores if one.payment)


def test_young_labels_are_not_used(scores: list[Score], client: Client) -> None:
    """The pre-flight's labels end eight hours before the newest payment; the ledger takes what is there."""
    every = rule("amount_minor >= 0", "every")
    count = flown(client, [every]).counts[0]
    newest = newest_payment(client)
    old = [
        number
        for number, one in enumerate(scores)
        if one.payment and one.payment.occurred_at <= newest - timedelta(hours=8)
    ]
    assert count.frauds == sum(number % 5 == 0 for number in old) < COUNT / 5
    assert count.genuine == sum(number % 5 == 1 for number in old)


def test_lists_come_back_as_they_were(scores: list[Score], client: Client) -> None:
    assert scores
    assert len(stored_lists(client)) == len(ENTRIES)
    assert all(isinstance(one, ListEntry) for one in ENTRIES)


def tillwatch(store: ClickHouseSettings, *arguments: str) -> "subprocess.CompletedProcess[str]":
    variables = {
        **os.environ,
        "TILLWATCH_CLICKHOUSE_PORT": str(store.port),
        "TILLWATCH_CLICKHOUSE_USER": store.user,
        "TILLWATCH_CLICKHOUSE_PASSWORD": store.password.get_secret_value(),
    }
    return run(["tillwatch", "rules", *arguments], variables)


def test_commands_print_what_was_counted(
    scores: list[Score], clickhouse: ClickHouseSettings, tmp_path: Path
) -> None:
    file = tmp_path / "rules.yaml"
    monday = next(one for one in OTHERS if one.name == "monday")
    lines = [f"{name}: {getattr(monday, name)}" for name in ("name", "when", "action", "owner")]
    file.write_text("rules:\n  - " + "\n    ".join(lines))
    live = sum("monday" in one.rules_hit for one in scores)
    checked = tillwatch(clickhouse, "check", str(file), "--days", "40", "--maturity-days", "0", "--json")
    assert checked.returncode == 0, checked.stderr
    assert [(one["rule"], one["hits"]) for one in map(orjson.loads, checked.stdout.splitlines())] == [
        ("monday", live)
    ]
    table = tillwatch(clickhouse, "check", str(file), "--days", "40")
    assert f"{live / 40:.1f}" in table.stdout
    added = tillwatch(clickhouse, "ledger", "--days", "40", "--json")
    assert {one["rule"]: one["hits"] for one in map(orjson.loads, added.stdout.splitlines())}[
        "monday"
    ] == live
    assert "monday" in tillwatch(clickhouse, "ledger", "--days", "40").stdout
    file.write_text(file.read_text().replace("weekday_utc", "weekday"))
    refused = tillwatch(clickhouse, "check", str(file))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "line 3: monday: unknown column weekday, do you mean weekday_utc?" in refused.stderr
