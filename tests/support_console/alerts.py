"""Alerts of every kind, written into a store as the sink writes them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from clickhouse_connect.driver.client import Client
from pydantic import BaseModel

from schemas.alert import Alert, AlertCounterfactual, AlertPayment, AlertReason, WatchedSeries
from schemas.expectation import Expectation
from schemas.identifiers import uuid7
from schemas.origin import Origin
from sinks.tables.registry import TABLES

__all__ = ["alert", "every_kind", "payments", "usual_course", "write"]

ORIGIN = Origin(generation="uL3l4qRuTkqU2bLz1m1XkA:0", topic="scores", partition=3, offset=184_022)


def write(client: Client, topic: str, records: Sequence[BaseModel]) -> None:
    """Write records of a topic into its table, in columns as the sink does."""
    table = TABLES[topic]
    columns = table.columns(records)
    received = datetime.now(UTC)
    columns |= {
        "kafka_partition": [0] * len(records),
        "kafka_offset": list(range(len(records))),
        table.append_time: [int(received.timestamp() * 1000)] * len(records),
    }
    client.insert(table.name, list(columns.values()), column_names=list(columns), column_oriented=True)


def alert(alert_id: str, now: datetime, **fields: Any) -> Alert:
    """Make an alert that began ten minutes ago; valid unless a field is overridden."""
    usual: dict[str, Any] = {
        "alert_id": alert_id,
        "kind": "payment_fraud",
        "severity": "soon",
        "entity_type": "payment",
        "entity": "p-1",
        "sentence": "A payment looks like fraud.",
        "since": now - timedelta(minutes=10),
        "noticed_at": now - timedelta(minutes=9),
        "last_at": now - timedelta(minutes=1),
        "detector": "suspicious-payment/1",
        "detected_at": datetime.now(UTC),
        "updated_at": datetime.now(UTC),
        "origin": ORIGIN,
    }
    return Alert(**usual | fields)


def payments(
    count: int, end: datetime, *, terminal_id: str = "store-03-1", seed: int = 1
) -> tuple[AlertPayment, ...]:
    """Make payments a minute apart, the last at `end`."""
    random = Random(seed)
    return tuple(
        AlertPayment(
            event_id=uuid7(end - timedelta(minutes=number), random),
            customer_id=f"c-{random.randrange(1, 5000)}",
            terminal_id=terminal_id,
            occurred_at=end - timedelta(minutes=number),
            amount_minor=random.randrange(900, 90_000),
            score=round(random.uniform(0.4, 0.97), 3),
        )
        for number in range(count)
    )


def reason(text: str, value: float, usual: float | None, unit: str, weight: float) -> AlertReason:
    """Make a reason."""
    return AlertReason(text=text, value=value, usual=usual, unit=unit, weight=weight)


def every_kind(now: datetime, store_id: str = "store-03") -> list[Alert]:
    """Make an open alert of every kind, and three that are settled."""

    def ago(minutes: float) -> datetime:
        return now - timedelta(minutes=minutes)

    paid = payments(6, ago(2))
    (dear,) = payments(1, ago(3), terminal_id="store-04-1", seed=4)
    dear = dear.model_copy(update={"amount_minor": 98_765})
    return [
        alert(
            "a-spree",
            now,
            kind="card_spree",
            severity="now",
            entity_type="card",
            entity="tok_8f21c0",
            sentence="Card tok_8f21c0 was used 7 times in 12 min in 4 stores for 2,914.60 EUR. "
            "The last payment was at Köln Süd 1.",
            reasons=(
                reason("7 payments in 12 min, usually 1 a week", 7, 0.02, "payments", 0.55),
                reason("4 stores in 12 min, usually 1", 4, 1, "stores", 0.3),
                reason("416.37 EUR a payment, usually 38.20 EUR", 416.37, 38.2, "EUR", 0.15),
            ),
            count=7,
            money_at_risk_minor=291_460,
            since=ago(14),
            noticed_at=ago(11),
            last_at=ago(2),
            completeness=1.0,
            payments=paid,
            detector="card-spree/1",
            model_version="online-20261122T0600Z",
        ),
        alert(
            "a-checkout",
            now,
            kind="checkout_broken",
            severity="now",
            entity_type="store",
            entity="app",
            store_id="app",
            sentence="Checkout in the app is failing: 3 of 41 checkouts were paid in 10 min, usually 29. "
            "Nothing else in the funnel changed.",
            reasons=(
                reason("7 % of checkouts were paid, usually 71 %", 0.07, 0.71, "share", 0.8),
                reason("118 errors shown in 10 min, usually 4", 118, 4, "errors", 0.2),
            ),
            count=38,
            money_at_risk_minor=62_000,
            per_hour_minor=124_000,
            since=ago(30),
            noticed_at=ago(27),
            completeness=0.9994,
            watched=WatchedSeries(series="revenue", store_id="app"),
            detector="funnel/1",
        ),
        alert(
            "a-terminal",
            now,
            kind="terminal_fraud",
            severity="now",
            entity_type="terminal",
            entity="store-03-1",
            store_id=store_id,
            sentence="Terminal store-03-1 at Köln Süd 1: 4 of its 62 payments today are suspicious.",
            reasons=(
                reason("4 suspicious payments today, usually 0.2", 4, 0.2, "payments", 0.7),
                reason("risk .12, usually .01", 0.12, 0.01, "risk", 0.3),
            ),
            count=4,
            money_at_risk_minor=88_150,
            since=ago(150),
            noticed_at=ago(20),
            last_at=ago(6),
            completeness=0.998,
            payments=payments(4, ago(6), seed=2),
            detector="terminal-fraud/1",
            model_version="online-20261122T0600Z",
        ),
        alert(
            "a-silent",
            now,
            kind="source_silent",
            severity="now",
            entity_type="store",
            entity="store-02",
            store_id="store-02",
            sentence="Leipzig 1 is silent: no sign of its 3 tills since 13:18, usually every 2 min.",
            reasons=(reason("41 min without a sign of life, usually 2", 41, 2, "minutes", 1.0),),
            count=3,
            per_hour_minor=36_000,
            since=ago(41),
            noticed_at=ago(35),
            completeness=0.913,
            watched=WatchedSeries(series="revenue", store_id="store-02"),
            detector="source-watch/1",
        ),
        alert(
            "a-fallen",
            now,
            kind="sales_fallen",
            entity_type="store",
            entity=store_id,
            store_id=store_id,
            sentence="Sales at Köln Süd 1 fell to 4.10 EUR a minute, usually 21.60 EUR; its tills are up.",
            reasons=(
                reason("4.10 EUR a minute for 25 min, usually 21.60 EUR", 4.1, 21.6, "EUR", 0.75),
                reason("3 orders in 25 min, usually 14", 3, 14, "orders", 0.25),
            ),
            count=25,
            money_at_risk_minor=43_700,
            per_hour_minor=104_800,
            since=ago(25),
            noticed_at=ago(13),
            completeness=1.0,
            watched=WatchedSeries(series="revenue", store_id=store_id),
            detector="sales-watch/1",
        ),
        alert(
            "a-testing",
            now,
            kind="card_testing",
            severity="now",
            entity_type="device",
            entity="dev-77aa",
            store_id="web",
            sentence="Device dev-77aa tried 143 cards in 6 min in the web shop: 131 declined, 12 approved.",
            reasons=(
                reason("143 cards in 6 min, usually 1", 143, 1, "cards", 0.6),
                reason("92 % declined, usually 4 %", 0.92, 0.04, "share", 0.4),
            ),
            count=143,
            money_at_risk_minor=21_300,
            since=ago(8),
            noticed_at=ago(7),
            completeness=1.0,
            payments=payments(50, ago(2), terminal_id="web-1", seed=3),
            detector="card-testing/1",
        ),
        alert(
            "a-payment",
            now,
            sentence="A payment of 987.65 EUR at Hamburg Altona 1 looks like fraud: score .91. "
            "At 96.40 EUR it would have passed.",
            store_id="store-04",
            money_at_risk_minor=98_765,
            entity="p-4711",
            completeness=1.0,
            reasons=(reason("amount 987.65 EUR, usually 41.10 EUR", 987.65, 41.1, "EUR", 0.8),),
            payments=(dear,),
            counterfactual=AlertCounterfactual(
                event_id=dear.event_id, passes_minor=9_640, held=("amount_to_largest",)
            ),
            model_version="online-20261122T0600Z",
        ),
        alert(
            "a-unusual",
            now,
            kind="figure_unusual",
            entity_type="store",
            entity="store-05",
            store_id="store-05",
            sentence="Refunds at München Ost 1 are 1,240.00 EUR in an hour, usually 96.00 EUR.",
            reasons=(reason("1,240.00 EUR an hour, usually 96.00 EUR", 1240, 96, "EUR", 1.0),),
            money_at_risk_minor=114_400,
            watched=WatchedSeries(series="refunds", store_id="store-05"),
            detector="series-watch/1",
            since=ago(55),
            noticed_at=ago(20),
        ),
        alert(
            "a-stock",
            now,
            kind="stock_running_out",
            entity_type="sku",
            entity="sku-0042",
            store_id="store-01",
            sentence="Espresso beans 1 kg at Berlin Mitte 1 run out in 9 h; a delivery takes 2 days.",
            reasons=(
                reason("14 pieces left, 1.6 sold an hour", 14, 120, "pieces", 0.6),
                reason("9 h of cover, a delivery takes 48 h", 9, 48, "hours", 0.4),
            ),
            money_at_risk_minor=74_900,
            per_hour_minor=1_900,
            detector="cover/1",
        ),
        alert(
            "a-shrink",
            now,
            kind="shrinkage",
            entity_type="sku",
            entity="sku-0317",
            store_id="store-06",
            sentence="A count at Dresden 1 found 22 of 40 razor blade packs; 18 are gone without a sale.",
            reasons=(reason("18 pieces missing, usually 1", 18, 1, "pieces", 1.0),),
            money_at_risk_minor=35_820,
            count=18,
            detector="shrinkage/1",
            since=ago(60 * 26),
        ),
        alert(
            "a-price",
            now,
            kind="price_glitch",
            severity="now",
            entity_type="sku",
            entity="sku-0099",
            sentence="Headphones X200 sell for 1.99 EUR instead of 199.00 EUR since 13:50: 24 pieces so far.",
            reasons=(reason("1.99 EUR a piece, usually 199.00 EUR", 1.99, 199.0, "EUR", 1.0),),
            count=24,
            money_at_risk_minor=472_824,
            per_hour_minor=2_800_000,
            detector="price-watch/1",
            watched=WatchedSeries(series="units_sold", store_id=""),
        ),
        alert(
            "a-over",
            now,
            kind="source_silent",
            severity="now",
            entity_type="store",
            entity="store-07",
            store_id="store-07",
            sentence="Bremen 1 was silent for 22 min. Its 61 payments came late.",
            since=ago(95),
            noticed_at=ago(90),
            last_at=ago(73),
            until=ago(73),
            completeness=1.0,
            detector="source-watch/1",
        ),
        alert(
            "a-settled",
            now,
            sentence="A payment of 412.00 EUR at Essen 1 looks like fraud: score .84.",
            store_id="store-08",
            money_at_risk_minor=41_200,
            since=ago(130),
            noticed_at=ago(130),
            payments=payments(1, ago(130), terminal_id="store-08-1", seed=5),
            answer={"answer_id": uuid7(ago(120)), "verdict": "fraud", "by": "anna", "at": ago(120)},
            effect="Learned. Terminal store-08-1 risk .12 → .71; 4 open payments rescored.",
        ),
    ]


def usual_course(
    series: str, store_id: str, begins_at: datetime, level: float, *, slot_minutes: int = 5
) -> Expectation:
    """Make the expected course of a day at one level, with a wide band."""
    slots = 24 * 60 // slot_minutes
    return Expectation(
        series=series, store_id=store_id, begins_at=begins_at, slot_minutes=slot_minutes,
        expected=(level,) * slots, low=(level * 0.4,) * slots, high=(level * 1.8,) * slots, learnt_days=28,
        made_at=begins_at, detector="series-watch/1",
    )  # fmt: skip
