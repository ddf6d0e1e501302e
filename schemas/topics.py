"""Every topic: the one place where a topic's name is spelled."""

from dataclasses import dataclass, replace
from typing import Literal

from pydantic import BaseModel

from schemas.alert import Alert
from schemas.alert_action import AlertAction
from schemas.answer import Answer
from schemas.arrival_partial import ArrivalPartial
from schemas.causes import Causes
from schemas.click import Click
from schemas.context import Context
from schemas.dead_letter import DeadLetter
from schemas.dead_letter_replay import DeadLetterReplay
from schemas.drift import Drift
from schemas.expectation import Expectation
from schemas.generation import Generation
from schemas.heartbeat import Heartbeat
from schemas.label import Label
from schemas.list_entry import ListEntry
from schemas.metric_partial import MetricPartial
from schemas.model import Model
from schemas.model_metrics import ModelMetrics
from schemas.payment_verdict import PaymentVerdict
from schemas.playbook import Playbook
from schemas.promotion import Promotion
from schemas.rule_set import RuleSet
from schemas.score import Score
from schemas.snapshot import SnapshotChunk, SnapshotManifest
from schemas.stock_level import StockLevel
from schemas.stock_movement import StockMovement
from schemas.store import Store
from schemas.synthetic_answer import SyntheticAnswer
from schemas.transaction import Transaction
from schemas.worker_status import WorkerStatus

__all__ = [
    "ALERTS",
    "ALERT_ACTIONS",
    "ANSWERS",
    "ARRIVALS",
    "CAUSES",
    "CLICKS",
    "CONTEXT",
    "DEAD_LETTERS",
    "DEAD_LETTER_REPLAYS",
    "DRIFTS",
    "EXPECTATIONS",
    "GENERATIONS",
    "HEARTBEATS",
    "LABELS",
    "LISTS",
    "MAX_RECORD_BYTES",
    "METRICS",
    "MODELS",
    "MODEL_METRICS",
    "PLAYBOOKS",
    "PROMOTIONS",
    "RULES",
    "SCORES",
    "SNAPSHOTS",
    "SNAPSHOT_CHUNKS",
    "STOCK_LEVELS",
    "STOCK_MOVEMENTS",
    "STORES",
    "SYNTHETIC_ANSWERS",
    "TOPICS",
    "TRANSACTIONS",
    "VERDICTS",
    "WORKER_STATUS",
    "Topic",
    "scores_of",
]

MAX_RECORD_BYTES = 1_048_576
"""A larger record is refused with a reason; the broker takes four times as much so that we get to see it."""

BROKER_MAX_BYTES = 4 * MAX_RECORD_BYTES


@dataclass(frozen=True)
class Topic:
    """A topic's contract.

    Parameters
    ----------
    name, model
        Kafka's name and the pydantic model of its records (JSON).
    key
        What the key is, in words; `model.key` computes it. Dense topics go by partition, without a key.
    partitions
        Part of the contract: state and dense outputs go by partition, a worker refuses another count.
    retention_days
        At least the longest feature window plus the label delay where state is rebuilt from the topic.
        None keeps records for ever.
    cleanup
        `delete` = by age; `compact` = the newest per key is kept.
    written_by, read_by
        Agents and programs, for people.
    dense_over
        The input topic of which each offset has exactly one record here, in the partition with the same
        number. None: keyed.
    segment_bytes
        Size of the log's files where Kafka's default (1 GB) would keep too much: compaction leaves the file
        alone that is being written.

    """

    name: str
    model: type[BaseModel]
    key: str
    partitions: int
    retention_days: int | None
    cleanup: Literal["delete", "compact"]
    written_by: str
    read_by: str
    dense_over: str | None = None
    segment_bytes: int | None = None

    def config(self) -> dict[str, str]:
        """Kafka's settings for the topic. Append time: old event times must not invite deletion."""
        retention = -1 if self.retention_days is None else self.retention_days * 86_400_000
        config = {
            "cleanup.policy": self.cleanup,
            "max.message.bytes": str(BROKER_MAX_BYTES),
            "message.timestamp.type": "LogAppendTime",
            "retention.ms": str(retention),
        }
        return config if self.segment_bytes is None else {**config, "segment.bytes": str(self.segment_bytes)}


