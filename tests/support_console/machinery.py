"""What the pipeline says about itself, straight into a store."""

from datetime import datetime, timedelta
from random import Random

from clickhouse_connect.driver.client import Client

__all__ = ["write_arrivals", "write_refused", "write_series", "write_sources"]

EVIL = "<img src=x onerror=alert(1)>"


def write_arrivals(client: Client, end: datetime, *, minutes: int = 60, seed: int = 1) -> None:
    """Write what arrived each ten seconds, how long scores took and what agents said of themselves."""
    draw, came, said = Random(seed), [], []
    for number in range(minutes * 6):
        at = end.replace(microsecond=0) - timedelta(seconds=10 * number)
        for topic, usual in (("transactions", 140), ("clicks", 220), ("stock-movements", 90)):
            came.append([at, topic, draw.randint(usual, 2 * usual), at])
        for agent in ("fraud", "series", "stock", "judge"):
            waited = draw.uniform(0, 0.4) + (9 if 200 < number < 220 else 0)
            said.append(
                ["host-1:4711", agent, at, "running", list(range(8)), 10**6 - 300 * number, 3, 1,
                 int(waited * 40), waited, 6.0, 17.0 + draw.uniform(0, 9), at]
            )  # fmt: skip
    client.insert("arrivals_second", came, column_names=["second", "topic", "events", "last_occurred_at"])
    names = (
        "worker agent at state partitions events repeats refused lag oldest_unprocessed_seconds "
        "latency_p50_ms latency_p99_ms received_at"
    )
    client.insert("worker_status", said, column_names=names.split())


def write_refused(client: Client, at: datetime) -> None:
    """Write three refused records of two reasons; one reason would be markup if it were not escaped."""
    reasons = ["amount_minor: input should be a valid integer"] * 2 + [f"payment_id: {EVIL} is no id"]
    rows = [
        ["g:0", "transactions", number, 40 + number, "invalid", reason, "{}", 2, "0" * 64,
         at - timedelta(minutes=number), at]
        for number, reason in enumerate(reasons)
    ]  # fmt: skip
    names = (
        "origin_generation origin_topic origin_partition origin_offset kind reason payload payload_bytes "
        "payload_sha256 refused_at received_at"
    )
    client.insert("dead_letters", rows, column_names=names.split())


def write_sources(client: Client, at: datetime) -> None:
    """Write four sources, of which one misses 40 of its 1,000 events and another has some on its disk."""
    beats, here = [], []
    for store, sent, arrived, spooled in (
        ("store-01", 1_000, 1_000, 0), ("store-02", 1_000, 960, 0), ("store-03", 512, 512, 37),
        ("web", 9_000, 9_000, 0),
    ):  # fmt: skip
        beats.append([f"till-{store}", "r", store, at, {"transactions": sent}, spooled, at])
        here.append([f"till-{store}", "r", "transactions", store, arrived, sent - 1, at, "scores", 0, at])
    names = ["source", "run", "store_id", "at", "next_seq", "spooled", "received_at"]
    client.insert("heartbeats", beats, column_names=names)
    names = ["source", "run", "topic", "store_id", "arrived", "highest_seq", "last_occurred_at"]
    client.insert("arrivals", here, column_names=[*names, "origin_topic", "origin_partition", "received_at"])


def write_series(client: Client, at: datetime) -> None:
    """Write the last minute of two series."""
    minute = at.replace(second=0, microsecond=0)
    rows = [
        [series, "store-01", "", minute, 3, 300, "g:0", "scores", 0, 1, at] for series in ("revenue", "views")
    ]
    names = (
        "series store_id channel minute count total origin_generation origin_topic origin_partition "
        "origin_offset received_at"
    )
    client.insert("metrics", rows, column_names=names.split())
