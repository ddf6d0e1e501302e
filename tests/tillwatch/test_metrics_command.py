"""`tillwatch metrics`, as somebody asks it."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from detectors.anomaly.registry import DETECTORS
from detectors.series.table import SERIES
from tillwatch.commands.metrics import metrics

RUN = CliRunner()


def test_list_names_every_series() -> None:
    said = RUN.invoke(metrics, ["list"])
    assert said.exit_code == 0
    assert [line.split()[0] for line in said.stdout.splitlines() if line.split()[0] in SERIES] == [*SERIES]


def test_show_says_what_is_declared_of_one() -> None:
    said = RUN.invoke(metrics, ["show", "refunds"])
    assert said.exit_code == 0
    assert "refunds and their money" in said.stdout
    assert "high" in said.stdout


def test_a_series_that_there_is_not_is_refused_by_name() -> None:
    said = RUN.invoke(metrics, ["show", "sails"])
    assert said.exit_code == 2
    assert "no series is called sails" in said.output


def test_page_writes_the_page(tmp_path: Path) -> None:
    assert RUN.invoke(metrics, ["page", str(tmp_path / "series.md")]).exit_code == 0
    assert "| `refunds` |" in (tmp_path / "series.md").read_text()


def fridge(path: Path, *, hour: int = 0, columns: int = 1) -> Path:
    """Write four weeks of a fridge's temperatures every quarter of an hour; it may warm up."""
    random, lines = np.random.default_rng(1), []
    for slot in range(28 * 96):
        at = np.datetime64("2026-03-02T00:00:00") + np.timedelta64(slot * 15, "m")
        warm = 9.0 if hour and hour * 4 <= slot < hour * 4 + 6 else 0.0
        figures = [f"{4 + warm + random.normal(0, 0.2):.2f}" for _ in range(columns)]
        lines.append(",".join([str(at), *figures]))
    names = [f"shelf {number}" for number in range(1, columns + 1)]
    path.write_text("\n".join([",".join(["time", *names]), *lines]))
    return path


@pytest.mark.parametrize("by", ["records", "half_space"])
def test_scan_finds_what_was_never_before(by: str, tmp_path: Path) -> None:
    hour = 24 * 24 + 10
    said = RUN.invoke(metrics, ["scan", str(fridge(tmp_path / "f.csv", hour=hour, columns=2)), "--by", by])
    assert said.exit_code == 0
    assert any(line.startswith("2026-03-26 1") for line in said.stdout.splitlines())
    assert f"values, by {by}" in said.stderr
    usual = RUN.invoke(metrics, ["scan", str(fridge(tmp_path / "u.csv", columns=2)), "--by", by])
    assert sum(line > "2026-03-16" for line in usual.stdout.splitlines()) <= 6


def test_scan_takes_seconds_since_1970_too(tmp_path: Path) -> None:
    file = tmp_path / "f.csv"
    file.write_text("at,figure\n" + "\n".join(f"{1_772_409_600 + 60 * n},{n % 7}" for n in range(300)))
    assert RUN.invoke(metrics, ["scan", str(file)]).exit_code == 0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "f.csv"),
        ("time,value\n", "at least one line"),
        ("time\n2026-03-02 00:00:00\n", "at least one figure"),
        ("time,value\nyesterday,1\n", "line 2 has no time"),
        ("time,value\n2026-03-02 00:00:00,many\n", "column value must hold a number"),
        ("time,value\n2026-03-02 00:00:00,1\n2026-03-02 00:01:00,\n", "column value must hold a number"),
        ("time,value\n2026-03-02 00:01:00,1\n2026-03-02 00:00:00,2\n", "line 3 is earlier"),
        ("time,value\n2026-03-02 00:01:00,inf\n", "finite"),
    ],
)
def test_scan_refuses_what_is_no_series(text: str, why: str, tmp_path: Path) -> None:
    file = tmp_path / "f.csv"
    file.write_text(text)
    said = RUN.invoke(metrics, ["scan", str(file)])
    assert said.exit_code == 2
    assert why in said.output


def test_scan_by_a_detector_that_there_is_not_names_those_that_there_are(tmp_path: Path) -> None:
    said = RUN.invoke(metrics, ["scan", str(fridge(tmp_path / "f.csv")), "--by", "magic"])
    assert said.exit_code == 2
    assert all(name in said.output for name in DETECTORS)
