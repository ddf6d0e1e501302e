"""Minutes of many series: handed out once and finished, whatever the order; later figures correct them."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.series.grid import Correction, MinuteGrid
from detectors.watch.minute_book import MinuteBook
from schemas.metric_partial import MetricPartial
from tests.support.made_chain import BEGIN, partial

START = int(BEGIN.timestamp())
FIRST = START // 60
SERIES = ("orders", "views")


def told(minute: int, count: int, offset: int, series: str = "orders", **fields: object) -> MetricPartial:
    return partial(series, "s1", "", minute, count=count, total=count * 100, offset=offset, **fields)


partials = st.lists(
    st.builds(
        told,
        st.integers(0, 19),
        st.integers(1, 30),
        st.integers(0, 50),
        series=st.sampled_from(SERIES),
        partition=st.integers(0, 3),
        generation=st.sampled_from(["topic:0", "topic:1", "other:0"]),
    ),
    min_size=1,
    max_size=80,
)
cuts = st.lists(st.integers(0, 80), max_size=4)


def batches(some: list[MetricPartial], at: list[int]) -> list[list[MetricPartial]]:
    edges = [0, *sorted(at), len(some)]
    return [some[first:last] for first, last in pairwise(edges)]


@settings(max_examples=60, deadline=None)
@given(some=partials, at=cuts)
def test_sums_are_those_of_the_book_however_they_are_cut(some: list[MetricPartial], at: list[int]) -> None:
    book, grid = MinuteBook(), MinuteGrid(30)
    for batch in batches(some, at):
        book.take(batch)
        grid.take(batch)
    finished = grid.close(START + 20 * 60)
    for row, place in enumerate(grid.places):
        for minute, counts, totals in finished:
            begin = minute * 60
            assert (counts[row], totals[row]) == book.sums(place.series, "s1", begin, begin + 60)
    assert grid.late == 0


@settings(max_examples=60, deadline=None)
@given(some=partials, at=cuts, seed=st.integers(0, 99))
def test_finished_minutes_and_their_corrections_add_up_to_all(
    some: list[MetricPartial], at: list[int], seed: int
) -> None:
    """Whatever comes after a minute was handed out; and none is handed out twice, nor before it has ended."""
    random, grid, book = Random(seed), MinuteGrid(30), MinuteBook()
    sums: dict[tuple[str, int], list[int]] = {}
    handed: list[int] = []
    until = 0
    for batch in batches(some, at):
        grid.take(batch)
        book.take(batch)
        until += random.randint(0, 9)
        for minute, counts, totals in grid.close(START + until * 60 + random.randint(0, 59)):
            assert (minute + 1) * 60 <= START + (until + 1) * 60
            handed.append(minute)
            for row, place in enumerate(grid.places[: len(counts)]):
                sums[place.series, minute] = [int(counts[row]), int(totals[row])]
        for one in grid.corrections():
            assert one.minute < grid_open(handed, until)
            held = sums.setdefault((grid.places[one.row].series, one.minute), [0, 0])
            held[0] += one.counted
            held[1] += one.total
    assert handed == sorted(set(handed))
    for (series, minute), held in sums.items():
        assert tuple(held) == book.sums(series, "s1", minute * 60, minute * 60 + 60)


def grid_open(handed: list[int], until: int) -> int:
    """The first minute that was not handed out."""
    return max([FIRST + until, *(minute + 1 for minute in handed)])


def test_an_unfinished_minute_is_not_handed_out() -> None:
    grid = MinuteGrid()
    grid.take([told(5, 3, 1)])
    assert [minute - FIRST for minute, _, _ in grid.close(START + 5 * 60 + 59.9)] == []
    assert [minute - FIRST for minute, _, _ in grid.close(START + 6 * 60)] == [5]
    assert grid.close(START + 6 * 60 + 30) == []


def test_a_late_event_corrects_the_minute_by_what_changed() -> None:
    grid = MinuteGrid()
    grid.take([told(5, 3, 1), told(5, 4, 1, partition=1)])
    grid.close(START + 8 * 60)
    grid.take([told(5, 5, 9), told(5, 2, 0), told(8, 1, 10)])
    assert grid.corrections() == [Correction(0, FIRST + 5, 2, 200)]
    assert grid.corrections() == []


@pytest.mark.parametrize("behind", [31, 500])
def test_what_is_older_than_what_is_kept_changes_nothing_and_is_counted(behind: int) -> None:
    """A till that was offline: its minutes are history, they are not in the newest minutes any more."""
    grid = MinuteGrid(30)
    grid.take([told(600, 3, 1)])
    grid.take([told(600 - behind, 8, 2, partition=1)])
    assert (grid.late, grid.corrections()) == (1, [])
    assert [counts.tolist() for _, counts, _ in grid.close(START + 601 * 60)] == [[3]]


def test_minutes_in_which_nothing_came_are_handed_out_as_nothing() -> None:
    grid = MinuteGrid()
    grid.take([told(5, 3, 1)])
    assert [counts.tolist() for _, counts, _ in grid.close(START + 8 * 60)] == [[3], [0], [0]]


def test_a_series_that_appears_has_a_row_from_then_on() -> None:
    grid = MinuteGrid()
    grid.take([told(5, 3, 1)])
    grid.take(
        [partial("views", f"s{number}", "", 6, count=number, total=0, offset=2) for number in range(1, 200)]
    )
    finished = grid.close(START + 7 * 60)
    assert len(grid) == 200
    assert [counts[150] for _, counts, _ in finished] == [0, 150]


@pytest.mark.parametrize("first", [True, False])
def test_an_event_from_the_future_changes_nothing_and_is_counted(first: bool) -> None:
    """A till whose clock is years ahead moves no minute out of the grid."""
    grid, wrong = MinuteGrid(), told(10_000_000, 7, 3, partition=2)
    grid.take([told(5, 3, 1), wrong] if first else [told(5, 3, 1)])
    grid.take([told(6, 4, 2)] if first else [told(6, 4, 2), wrong])
    assert grid.ahead == 1
    assert [counts.tolist() for _, counts, _ in grid.close(START + 7 * 60)] == [[3], [4]]


def test_after_a_long_time_without_a_question_only_the_newest_minutes_are_handed_out() -> None:
    grid = MinuteGrid(10)
    grid.take([told(0, 1, 1)])
    finished = grid.close(START + 1_000 * 60)
    assert [minute - FIRST for minute, _, _ in finished] == list(range(990, 1_000))
    grid.take([told(1_003, 2, 5)])
    assert [counts.tolist() for _, counts, _ in grid.close(START + 1_004 * 60)] == [[0], [0], [0], [2]]
