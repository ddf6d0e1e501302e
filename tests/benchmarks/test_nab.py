"""The benchmark's scores are those of the published rules, on cases worked out by hand."""

import os
from math import exp
from pathlib import Path

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from typer.testing import CliRunner

from benchmarks.__main__ import app
from benchmarks.errors import BenchmarkError
from benchmarks.nab import nab_folder
from benchmarks.nab_halves import FACTORS, LEFT_OUT, folder_score, half_score
from benchmarks.nab_scoring import PROFILES, Window, best_threshold, ledger, normalised, probation
from benchmarks.nab_series import read_all

ROWS = 1_000
WINDOWS: list[Window] = [(300, 399), (600, 699)]
STANDARD = PROFILES["standard"]


def said(*rows: int, count: int = ROWS) -> NDArray[np.float64]:
    """Scores of a detector that is sure of these rows."""
    scores = np.zeros(count)
    scores[list(rows)] = 1.0
    return scores


def sigmoid(position: float) -> float:
    """The scaled sigmoid, as the paper prints it."""
    return 2 / (1 + exp(5 * position)) - 1


@pytest.mark.parametrize("profile", PROFILES)
def test_perfect_has_100_and_silence_nothing(profile: str) -> None:
    perfect, silent = ledger(said(300, 600), WINDOWS), ledger(said(), WINDOWS)
    assert normalised([perfect], PROFILES[profile], 1.0) == pytest.approx(100)
    assert normalised([silent], PROFILES[profile], 1.0) == 0


@pytest.mark.parametrize(
    ("row", "expected"),
    [(300, 1.0), (350, sigmoid(-0.5) / sigmoid(-1)), (399, sigmoid(-0.01) / sigmoid(-1))],
)
def test_an_early_detection_is_worth_more_than_a_late_one(row: int, expected: float) -> None:
    assert ledger(said(row), WINDOWS).total(STANDARD, 1.0) == pytest.approx(expected - 1)


@pytest.mark.parametrize(
    ("row", "cost"),
    [
        (200, 1.0),  # before any window
        (400, -sigmoid(1 / 99)),  # right behind one of 100 rows
        (399 + 99, -sigmoid(1.0)),
        (699 + 297, -sigmoid(3.0)),
        (699 + 298, 1.0),  # more than three widths behind
        (500, -sigmoid(101 / 99)),  # behind the first, whatever comes next
    ],
)
@pytest.mark.parametrize("profile", PROFILES)
def test_a_false_alarm_costs_by_the_window_before_it(row: int, cost: float, profile: str) -> None:
    weights = PROFILES[profile]
    total = ledger(said(300, 600, row), WINDOWS).total(weights, 1.0)
    assert total == pytest.approx(2 * weights.hit - weights.false * cost)


def test_only_the_first_detection_in_a_window_counts() -> None:
    once, often = ledger(said(320), WINDOWS), ledger(said(*range(320, 400)), WINDOWS)
    assert once.total(STANDARD, 1.0) == often.total(STANDARD, 1.0)
    assert ledger(said(300, 320), WINDOWS).total(STANDARD, 1.0) > once.total(STANDARD, 1.0)


def test_nothing_counts_in_the_probation() -> None:
    assert probation(ROWS) == 150
    assert probation(100_000) == 750
    assert probation(9) == 1
    assert ledger(said(149), WINDOWS).total(STANDARD, 1.0) == -2
    assert ledger(said(150), WINDOWS).total(STANDARD, 1.0) == -2.11
    begun = [(100, 199)]  # its first half lies in the probation
    assert ledger(said(149), begun).total(STANDARD, 1.0) == -1
    assert ledger(said(150), begun).total(STANDARD, 1.0) == pytest.approx(sigmoid(-0.5) / sigmoid(-1))


def test_weights_are_those_of_the_profiles() -> None:
    missed = ledger(said(300, 200), WINDOWS)
    assert missed.total(PROFILES["standard"], 1.0) == pytest.approx(1 - 1 - 0.11)
    assert missed.total(PROFILES["low_fp"], 1.0) == pytest.approx(1 - 1 - 0.22)
    assert missed.total(PROFILES["low_fn"], 1.0) == pytest.approx(1 - 2 - 0.11)
    assert normalised([missed], PROFILES["low_fn"], 1.0) == pytest.approx(100 * (-1.11 + 4) / 6)


def test_series_without_a_window_only_cost() -> None:
    quiet = ledger(said(500), [])
    assert quiet.total(STANDARD, 1.0) == pytest.approx(-0.11)
    both = [quiet, ledger(said(300, 600), WINDOWS)]
    assert normalised(both, STANDARD, 1.0) == pytest.approx(100 * (2 - 0.11 + 2) / 4)
    with pytest.raises(BenchmarkError, match="no anomaly window"):
        normalised([quiet], STANDARD, 1.0)


