"""One table of everything that was measured, and of what was not."""

from pathlib import Path

import pytest

from benchmarks.__main__ import registered
from benchmarks.bars import BARS, Bar
from benchmarks.overview import Outcome, overview, run_benchmark


def line_of(table: str, figure: str) -> str:
    [line] = [line for line in table.splitlines() if figure in line]
    return line


def test_each_figure_stands_beside_its_bar() -> None:
    record = {
        "us_per_event": 24.0, "stock_faust_us": 200.0, "quixstreams_us": 48.0, "aiokafka_us": 5.0,
        "events_per_second": 20_000.0, "source_and_emit_us": 6.0, "source_and_emit_ratio": 1.2,
    }  # fmt: skip
    table, flat = overview([Outcome("throughput", record)])
    assert line_of(table, "full fraud path").split()[-5:] == ["≤", "25", "≤", "15", "holds"]
    assert line_of(table, "share of stock Faust").split()[-4:] == ["0.12", "≤", "0.1", "MISSED"]
    assert line_of(table, "share of quixstreams").split()[-4:] == ["0.5", "≤", "0.667", "holds"]
    assert flat["throughput_us_per_event"] == 24.0


def test_what_could_not_run_says_why() -> None:
    table, flat = overview([Outcome("fraud", None, "name the folder of the data")])
    assert table.splitlines()[1].split(maxsplit=1) == ["fraud", "not measured: name the folder of the data"]
    assert flat == {}


def test_figures_without_a_bar_are_shown_all_the_same() -> None:
    table, _ = overview([Outcome("new", {"pages": 12_345.6, "nothing": None})])
    assert line_of(table, "pages").split() == ["new", "pages", "12,346"]
    assert line_of(table, "nothing").split() == ["new", "nothing", "none"]


def test_a_bar_may_be_a_lower_one() -> None:
    bar = Bar("chaos", "raw duplicates", "raw_duplicates", 1.0, higher_is_better=True)
    assert bar.passes(1.0)
    assert not bar.passes(0.0)
    assert Bar("scale", "speed-up", "speedup", None).passes(1.0) is None
    assert Bar("a", "share", "part", 1.0, over="whole").measured({"part": 1.0, "whole": 0.0}) is None


def test_everything_registered_is_run() -> None:
    assert {"fraud", "incidents", "throughput", "latency", "scale", "every"} <= set(registered())


def test_every_bar_tells_its_figure_apart() -> None:
    assert len({(bar.benchmark, bar.what) for bar in BARS}) == len(BARS)


def test_a_benchmark_that_fails_is_no_reason_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TILLWATCH_DATA", raising=False)
    outcome = run_benchmark("fraud", [], lambda _: None)
    assert outcome.record is None
    assert "TILLWATCH_DATA" in outcome.reason


def test_the_last_line_is_the_record(tmp_path: Path) -> None:
    outcome = run_benchmark("incidents", ["--data", str(tmp_path), "--help"], lambda _: None)
    assert outcome.record is None
    assert "no record" in outcome.reason
