"""What the queries of the sheet Pipeline answer."""

from dataclasses import dataclass
from datetime import datetime

from console.query import Query

__all__ = [
    "AGENTS",
    "LATENCY",
    "REFUSED",
    "SOURCES",
    "THROUGHPUT",
    "VERSIONS",
    "WAITING",
    "AgentRow",
    "LatencyRow",
    "RefusedRow",
    "SourceRow",
    "ThroughputRow",
    "VersionRow",
    "WaitingRow",
]


@dataclass(frozen=True)
class ThroughputRow:
    """Events a second of a topic, from `at` (seconds since 1970) for one step."""

    at: int
    topic: str
    per_second: float


@dataclass(frozen=True)
class LatencyRow:
    """Wait of payments for their score from `at` for one step, in ms."""

    at: int
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True)
class WaitingRow:
    """Age of the oldest event that waited from `moment` for one step."""

    moment: int
    oldest_seconds: float


@dataclass(frozen=True)
class AgentRow:
    """The last word of one agent in one worker."""

    worker: str
    agent: str
    heard_at: datetime
    state: str
    partitions: int
    events: int
    repeats: int
    refused: int
    lag: int
    oldest_unprocessed_seconds: float
    latency_p50_ms: float | None
    latency_p99_ms: float | None


@dataclass(frozen=True)
class RefusedRow:
    """Records refused for one reason, and where the last of them stands."""

    topic: str
    kind: str
    reason: str
    records: int
    last_at: datetime
    last_partition: int
    last_offset: int


@dataclass(frozen=True)
class SourceRow:
    """What a source says it sent to a topic, and what of it arrived."""

    source: str
    store: str
    topic: str
    sent: int
    arrived: int
    spooled: int
    heard_at: datetime


@dataclass(frozen=True)
class VersionRow:
    """Payments that were scored with one model, one set of features and one set of rules; 0 = no rules."""

    model: str
    features: str
    rules: int
    payments: int
    first_at: datetime
    last_at: datetime


THROUGHPUT = Query("pipeline/throughput", ThroughputRow)
LATENCY = Query("pipeline/latency", LatencyRow, every_seconds=2)
WAITING = Query("pipeline/waiting", WaitingRow, every_seconds=2)
AGENTS = Query("pipeline/agents", AgentRow)
REFUSED = Query("pipeline/refused", RefusedRow, every_seconds=2)
SOURCES = Query("pipeline/sources", SourceRow, every_seconds=5)
VERSIONS = Query("pipeline/versions", VersionRow, every_seconds=5)
