"""How long each query of the console takes, and how much of the store it reads.

The question: the slowest p95 of all queries of all pages, over so many payments and three times as many
clicks of 30 days, warm. The rules: the embedded store as an operator starts it; rows made inside ClickHouse
and inserted into the raw tables in blocks of a million, so that the views fill the rollups; heartbeats,
figures per minute, findings, stock and what is usual beside them. The clock is eight in the evening of
yesterday, so that the day is long. Each query goes over HTTP as the page sends it, with the page's own
parameters, one after the other; its rows are decoded. Of a page that can be asked for one store, both count.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from clickhouse_connect.driver.client import Client

from benchmarks.page_questions import PageQuestion, page_questions
from benchmarks.percentiles import percentile
from benchmarks.query_store import DAYS, fill_store
from benchmarks.whole_store import storing
from sinks.connection import connect

__all__ = ["Queries", "QueryCost", "measure_queries", "report_queries"]

WARM_UPS = 2
SCAN_MINUTES = 15
GRANULES = 8 * 8_192
"""Rows that are read besides those that are wanted: whole granules, of several parts."""
COUNTED_ONCE = "\nSETTINGS query_plan_optimize_lazy_materialization = 0"
"""By default the engine reads the rows that are shown once more, for what it did not need to find them, and
counts their whole granules again."""


@dataclass(frozen=True)
class QueryCost:
    """Milliseconds of a query, the rows that it read, and the tables of single events that it names."""

    name: str
    p50_ms: float
    p95_ms: float
    read_rows: int
    raw_tables: Sequence[str]


@dataclass(frozen=True)
class Queries:
    """What was measured over so many payments."""

    rows: int
    runs: int
    costs: list[QueryCost]

    def scans(self, cost: QueryCost) -> bool:
        """Whether a query reads more than 15 minutes of single events (of three clicks a payment)."""
        most = 3 * self.rows * SCAN_MINUTES / (DAYS * 1_440) + GRANULES
        return bool(cost.raw_tables) and cost.read_rows > most


def measure_queries(rows: int, runs: int, announce: Callable[[str], None]) -> Queries:
    """Fill a store and ask it everything."""
    end = datetime.now(UTC).replace(hour=20, minute=0, second=0, microsecond=0) - timedelta(days=1)
    with (
        tempfile.TemporaryDirectory(prefix="tillwatch-benchmark-") as name,
        storing(Path(name)) as store,
        closing(connect(store.settings)) as client,
    ):
        fill_store(client, rows, end, announce)
        announce("asking")
        questions = page_questions(client, end)
        return Queries(rows, runs, [measured(client, one, runs) for one in questions])


def measured(client: Client, asked: PageQuestion, runs: int) -> QueryCost:
    """Ask one question again and again, warm."""
    times = []
    for _ in range(WARM_UPS + runs):
        begin = time.perf_counter()
        result = client.query(asked.text, parameters=dict(asked.parameters))
        len(result.result_rows)  # decoded now
        times.append((time.perf_counter() - begin) * 1e3)
    warm = np.array(times[WARM_UPS:])
    counted = client.query(asked.text + COUNTED_ONCE, parameters=dict(asked.parameters))
    read = int(counted.summary.get("read_rows", 0))
    return QueryCost(asked.name, percentile(warm, 50), percentile(warm, 95), read, asked.raw_tables)


def report_queries(result: Queries) -> tuple[str, dict[str, float | None]]:
    """Write the table, the slowest first, and the flat record."""
    slowest_first = sorted(result.costs, key=lambda cost: -cost.p95_ms)
    lines = [
        f"{result.rows:,} payments and {3 * result.rows:,} clicks of {DAYS} days; "
        f"{result.runs} runs of each, warm",
        f"{'query':32}{'p50 ms':>9}{'p95 ms':>9}{'rows read':>12}  single events",
    ]
    for cost in slowest_first:
        raw = " ".join(cost.raw_tables) + (" (more than 15 minutes)" if result.scans(cost) else "")
        lines.append(
            f"{cost.name:32}{cost.p50_ms:9.1f}{cost.p95_ms:9.1f}{cost.read_rows:12,}  {raw}".rstrip()
        )
    return "\n".join(lines), {
        "slowest_ms": round(slowest_first[0].p95_ms, 1),
        "raw_scans": sum(map(result.scans, result.costs)),
        **{f"{cost.name}_ms": round(cost.p95_ms, 1) for cost in result.costs},
    }
