"""How soon a process with one state over all partitions is back at work, from its log and from a snapshot.

The question: seconds from the start of the process until it says that it is ready, once with everything that
it ever read to be read again, once with a snapshot of that and a tenth more after it. Rules: a real Kafka,
the whole process, its own snapshots. Checked: neither start tells anything anew.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from benchmarks.errors import BenchmarkError
from benchmarks.kafka_log import EndOffsets
from benchmarks.whole_worker import Worker, working
from schemas.topics import Topic

__all__ = ["AFTER", "Restart", "measure_restart", "report_restart"]

AFTER = 10
"""A part of so many comes after the snapshot."""

NEVER, SOON = "86400", "1"
"""Seconds between snapshots."""


@dataclass(frozen=True)
class Restart:
    """What was measured. `records` were read before the snapshot; `written` is its log line."""

    payments: int
    records: int
    log_seconds: float
    seconds: float
    written: dict[str, Any]


def measure_restart(
    server: str,
    folder: Path,
    command: str,
    told: Topic,
    fill: tuple[Callable[[], int], Callable[[], int]],
    *,
    payments: int,
    announce: Callable[[str], None],
) -> Restart:
    """Let a process read its log, then start it again and again.

    Parameters
    ----------
    server, folder
        Kafka, with topics that are empty, and where logs of processes go.
    command
        Of `tillwatch`.
    told
        The topic in which it must not tell anything anew.
    fill
        Write what is before the snapshot, and what comes after it; each counts the records.
    payments
        Before the snapshot.
    announce
        Is told how far it is.

    Raises
    ------
    BenchmarkError
        There is no snapshot, it was not taken up, or something was told anew.

    """

    def process(name: str, snapshot_seconds: str) -> Any:
        log = folder / f"{name}.log"
        return working(server, log, command, TILLWATCH_SNAPSHOT_SECONDS=snapshot_seconds)

    before, after = fill
    records = before()
    ends = EndOffsets(server, told.name, told.partitions)
    with process("first", NEVER) as first:
        first.wait_until(first.lag, 0, announce)
    count = ends.count()
    with process("from the log", SOON) as again:
        log_seconds = time.monotonic() - again.began
        announce(f"from the log: {log_seconds:.1f} s")
        again.wait_until(lambda: bool(snapshots_in(again)), True, announce)
        written = snapshots_in(again)[0]
    expect_told(ends, count)
    after()
    with process("after the snapshot", NEVER) as later:
        later.wait_until(later.lag, 0, announce)
    count = ends.count()
    with process("from the snapshot", NEVER) as last:
        seconds = time.monotonic() - last.began
        if "state restored from a snapshot" not in last.said:
            raise BenchmarkError(f"no snapshot was taken up: {last.said[-1500:]}")
    expect_told(ends, count)
    ends.close()
    return Restart(payments, records, log_seconds, seconds, written)


def snapshots_in(process: Worker) -> list[dict[str, Any]]:
    """Give the log lines of the snapshots that a process has written."""
    lines = [line for line in process.said.splitlines() if '"snapshot written"' in line]
    return [orjson.loads(line) for line in lines]


def expect_told(ends: EndOffsets, told: int) -> None:
    """Check that nothing was told anew."""
    if (now := ends.count()) != told:
        raise BenchmarkError(f"{now - told} records were told anew after a restart")


def report_restart(result: Restart) -> tuple[str, dict[str, float | None]]:
    """Write the table and the flat record."""
    written = result.written
    lines = [
        f"{result.payments:,} payments before the snapshot, {result.records:,} records, a tenth after",
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
