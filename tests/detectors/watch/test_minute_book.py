"""Cumulative partials become sums: whatever their order, their repeats and their generations."""

from random import Random

import numpy as np
import pytest

from detectors.watch.minute_book import SLOT_SECONDS, MinuteBook
from schemas.metric_partial import MetricPartial
from tests.support.made_chain import BEGIN, partial

START = int(BEGIN.timestamp())
MINUTE = 60


def told(minute: int, count: int, offset: int, **fields: object) -> MetricPartial:
    return partial("orders", "s1", "pos", minute, count=count, total=count * 100, offset=offset, **fields)


def sums(book: MinuteBook, minutes: int = 60) -> tuple[int, int]:
    return book.sums("orders", "s1", START, START + minutes * MINUTE)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_last_offset_of_a_partition_wins_in_any_order(order: tuple[int, ...]) -> None:
    book = MinuteBook()
    partials = [told(5, 1, 10), told(5, 2, 11), told(5, 4, 19)]
    book.take([partials[place] for place in order])
    assert sums(book) == (4, 400)


def test_partitions_and_channels_add_up() -> None:
    book = MinuteBook()
    other = partial("orders", "s1", "app", 5, count=7, total=70, offset=3)
    book.take([told(5, 2, 11, partition=0), told(5, 3, 4, partition=1), told(6, 1, 5, partition=1), other])
    assert sums(book) == (13, 670)
    assert book.sums("orders", "s1", START, START + 3_600, channel="app") == (7, 70)
    assert sums(book, minutes=6) == (12, 570)


@pytest.mark.parametrize(
    ("before", "after", "events"),
    [("topic:0", "topic:1", 2), ("topic:1", "topic:0", 5), ("old-topic:3", "new-topic:0", 2)],
)
def test_a_new_generation_starts_anew_and_an_earlier_one_is_over(
    before: str, after: str, events: int
) -> None:
    book = MinuteBook()
    book.take([told(5, 5, 900, generation=before), told(5, 2, 3, generation=after)])
    assert sums(book)[0] == events


def test_sums_equal_the_events_however_they_came() -> None:
    random = Random(3)
    partials, expected = [], 0
    for minute in range(200):
        for partition in range(3):
            counts = sorted(random.sample(range(1, 50), 4))
            offset = minute * 100
            partials += [
                told(minute, one, offset + place, partition=partition) for place, one in enumerate(counts)
            ]
            expected += counts[-1]
    random.shuffle(partials)
    book = MinuteBook()
    book.take(partials)
    book.take(partials)
    assert sums(book, minutes=200) == (expected, expected * 100)
    first = START // SLOT_SECONDS
    counts_, totals = book.history("orders", "s1", first, first + 14)
    assert (counts_.sum(), totals.sum()) == (expected, expected * 100)


def test_forgotten_minutes_stay_in_the_history_and_late_ones_are_counted() -> None:
    book = MinuteBook()
    book.take([told(minute, 1, minute) for minute in range(120)])
    book.forget(START + 60 * MINUTE)
    assert len(book) == 60
    book.take([told(5, 9, 10_000)])
    assert book.late == 1
    first = START // SLOT_SECONDS
    assert np.array_equal(book.history("orders", "s1", first, first + 8)[0], np.full(8, 15.0))


def test_the_history_is_five_weeks_and_never_mixes_days() -> None:
    book = MinuteBook()
    minutes_per_day = 24 * 60
    book.take([told(day * minutes_per_day, 1, day) for day in range(50)])
    first = START // SLOT_SECONDS
    counts, _ = book.history("orders", "s1", first, first + 50 * 96)
    assert counts[: 14 * 96].sum() == 0
    assert counts[14 * 96 :].sum() == 36
