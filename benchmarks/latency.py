"""How long it takes from a payment that is due to its score, and to the alert that it raises.

The question: produce to score and produce to alert through real Kafka, with the worker and the judge as an
operator starts them, at a fixed rate. The rules: an open loop keeps its schedule whatever the answers do,
and every latency is measured from when the payment was due, not from when it was sent; the first ten
seconds do not count; every payment must come back with one score in its partition, and every person who
tests cards must be found. An alert's latency is that of the payment that completed its finding.

The floor: the same client reads the payments of one partition back in the same run: Kafka's round trip,
produce to consume, one hop where a score takes two and an alert three, on a machine that is as busy.
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.errors import BenchmarkError
from benchmarks.kafka_log import fill
from benchmarks.percentiles import percentile
from benchmarks.process_cpu import child_named, cpu_seconds, machine_seconds, running
from benchmarks.readiness import wait_until_at_work
from benchmarks.workload import make_workload
from producers.administration import create_topics
from schemas.topics import MODELS
from tillwatch.stack.broker import running_broker

__all__ = ["Latencies", "measure_latency", "report_latency"]

SEED = 20_260_301
MODEL_PER_DAY = 1_000
"""Payments a day that the model is trained on."""

Times = NDArray[np.float64]


@dataclass(frozen=True)
class Latencies:
    """Milliseconds since each payment was due, warm-up left out; what the processes took of a core.

    `late` is how late the client sent; it is part of the other latencies. `cores["others"]` is what the
    machine did besides: with much of it, latencies tell of the machine. `cpu_us` is what each process took
    for a payment, those of the warm-up among them.
    """

    rate: float
    late: Times
    round_trips: Times
    scores: Times
    alerts: Times
    cores: dict[str, float]
    cpu_us: dict[str, float]


def measure_latency(
    rate: float, seconds: float, warm_up_seconds: float, announce: Callable[[str], None]
) -> Latencies:
    """Send payments at a rate and measure when their scores and alerts arrive.

    Parameters
    ----------
    rate
        Payments a second.
    seconds, warm_up_seconds
        Measured, and before.
    announce
        Is told what is happening.

    Raises
    ------
    BenchmarkError
        A process ended, or an answer never came, came twice or elsewhere.

    """
    with (
        tempfile.TemporaryDirectory(prefix="tillwatch-benchmark-") as name,
        running_broker(Path(name), announce=announce) as broker,
    ):
        server, folder = broker.bootstrap_servers, Path(name)
        create_topics(server)
        announce("training a model")
        # what a busy day's budget would let through is left out: an alert a second is raised by intent
        model = make_workload(1, SEED, per_day=MODEL_PER_DAY).model.model_copy(update={"threshold": 1.0})
        fill(server, MODELS, [model])
        environment = {"TILLWATCH_KAFKA_BOOTSTRAP_SERVERS": server}
        with (
            running("tillwatch", ["worker"], folder / "worker.log", environment) as worker,
            running("tillwatch", ["judge"], folder / "judge.log", environment) as judge,
        ):
            pids = {"broker": child_named("java"), "worker": worker.pid, "judge": judge.pid}

            def still_runs() -> bool:
                return worker.poll() is None and judge.poll() is None

            wait_until_at_work(server, {"fraud": 1, "series": 1, "stock": 1, "judge": 1}, still_runs)
            announce(f"sending {rate:,.0f} payments a second for {warm_up_seconds + seconds:,.0f} s")
            before, began = seconds_of(pids), time.monotonic()
            count = round(rate * (warm_up_seconds + seconds))
            times = ask(server, rate, count, folder)
            spent = {name: now - before[name] for name, now in seconds_of(pids).items()}
            elapsed = time.monotonic() - began
    machine = spent.pop("machine")
    spent["others"] = max(0.0, machine - sum(spent.values()))
    return after_warm_up(
        times,
        rate,
        round(rate * warm_up_seconds),
        cores={name: cpu / elapsed for name, cpu in spent.items()},
        cpu_us={name: cpu / count * 1e6 for name, cpu in spent.items() if name in pids},
    )


def seconds_of(pids: Mapping[str, int]) -> dict[str, float]:
    """CPU of processes, of the client and of the whole machine so far.

    The client is whatever child has ended: while the worker runs, nothing else ends.
    """
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        **{name: cpu_seconds(pid) for name, pid in pids.items()},
        "client": ended.ru_utime + ended.ru_stime,
        "machine": machine_seconds(),
    }


def ask(
    server: str, rate: float, count: int, folder: Path, *, patience_seconds: float = 30.0
) -> dict[str, Times]:
    """Run the client; give all its times.

    Raises
    ------
    BenchmarkError
        An answer came twice or elsewhere, or not so long after the last payment.

    """
    result = folder / "times.npz"
    arguments = [server, str(rate), str(count), str(patience_seconds), str(result)]
    client = subprocess.run(
        [sys.executable, "-m", "benchmarks.latency_client", *arguments],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    if client.returncode:
        logs = [(folder / f"{name}.log").read_text(errors="replace")[-1500:] for name in ("worker", "judge")]
        raise BenchmarkError("\n".join([client.stderr[-1500:], *logs]))
    with np.load(result) as times:
        return {name: times[name] for name in times.files}


def after_warm_up(
    times: dict[str, Times], rate: float, first: int, *, cores: dict[str, float], cpu_us: dict[str, float]
) -> Latencies:
    """Leave out the first payments, and the alerts that they raised."""
    due = times["due"]
    measured = times["alerts_due"] >= due[first]
    echoes = (times["echoes"] - due)[first:]
    return Latencies(
        rate=rate,
        late=times["late"][first:] * 1e3,
        round_trips=echoes[~np.isnan(echoes)] * 1e3,
        scores=(times["scores"] - due)[first:] * 1e3,
        alerts=(times["alerts"] - times["alerts_due"])[measured] * 1e3,
        cores=cores,
        cpu_us=cpu_us,
    )


def report_latency(result: Latencies) -> tuple[str, dict[str, float | None]]:
    """Write the table and the flat record."""
    rows = {
        "sent late": result.late,
        "Kafka's round trip": result.round_trips,
        "produce to score": result.scores,
        "produce to alert": result.alerts,
    }
    lines = [
        f"{len(result.scores):,} payments at {result.rate:,.0f} a second, each scored once; "
        f"{len(result.alerts):,} card testers, each found; "
        + ", ".join(f"{name} {share:.0%} of a core" for name, share in result.cores.items()),
        "µs of CPU a payment: " + ", ".join(f"{name} {cost:.0f}" for name, cost in result.cpu_us.items()),
        f"{'ms since the payment was due':30}{'p50':>8}{'p90':>8}{'p99':>8}{'p99.9':>8}{'longest':>9}",
    ]
    for name, values in rows.items():
        shown = [percentile(values, percent) for percent in (50, 90, 99, 99.9)]
        lines.append(f"{name:30}" + "".join(f"{one:8.1f}" for one in shown) + f"{values.max():9.1f}")
    return "\n".join(lines), {
        "score_p50_ms": round(percentile(result.scores, 50), 2),
        "score_p99_ms": round(percentile(result.scores, 99), 2),
        "score_p999_ms": round(percentile(result.scores, 99.9), 2),
        "alert_p50_ms": round(percentile(result.alerts, 50), 2),
        "alert_p99_ms": round(percentile(result.alerts, 99), 2),
        "kafka_round_trip_p99_ms": round(percentile(result.round_trips, 99), 2),
        "kafka_round_trip_p50_ms": round(percentile(result.round_trips, 50), 2),
        "sent_late_p99_ms": round(percentile(result.late, 99), 2),
        **{f"{name}_us_per_payment": round(cost, 1) for name, cost in result.cpu_us.items()},
    }
