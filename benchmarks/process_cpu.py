"""What a running process has cost so far, and the share of it between two counts of outputs."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from benchmarks.errors import BenchmarkError

__all__ = ["Cost", "cpu_seconds", "machine_seconds", "measure_between", "running"]

SAMPLE_SECONDS = 0.05
STALLED_SECONDS = 90.0


@dataclass(frozen=True)
class Cost:
    """CPU and wall time per output."""

    us_per_event: float
    events_per_second: float
    events: int


def cpu_seconds(pid: int) -> float:
    """User and system time of a process with all its threads, seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def machine_seconds() -> float:
    """CPU that all processes of this machine took since it started, seconds of one core; stolen time too."""
    user, nice, system, _idle, _waiting, irq, softirq, steal = map(
        int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    )
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(
    module: str, arguments: Sequence[str], log: Path, environment: Mapping[str, str] = MappingProxyType({})
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a module in a process of its own while the block lasts; `environment` is added to this one's."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdout=output,
            stderr=output,
            cwd=Path(__file__).parent.parent,
            env={**os.environ, **environment},
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def measure_between(
    processes: Sequence["subprocess.Popen[bytes]"],
    count: Callable[[], int],
    first: int,
    last: int,
    log: Path,
) -> Cost:
    """Measure what processes cost together from their first outputs on, so that starting up does not count.

    Parameters
    ----------
    processes
        What is measured.
    count
        Counts the outputs so far.
    first, last
        Between which counts.
    log
        Shown if one ends or all stand still.

    Raises
    ------
    BenchmarkError
        One ended, nothing was written for 90 s, or there was nothing left to measure.

    """
    begin: tuple[float, float, int] | None = None
    seen, changed = 0, time.monotonic()
    while True:
        done = count()
        now = time.monotonic()
        if any(process.poll() is not None for process in processes) or now - changed > STALLED_SECONDS:
            end = log.read_text(errors="replace")[-1500:]
            raise BenchmarkError(f"a worker ended or stands still at {done:,} of {last:,} outputs: {end}")
        cpu = sum(cpu_seconds(process.pid) for process in processes)
        if done != seen:
            seen, changed = done, now
        if begin is None:
            if done >= first:
                begin = (cpu, now, done)
        elif done >= last:
            events = done - begin[2]
            if not events:
                raise BenchmarkError(f"all {last:,} outputs were there before measuring began")
            return Cost((cpu - begin[0]) / events * 1e6, events / (now - begin[1]), events)
        time.sleep(SAMPLE_SECONDS)
