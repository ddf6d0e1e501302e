"""How soon a judge that was stopped is back at work, from the log alone and from a snapshot of all it knows.

The question: seconds from the start of the process until it says that it is ready, once with everything that
was ever judged to be read again, once with a snapshot of that and a tenth more after it. Rules: a real Kafka,
the whole judge, its own snapshots; payments of `latency` at 2,000 a second, of which one in twenty is made by
somebody who tests cards. Checked: neither start tells an alert anew.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from benchmarks.errors import BenchmarkError
from benchmarks.judge_rounds import Records, judge_input
from benchmarks.kafka_log import EndOffsets, pour
from benchmarks.whole_worker import Worker, working
from producers.administration import create_topics
from schemas.topics import ALERTS, ARRIVALS, METRICS, SCORES
from tillwatch.stack.broker import running_broker

__all__ = ["JudgeRestart", "measure_judge_restart", "report_judge_restart"]

AFTER = 10
"""A part of so many comes after the snapshot."""

NEVER, SOON = "86400", "1"
"""Seconds between snapshots."""


@dataclass(frozen=True)
class JudgeRestart:
    """What was measured. `records` were read before the snapshot; `written` is its log line."""

    payments: int
    records: int
    log_seconds: float
    seconds: float
    written: dict[str, Any]


def measure_judge_restart(events: int, announce: Callable[[str], None]) -> JudgeRestart:
    """Let a judge judge payments, then start it again and again.

    Parameters
    ----------
    events
        Payments before the snapshot.
    announce
        Is told how far it is.

    Raises
    ------
    BenchmarkError
        There is no snapshot, it was not taken up, or alerts were told anew.

    """
    with (
        tempfile.TemporaryDirectory(prefix="tillwatch-benchmark-") as folder,
        running_broker(Path(folder), announce=announce) as broker,
    ):
        server = broker.bootstrap_servers
        create_topics(server)
        announce(f"making what the judge reads of {events:,} payments and a tenth more")
        rounds = judge_input(events + events // AFTER).rounds
        edge = len(rounds) * AFTER // (AFTER + 1)
        before = fill(server, rounds[:edge])
        alerts = EndOffsets(server, ALERTS.name, ALERTS.partitions)
        with judging(server, folder, "first", NEVER) as judge:
            judge.wait_until(judge.lag, 0, announce)
        told = alerts.count()
        with judging(server, folder, "from the log", SOON) as judge:
            log_seconds = time.monotonic() - judge.began
            announce(f"from the log: {log_seconds:.1f} s")
            judge.wait_until(lambda: bool(snapshots_in(judge)), True, announce)
            written = snapshots_in(judge)[0]
        expect_told(alerts, told)
        fill(server, rounds[edge:])
        with judging(server, folder, "after the snapshot", NEVER) as judge:
            judge.wait_until(judge.lag, 0, announce)
        told = alerts.count()
        with judging(server, folder, "from the snapshot", NEVER) as judge:
            seconds = time.monotonic() - judge.began
            if "state restored from a snapshot" not in judge.said:
                raise BenchmarkError(f"the judge took up no snapshot: {judge.said[-1500:]}")
        expect_told(alerts, told)
        alerts.close()
    return JudgeRestart(events, before, log_seconds, seconds, written)


def judging(server: str, folder: str, name: str, snapshot_seconds: str) -> Any:
    """Run a judge."""
    log = Path(folder) / f"{name}.log"
    return working(server, log, "judge", TILLWATCH_SNAPSHOT_SECONDS=snapshot_seconds)


def fill(server: str, rounds: Sequence[Sequence[Records]]) -> int:
    """Write what the judge reads to its topics; count the records."""
    count = 0
    for topic in (SCORES, METRICS, ARRIVALS):

        def records() -> Iterator[tuple[int, bytes | None, bytes]]:
            for one in (one for some in rounds for one in some if one.topic is topic):  # noqa: B023  # poured at once
                for value in one.values:
                    yield one.partition, None, value

        pour(server, topic, records())
        count += sum(len(one.values) for some in rounds for one in some if one.topic is topic)
    return count


def snapshots_in(judge: Worker) -> list[dict[str, Any]]:
    """Give the log lines of the snapshots that a judge has written."""
    lines = [line for line in judge.said.splitlines() if '"snapshot written"' in line]
    return [orjson.loads(line) for line in lines]


def expect_told(alerts: EndOffsets, told: int) -> None:
    """Check that no alert was told anew."""
    if (now := alerts.count()) != told:
        raise BenchmarkError(f"{now - told} alerts were told anew after a restart")


def report_judge_restart(result: JudgeRestart) -> tuple[str, dict[str, float | None]]:
    """Write the table and the flat record."""
    written = result.written
    lines = [
        f"{result.payments:,} payments judged before the snapshot, {result.records:,} records, a tenth after",
        f"{'from start to ready, from the log alone':48}{result.log_seconds:8.1f} s",
        f"{'from start to ready, from the snapshot':48}{result.seconds:8.1f} s",
        f"{'state in the snapshot':48}{written['state_bytes'] / 1e6:8.1f} MB",
        f"{'written within':48}{written['seconds']:8.1f} s",
        f"{'the stream stood still for it':48}{written['stood_still_ms']:8.1f} ms",
    ]
    return "\n".join(lines), {
        "seconds": round(result.seconds, 2),
        "log_seconds": round(result.log_seconds, 2),
        "records": result.records,
        "state_bytes": written["state_bytes"],
        "written_seconds": written["seconds"],
        "stood_still_ms": written["stood_still_ms"],
    }
