"""Do what reviews decided: `python verdict_consumer.py 127.0.0.1:19092 shop.db`. Needs kafka-python alone.

A verdict may come more than once, with the same id. Its effect and its id are written in one transaction of
the shop's own database, so each takes effect once, whatever crashes; Kafka's offset moves on only afterwards.
"""

import json
import sqlite3
import sys

from kafka import KafkaConsumer

TOPIC, GROUP = "verdicts", "shop-verdicts"
TABLES = """
CREATE TABLE IF NOT EXISTS seen (verdict_id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS reviewed (payment TEXT PRIMARY KEY, outcome TEXT, until TEXT);
"""


def take(database, verdict):
    """Note what becomes of a payment; say whether this is new."""
    with database:  # one transaction: both or neither
        is_new = database.execute("INSERT OR IGNORE INTO seen VALUES (?)", [verdict["verdict_id"]]).rowcount
        if is_new:
            payment = verdict.get("payment_id") or verdict["event_id"]
            database.execute(
                "INSERT OR REPLACE INTO reviewed VALUES (?, ?, ?)",
                [payment, verdict["outcome"], verdict.get("until")],
            )
    return bool(is_new)


def follow(servers, path, print_line):
    """Take verdicts for ever; the last one about a payment counts, and Kafka keeps their order."""
    database = sqlite3.connect(path)
    database.executescript(TABLES)
    consumer = KafkaConsumer(
        TOPIC,
        bootstrap_servers=servers.split(","),
        group_id=GROUP,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    while True:
        for records in consumer.poll(timeout_ms=1000).values():
            for record in records:
                verdict = json.loads(record.value)
                if take(database, verdict):
                    until = f" until {verdict['until']}" if verdict.get("until") else ""
                    print_line(
                        f"{verdict['outcome']}{until} {verdict.get('payment_id') or verdict['event_id']}"
                    )
            consumer.commit()


if __name__ == "__main__":
    follow(sys.argv[1], sys.argv[2], lambda line: print(line, flush=True))
