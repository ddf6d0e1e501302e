"""Models with their figures, and rules and lists with what they hit, straight into a store."""

from datetime import datetime, timedelta
from random import Random

from clickhouse_connect.driver.client import Client

from schemas.identifiers import uuid7
from tests.support_console.shop import Shop

__all__ = ["write_customer", "write_models", "write_rules"]

DAY = timedelta(days=1)


def write_models(client: Client, now: datetime) -> None:
    """Write three models of two lines, 20 days of matured figures, a promotion and a drift."""
    draw = Random(3)
    models = [
        [f"{line}-{age}", line, "blend", "handbook-35", ["amount", "night"], now - age * DAY,
         now - (age + 90) * DAY, now - (age + 7) * DAY, 91_000, 720, 0.3, 100.0, parent, now]
        for line, age, parent in (("blend", 1, "blend-8"), ("blend", 8, None), ("blend-lean", 1, None))
    ]  # fmt: skip
    names = (
        "version line kind feature_set features valid_from learnt_from learnt_to labels frauds threshold "
        "alerts_per_day parent received_at"
    )
    client.insert("models", models, column_names=names.split())
    figures = []
    for age in range(7, 27):
        for subject, base in (("champion", 0.76), ("blend", 0.75), ("blend-lean", 0.69)):
            found = base + draw.uniform(-0.02, 0.02)
            day = (now - age * DAY).replace(hour=0, minute=0, second=0, microsecond=0)
            counts = [60_000, 58_800, 0.02, 410]
            precision = [found, found - 0.05, found + 0.05, 0.31, 100]
            figures.append([subject, f"{subject}-8", day, 7, now, *counts, *precision, now])
    names = (
        "subject version day window_days matured_at payments labelled unlabelled_share frauds "
        "average_precision average_precision_low average_precision_high card_precision cards_per_day "
        "received_at"
    )
    client.insert("model_metrics", figures, column_names=names.split())
    names = "action version line valid_from by who reason at received_at"
    promotion = [
        "promote",
        "blend-1",
        "blend",
        now - DAY,
        "rule",
        "interval/1",
        "better by .012 <b>",
        now,
        now,
    ]
    client.insert("promotions", [promotion], column_names=names.split())
    names = "figure segment found_at usual now shift payments detector received_at"
    drift = ["amount", "web", now - 2 * DAY, 41.2, 63.9, 0.8, 4_100, "drift/1", now]
    client.insert("drifts", [drift], column_names=names.split())


def write_rules(shop: Shop, now: datetime) -> None:
    """Write two rules, 30 payments that they hit, of which labels call some fraud, and three list entries."""
    client, draw, hits, labels = shop.client, Random(4), [], []
    rules = [3, ["far-away", "many-cards"], ["bin_country != 'DE' AND amount > 500", "cards_1h > 4"],
             ["review", "decline"], ["soon", "now"], ["dana", "lee"], ["cards from abroad", "testing <b>"],
             [None, now + 9 * DAY], now - 5 * DAY, "dana", now - 5 * DAY, now]  # fmt: skip
    names = (
        "version rules_name rules_when rules_action rules_severity rules_owner rules_why rules_expires_at "
        "valid_from published_by published_at received_at"
    )
    client.insert("rules", [rules], column_names=names.split())
    for number in range(30):
        moment = now - timedelta(hours=2 * number + 1)
        row = shop.score_row(moment, payment_id=f"p-rule-{number}", score=0.5)
        rule = "far-away" if number % 3 else "many-cards"
        hits.append(
            row | {"event_id": uuid7(moment, draw), "rule_set": 3, "rules_hit": [rule], "decided_by": "rule"}
        )
        verdict = "fraud" if number % 2 else "genuine"
        labels.append(
            [
                hits[-1]["event_id"],
                row["customer_id"],
                row["terminal_id"],
                moment,
                now,
                verdict,
                "analyst",
                now,
            ]
        )
    shop.insert_scores(hits)
    names = "event_id customer_id terminal_id occurred_at known_at verdict said_by received_at"
    client.insert("labels", labels, column_names=names.split())
    entries = [
        [uuid7(now, draw), name, about, value, "dana", "reported <b>", now - DAY, None, now, now]
        for name, about, value in (("block", "card", "tok_mq2vtz81x"), ("allow", "customer", "c-000001234"),
                                   ("review", "bin", "411111"))
    ]  # fmt: skip
    names = "entry_id list_name subject value owner reason valid_from expires_at at received_at"
    client.insert("lists", entries, column_names=names.split())


def write_customer(shop: Shop, now: datetime) -> None:
    """Write payments of one customer with two cards, one called fraud, a click, a list entry, who looked."""
    draw, rows, client = Random(5), [], shop.client
    for number in range(8):
        moment = now - timedelta(minutes=3 * number + 1)
        own = {"customer_id": "c-watched", "card_id": f"tok-watched-{number % 2}"}
        row = shop.score_row(moment, payment_id=f"p-watched-{number}", score=0.9 if number == 0 else 0.05)
        rows.append(row | own | {"event_id": uuid7(moment, draw)})
    shop.insert_scores(rows)
    label = [rows[0]["event_id"], "c-watched", rows[0]["terminal_id"], rows[0]["occurred_at"], now]
    names = "event_id customer_id terminal_id occurred_at known_at verdict said_by received_at"
    client.insert("labels", [[*label, "fraud", "analyst", now]], column_names=names.split())
    at = now - timedelta(minutes=2)
    click = [uuid7(at, draw), "web", "v", 1, at, "v-w", "s-w", "c-watched", "web", "/", "view", "ios", at]
    names = (
        "event_id source run seq occurred_at visitor_id session_id customer_id store_id page action device"
    )
    client.insert("clicks", [click], column_names=[*names.split(), "received_at"])
    entry = [uuid7(at, draw), "review", "customer", "c-watched", "dana", "asked", now - DAY, None, now, now]
    names = "entry_id list_name subject value owner reason valid_from expires_at at received_at"
    client.insert("lists", [entry], column_names=names.split())
    shown = [uuid7(at, draw), "a-store", "unmask", "viewer", at, "asked by phone <b>", 1, at]
    names = "action_id alert_id action by at text schema_version received_at"
    client.insert("alert_actions", [shown], column_names=names.split())
