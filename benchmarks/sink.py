"""What the sink costs from Kafka to ClickHouse, and what the store costs beside it.

The question: rows per CPU second of the sink's process with all its threads, and CPU seconds of the store's.
The rules: a real Kafka, `tillwatch sink` and `tillwatch store` as an operator starts them, with their own
settings; payments, their scores with reasons and 35 features, and clicks, a third each, in Kafka before the
sink starts; measured from the first tenth of the rows to the last. All views are filled on the way. Checked:
the number of rows of each topic, that none is there twice, and sums of what was sent, in tables and rollups.
"""

import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from clickhouse_connect.driver.client import Client

from benchmarks.errors import BenchmarkError
from benchmarks.kafka_log import write
from benchmarks.process_cpu import Cost, cpu_seconds, measure_between, running
from benchmarks.sink_records import QUESTIONS, Sent, make_records
from benchmarks.whole_store import storing
from producers.administration import create_topics
from sinks.connection import connect
from tillwatch.stack.broker import running_broker

__all__ = ["SinkCost", "check_answers", "measure_sink", "report_sink"]

LOOK_SECONDS = 0.2
"""Each look costs the store a question."""


@dataclass(frozen=True)
class SinkCost:
    """What was measured; `sink` is CPU and wall time per row, `mean_bytes` those of a record by topic."""

    rows: int
    mean_bytes: dict[str, float]
    sink: Cost
    store_cpu_seconds: float

    @property
    def rows_per_cpu_second(self) -> float:
        """Rows that one second of the sink's CPU brings into the store."""
        return 1e6 / self.sink.us_per_event


class Progress:
    """Counts the rows that are in the store, and notes what the store had cost by then."""

    def __init__(self, client: Client, store_pid: int) -> None:
        self._client = client
        self._store_pid = store_pid
        self._counts = " + ".join(f"(SELECT count() FROM {table})" for table in list(QUESTIONS)[:3])
        self.store_cpu: dict[int, float] = {}

    def rows(self) -> int:
        """Count the rows after a while; 0 as long as there are no tables."""
        time.sleep(LOOK_SECONDS)
        # the last of the three that the migrations make
        made = self._number("EXISTS TABLE scores")
        found = self._number(f"SELECT {self._counts}") if made else 0
        self.store_cpu.setdefault(found, cpu_seconds(self._store_pid))
        return found

    def _number(self, question: str) -> int:
        return int(self._client.query(question).result_rows[0][0])


def measure_sink(rows: int, announce: Callable[[str], None]) -> SinkCost:
    """Fill the topics, start the sink, and check what it wrote.

    Raises
    ------
    BenchmarkError
        The sink ended or stands still, or the store does not hold exactly what was sent.

    """
    announce(f"making {rows:,} records")
    sent = make_records(rows // 3)
    with (
        tempfile.TemporaryDirectory(prefix="tillwatch-benchmark-") as name,
        running_broker(Path(name), announce=announce) as broker,
        storing(Path(name)) as store,
        closing(connect(store.settings)) as client,
    ):
        create_topics(broker.bootstrap_servers)
        announce("filling Kafka")
        for topic, records in sent.records.items():
            write(broker.bootstrap_servers, topic, records)
        progress = Progress(client, store.process.pid)
        total = sum(sent.answers[table][0] for table in list(QUESTIONS)[:3])
        announce("the sink writes")
        log = Path(name) / "sink.log"
        environment = {"TILLWATCH_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers, **store.environment()}
        with running("tillwatch", ["sink"], log, environment) as sink:
            cost = measure_between([sink], progress.rows, total // 10, total, log)
        check_answers(
            sent, {name: tuple(client.query(text).result_rows[0]) for name, text in QUESTIONS.items()}
        )
    begin, end = progress.store_cpu[total - cost.events], progress.store_cpu[total]
    sizes = {topic.name: sent.mean_bytes(topic) for topic in sent.records}
    return SinkCost(total, sizes, cost, end - begin)


def check_answers(sent: Sent, found: Mapping[str, tuple[int, ...]]) -> None:
    """Check what the store holds.

    Raises
    ------
    BenchmarkError
        A row is missing, there twice, or other than it was sent.

    """
    for name, right in sent.answers.items():
        if tuple(map(int, found[name])) != right:
            raise BenchmarkError(f"{QUESTIONS[name]}: {found[name]}, sent were {right}")


def report_sink(result: SinkCost) -> tuple[str, dict[str, float | None]]:
    """Write the table and the flat record."""
    sizes = ", ".join(f"{name} {size:,.0f}" for name, size in result.mean_bytes.items())
    lines = [
        f"{result.rows:,} rows, every one checked; bytes of a record: {sizes}",
        f"{'measured, from the first tenth on':40}{result.sink.events:12,} rows",
        f"{'CPU of the sink a row':40}{result.sink.us_per_event:12.1f} µs",
        f"{'rows per CPU second of the sink':40}{result.rows_per_cpu_second:12,.0f}",
        f"{'CPU of the store beside it':40}{result.store_cpu_seconds:12.1f} s",
        f"{'CPU of the store a row':40}{result.store_cpu_seconds / result.sink.events * 1e6:12.1f} µs",
        f"{'rows a second, all on this machine':40}{result.sink.events_per_second:12,.0f}",
    ]
    return "\n".join(lines), {
        "rows_per_cpu_second": round(result.rows_per_cpu_second),
        "store_cpu_seconds": round(result.store_cpu_seconds, 2),
        "us_per_row": round(result.sink.us_per_event, 2),
        "rows_per_second": round(result.sink.events_per_second),
    }
