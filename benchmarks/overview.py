"""All benchmarks in one table: each figure beside its bar."""

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import orjson

from benchmarks.bars import BARS, Bar

__all__ = ["Outcome", "overview", "run_benchmark"]

Record = Mapping[str, float | None]


class Outcome(NamedTuple):
    """What one benchmark came to: its record, or why there is none."""

    name: str
    record: Record | None
    reason: str = ""


def run_benchmark(name: str, arguments: Sequence[str], announce: Callable[[str], None]) -> Outcome:
    """Run one benchmark as its own command, with its own settings; what it prints is announced."""
    announce(f"--- {name}")
    process = subprocess.run(
        [sys.executable, "-m", "benchmarks", name, *arguments],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    announce(process.stdout.rstrip())
    if process.returncode:
        said = process.stderr.strip().splitlines()
        return Outcome(name, None, said[-1] if said else f"exit code {process.returncode}")
    return Outcome(name, *last_record(process.stdout))


def last_record(printed: str) -> tuple[Record | None, str]:
    """Read the record on the last line; None, and why, where there is none."""
    last = printed.strip().rpartition("\n")[2]
    try:
        record: Record = orjson.loads(last)
    except orjson.JSONDecodeError:
        return None, f"no record in its last line: {last[:100]}"
    return record, ""


def overview(outcomes: Sequence[Outcome]) -> tuple[str, dict[str, float | None]]:
    """Write the table, and every figure under `benchmark_key`."""
    lines = [f"{'benchmark':12}{'figure':42}{'measured':>12}{'bar':>10}{'aim':>8}  "]
    for outcome in outcomes:
        if outcome.record is None:
            lines.append(f"{outcome.name:12}not measured: {outcome.reason}")
            continue
        bars = [bar for bar in BARS if bar.benchmark == outcome.name] or [
            Bar(outcome.name, key, key, None) for key in outcome.record
        ]
        lines += [line(bar, bar.measured(outcome.record)) for bar in bars]
    return "\n".join(lines), {
        f"{outcome.name}_{key}": value
        for outcome in outcomes
        for key, value in (outcome.record or {}).items()
    }


def line(bar: Bar, value: float | None) -> str:
    """Write the line of one figure."""
    sign = "≥" if bar.higher_is_better else "≤"
    limit, aim = (f"{sign} {bound:g}" if bound is not None else "" for bound in (short(bar.limit), bar.aim))
    shown = "none" if value is None else f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
    passed = None if value is None else bar.passes(value)
    said = {None: "", True: "holds", False: "MISSED"}[passed]
    return f"{bar.benchmark:12}{bar.what:42}{shown:>12}{limit:>10}{aim:>8}  {said}".rstrip()


def short(bound: float | None) -> float | None:
    """Round a bound for people."""
    return None if bound is None else round(bound, 3)