# 45 days = the longest window (30) + the label delay (7) + a week in which nobody looked.
TRANSACTIONS = Topic(
    "transactions", Transaction, "customer, else card, else terminal", 8, 45, "delete",
    "tills, apps, collector, replay, simulator", "fraud, sink",
)  # fmt: skip
CLICKS = Topic("clicks", Click, "visitor", 8, 14, "delete", "web shop, app, simulator", "series, sink")
STOCK_MOVEMENTS = Topic(
    "stock-movements", StockMovement, "place and SKU", 8, 45, "delete",
    "tills, warehouses, simulator", "series, stock, sink",
)  # fmt: skip
LABELS = Topic(
    "labels", Label, "customer, else terminal", 8, 120, "delete",
    "chargeback import, collector, judge, console, replay, simulator", "fraud, judge, trainer, sink",
)  # fmt: skip
HEARTBEATS = Topic("heartbeats", Heartbeat, "source", 1, 14, "delete", "every source", "judge, sink")
STORES = Topic("stores", Store, "store", 1, None, "compact", "master data, simulator", "judge, sink")
SCORES = Topic(
    "scores", Score, "none: the partition of the payment", TRANSACTIONS.partitions, 45, "delete",
    "fraud", "series, judge, trainer, sink, teams downstream", TRANSACTIONS.name,
)  # fmt: skip
METRICS = Topic(
    "metrics", MetricPartial, "series, minute, input partition", 8, 14, "delete", "series", "judge, sink"
)
STOCK_LEVELS = Topic("stock-levels", StockLevel, "place and SKU", 8, 14, "delete", "stock", "judge, sink")
ARRIVALS = Topic(
    "arrivals", ArrivalPartial, "source, run, topic, input partition", 8, 14, "delete", "series",
    "judge, sink",
)  # fmt: skip
EXPECTATIONS = Topic(
    "expectations", Expectation, "series, store, channel, day", 4, 14, "delete", "judge", "sink"
)
ALERTS = Topic(
    "alerts", Alert, "alert", 4, 45, "delete", "judge", "judge, sink, alert channels, teams downstream"
)
ALERT_ACTIONS = Topic("alert-actions", AlertAction, "alert", 4, 120, "delete", "console", "judge, sink")
ANSWERS = Topic("answers", Answer, "alert", 4, 120, "delete", "console", "judge, sink")
VERDICTS = Topic(
    "verdicts",
    PaymentVerdict,
    "payment event",
    4,
    45,
    "delete",
    "judge, console, verdicts command",
    "shops, sink",
)
CAUSES = Topic(
    "causes", Causes, "alert", 4, 45, "delete", "explainer", "sink, alert channels, teams downstream"
)
CONTEXT = Topic(
    "context", Context, "happening", 1, 120, "delete", "collector, context command, simulator",
    "context command, sink",
)  # fmt: skip
MODELS = Topic("models", Model, "version", 1, None, "compact", "trainer", "fraud, judge, trainer, sink")
RULES = Topic("rules", RuleSet, "version", 1, None, "compact", "rules command", "fraud, sink")
LISTS = Topic("lists", ListEntry, "entry", 1, None, "compact", "lists command", "fraud, sink")
PLAYBOOKS = Topic("playbooks", Playbook, "kind, entity type, change", 1, None, "compact", "console", "sink")
PROMOTIONS = Topic(
    "promotions", Promotion, "from when, action, version", 1, None, "compact", "trainer, models command",
    "fraud, judge, trainer, models command, sink",
)  # fmt: skip
MODEL_METRICS = Topic(
    "model-metrics", ModelMetrics, "subject and day", 1, None, "compact", "trainer",
    "trainer, models command, sink",
)  # fmt: skip
DRIFTS = Topic(
    "drifts", Drift, "segment, figure, hour", 1, 45, "delete", "trainer", "judge, trainer, sink",
)  # fmt: skip
GENERATIONS = Topic(
    "generations", Generation, "number", 1, None, "compact", "reprocess", "fraud, reprocess, sink"
)
DEAD_LETTERS = Topic(
    "dead-letters", DeadLetter, "origin", 1, 45, "delete", "fraud, series, stock, judge, trainer", "sink"
)
DEAD_LETTER_REPLAYS = Topic(
    "dead-letter-replays",
    DeadLetterReplay,
    "origin",
    1,
    120,
    "delete",
    "console, dead-letters command",
    "sink",
)
SNAPSHOTS = Topic(
    "snapshots", SnapshotManifest, "agent, unit, slot", 1, None, "compact", "fraud, series, stock, judge",
    "fraud, series, stock, judge", segment_bytes=16 * 1_048_576,
)  # fmt: skip
SNAPSHOT_CHUNKS = Topic(
    "snapshot-chunks", SnapshotChunk, "agent, unit, slot, number", 8, None, "compact",
    "fraud, series, stock, judge", "fraud, series, stock, judge", segment_bytes=64 * 1_048_576,
)  # fmt: skip
WORKER_STATUS = Topic("worker-status", WorkerStatus, "worker and agent", 1, 3, "delete", "workers", "sink")
SYNTHETIC_ANSWERS = Topic(
    "synthetic-answers",
    SyntheticAnswer,
    "place of the payment",
    1,
    3,
    "delete",
    "judge",
    "synthetic command, sink",
)

TOPICS: dict[str, Topic] = {
    topic.name: topic
    for topic in (
        TRANSACTIONS,
        CLICKS,
        STOCK_MOVEMENTS,
        LABELS,
        HEARTBEATS,
        STORES,
        SCORES,
        METRICS,
        STOCK_LEVELS,
        ARRIVALS,
        EXPECTATIONS,
        ALERTS,
        ANSWERS,
        ALERT_ACTIONS,
        VERDICTS,
        CAUSES,
        CONTEXT,
        MODELS,
        RULES,
        LISTS,
        PLAYBOOKS,
        PROMOTIONS,
        MODEL_METRICS,
        DRIFTS,
        GENERATIONS,
        DEAD_LETTERS,
        DEAD_LETTER_REPLAYS,
        SNAPSHOTS,
        SNAPSHOT_CHUNKS,
        WORKER_STATUS,
        SYNTHETIC_ANSWERS,
    )
}


def scores_of(name: str) -> Topic:
    """Give the topic of a reprocess: the contract of `scores`, beside it."""
    return replace(SCORES, name=f"{SCORES.name}-{name}", written_by="reprocess", read_by="reprocess")