@pytest.mark.parametrize(
    "windows", [[(5, 3)], [(0, 20), (15, 30)], [(50, 60), (20, 30)], [(990, 1_000)], [(-1, 3)]]
)
def test_windows_that_cannot_be_are_refused(windows: list[Window]) -> None:
    with pytest.raises(BenchmarkError, match="overlap or lie outside"):
        ledger(said(), windows)
    assert ledger(said(), [(0, 20), (21, 999)]).windows == 2


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), threshold=st.floats(0, 1.1))
def test_every_threshold_scores_as_its_alarms_alone_would(seed: int, threshold: float) -> None:
    """The books of all thresholds at once against a detector that says yes or no."""
    scores = np.random.default_rng(seed).choice(np.linspace(0, 1, 12), ROWS)
    book, alone = ledger(scores, WINDOWS), ledger((scores >= threshold).astype(np.float64), WINDOWS)
    for profile in PROFILES.values():
        total = book.total(profile, threshold)
        assert total == pytest.approx(alone.total(profile, 1.0))
        assert book.totals(profile, np.array([threshold]))[0] == pytest.approx(total)


def test_the_best_threshold_is_one_for_all_series() -> None:
    first, second = said(300, 600) * 0.9, said(300, 600) * 0.8
    second[200] = 0.85
    best, score = best_threshold([ledger(first, WINDOWS), ledger(second, WINDOWS)], STANDARD)
    assert best == 0.8
    assert score == pytest.approx(100 * (4 - 0.11 + 4) / 8)
    assert best_threshold([ledger(said(200), WINDOWS)], STANDARD)[1] == 0  # to say nothing is allowed


def test_a_half_is_scored_at_the_threshold_of_the_other() -> None:
    """Two series of a window each: what is best for one is not for the other."""
    table = np.array([[1.0, -1.0], [-1.0, 0.5]])
    windows = np.array([1, 1])
    assert half_score(table, windows, np.array([0, 1])) == 0
    assert half_score(table, windows, np.array([1, 0])) == 0
    assert half_score(table, np.array([1, 0]), np.array([0, 1])) is None
    assert folder_score(table, windows, np.array(["a", "b"])) == 0
    assert folder_score(table, windows, np.array(["a", "a"])) == 50  # nothing else to choose by: the lowest
    assert 1.0 in FACTORS
    assert max(LEFT_OUT) < probation(600)


def write(folder: Path, values: list[str], windows: object) -> Path:
    """A folder as the benchmark's are: two series alike with a value every five minutes."""
    (folder / "some").mkdir(parents=True)
    lines = [
        f"2014-01-{1 + at // 288:02d} {at // 12 % 24:02d}:{at % 12 * 5:02d}:00,{value}"
        for at, value in enumerate(values)
    ]
    for name in ("series.csv", "same.csv"):
        (folder / "some" / name).write_text("\n".join(["timestamp,value", *lines]))
    (folder / "windows.json").write_bytes(
        orjson.dumps({"some/series.csv": windows, "some/same.csv": windows})
    )
    return folder


def test_any_folder_of_the_layout_is_scored(tmp_path: Path) -> None:
    """A day's course with a little noise and a spike: found, and the last line says so."""
    noise = np.random.default_rng(3).normal(0, 1, 2_000)
    course = 50 + 10 * np.sin(np.arange(2_000) / 288 * 2 * np.pi) + noise
    course[1_500:1_505] = 150
    window = ["2014-01-06 03:00:00.000000", "2014-01-06 09:00:00.000000"]
    folder = write(tmp_path / "nab", [f"{value:.3f}" for value in course], [window])
    assert nab_folder(tmp_path) == nab_folder(folder) == folder
    done = CliRunner().invoke(app, ["nab", "--data", str(tmp_path), "--halves", "3"])
    assert done.exit_code == 0, done.output
    record = orjson.loads(done.stdout.splitlines()[-1])
    assert record["windows"] == record["series"] == 2
    assert record["standard"] > 60
    assert record["standard_best"] >= record["standard"]
    assert record["halves"] > 60
    assert {"low_fp", "low_fn", "us_per_event", "left_out"} <= record.keys()
    assert "some/series.csv" in done.stdout


@pytest.mark.parametrize(
    ("values", "windows", "reason"),
    [
        (["1", "2"], [["2015-01-01 00:00:00", "2015-01-02 00:00:00"]], "no row lies in the window"),
        (["1", "NaN"], [], "not finite"),
        (["1", "inf"], [], "not finite"),
        (["1", "much"], [], "much"),
        (["1", ""], [], "not finite"),
        ([], [], "no values"),
        (["1"], [["yesterday", "today"]], "yesterday"),
    ],
)
def test_a_folder_that_cannot_be_scored_is_refused(
    tmp_path: Path, values: list[str], windows: object, reason: str
) -> None:
    with pytest.raises(BenchmarkError, match=reason):
        read_all(write(tmp_path, values, windows))


def test_a_folder_without_windows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match=r"no windows\.json"):
        read_all(nab_folder(tmp_path))


@pytest.mark.skipif("TILLWATCH_DATA" not in os.environ, reason="TILLWATCH_DATA names no folder with the data")
def test_the_series_at_hand_are_read_whole() -> None:
    series = read_all(nab_folder(Path(os.environ["TILLWATCH_DATA"])))
    assert (len(series), sum(len(one.windows) for one in series)) == (29, 61)
    assert all(last > first >= 0.15 * 700 for one in series for first, last in one.windows)
