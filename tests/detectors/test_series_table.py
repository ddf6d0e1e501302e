"""A series is declared once, and nothing is counted, judged or drawn that is not."""

import ast
from pathlib import Path

import pytest

import detectors
from detectors.series.page import series_page
from detectors.series.table import SERIES, WATCHED, watched_by
from detectors.watch.expectations import EXPECTED_CHAIN, EXPECTED_STORE
from detectors.watch.funnel import READS
from detectors.watch.seasonal import LEARNT

ROOT = Path(detectors.__file__).parents[1]
FILES = sorted(file for folder in ("detectors/watch", "console") for file in (ROOT / folder).rglob("*.py"))
ASKS = {"sums", "stores", "history", "rate", "per_day", "_sums", "_chain", "events"}
"""Methods that are asked by the name of a series."""


def named(tree: ast.AST) -> set[str]:
    """Names of series that are spelled in code: where one is watched, and where figures are asked for."""
    found = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        given = [one.value for one in node.keywords if one.arg == "series"]
        method = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        given += node.args[:1] if method in ASKS else []
        found |= {one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_a_series_that_is_spelled_is_declared(file: Path) -> None:
    assert named(ast.parse(file.read_text())) - set(SERIES) == set()


@pytest.mark.parametrize(
    "source",
    ['WatchedSeries(series="sails")', 'self._book.sums("sails", store_id, 1, 2)', 'events("sails", 3)'],
)
def test_one_that_is_not_declared_is_refused(source: str) -> None:
    assert named(ast.parse(source)) - set(SERIES) == {"sails"}


def test_series_are_declared_by_their_own_names_and_rhythms() -> None:
    for name, one in SERIES.items():
        assert one.name == name
        assert {one.given, one.told_as} - {None} <= set(WATCHED)
        if one.rhythm is not None:
            assert SERIES[one.rhythm].rhythm == one.rhythm
        assert one.title
        assert one.one
        assert one.many


def test_what_is_judged_or_expected_has_a_usual_value_and_a_direction() -> None:
    assert set(WATCHED) <= set(LEARNT)
    assert set(EXPECTED_CHAIN) <= set(LEARNT)
    assert set(EXPECTED_STORE) <= set(EXPECTED_CHAIN)
    assert [name for name in WATCHED if SERIES[name].bad is None] == []
    judged = {*WATCHED, *watched_by("categories")}
    assert [name for name, one in SERIES.items() if one.bad and name not in judged] == []


def test_watchers_read_what_the_table_says() -> None:
    assert frozenset(watched_by("checkout")) == READS
    assert set(watched_by("sales")) == {"orders", "revenue"}


def test_the_page_is_what_the_table_says() -> None:
    assert (ROOT / "docs" / "series.md").read_text() == series_page(SERIES.values()), "run `make schemas`"
