"""Partials are cumulative, complete, and never start again."""

from datetime import timedelta
from random import Random

from detectors.series.minutes import MinuteSeries
from schemas.click import Click
from schemas.metric_partial import MetricPartial
from tests.support.events import MONDAY, click, movement
from tests.support.spelled import spelled


def series() -> MinuteSeries:
    return MinuteSeries("topic-id:0", "clicks", 3)


def seen(seq: int, minutes: float) -> tuple[int, Click]:
    return seq, click(seq).model_copy(update={"occurred_at": MONDAY + timedelta(minutes=minutes)})


def last_wins(partials: list[MetricPartial]) -> dict[str, MetricPartial]:
    return {partial.key: partial for partial in partials}


def test_partials_are_cumulative_and_come_only_when_they_change() -> None:
    minutes = series()
    minutes.count([seen(0, 0), seen(1, 0.5), seen(2, 1)])
    first, second = minutes.touched()
    assert (first.count, first.total, first.origin.offset, first.minute) == (2, 2, 1, MONDAY)
    assert (second.count, second.origin.offset, second.minute) == (1, 2, MONDAY + timedelta(minutes=1))
    assert minutes.touched() == []
    minutes.count([seen(7, 0.9)])
    (again,) = minutes.touched()
    assert (again.count, again.origin.offset) == (3, 7)
    assert spelled(again.origin) == {
        "generation": "topic-id:0", "topic": "clicks", "partition": 3, "offset": 7,
    }  # fmt: skip


def test_totals_are_sums_of_pieces_per_place() -> None:
    minutes = MinuteSeries("g:0", "stock-movements", 0)
    minutes.count([(seq, movement(seq, quantity=seq)) for seq in range(6)])
    totals = {partial.store_id: (partial.count, partial.total) for partial in minutes.touched()}
    assert totals == {"store-0": (2, 3), "store-1": (2, 5), "store-2": (2, 7)}


def test_last_partials_add_up_to_the_events_whatever_the_batches() -> None:
    random = Random(4)
    events = [seen(seq, seq / 10 - random.random() * 30) for seq in range(3_000)]
    whole, one_by_one = series(), series()
    whole.count(events)
    partials = []
    for event in events:
        one_by_one.count([event])
        partials += one_by_one.touched()
    assert last_wins(whole.touched()) == last_wins(partials)
    assert sum(partial.count for partial in last_wins(partials).values()) == 3_000


def test_a_closed_minute_never_starts_again() -> None:
    minutes = series()
    partials: dict[str, MetricPartial] = {}
    counted = 0
    for seq in range(5_000):
        late = seq % 10 == 0
        minutes.count([seen(seq, seq - 60 * 47 if late and seq % 20 else seq - 60 * 60 if late else seq)])
        for partial in minutes.touched():
            before = partials.get(partial.key)
            assert partial.count == (before.count if before else 0) + 1
            partials[partial.key] = partial
            counted += 1
    assert minutes.late > 0
    assert counted + minutes.late == 5_000
    assert len(minutes) <= 60 * (48 + 3)


def test_a_broken_clock_closes_nothing() -> None:
    minutes = series()
    minutes.count([seen(seq, 0) for seq in range(100)])
    minutes.count([(100, click(100).model_copy(update={"occurred_at": MONDAY.replace(year=2099)}))])
    minutes.count([seen(seq, 1) for seq in range(101, 300)])
    assert minutes.late == 0
