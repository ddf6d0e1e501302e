"""Arrivals are counted exactly, and a count never starts again."""

from datetime import timedelta
from random import Random

from detectors.series.arrivals import Arrivals
from schemas.arrival_partial import ArrivalPartial
from schemas.click import Click
from tests.support.events import MONDAY, click, movement, payment
from tests.support.scores import score
from tests.support.spelled import spelled


def arrivals() -> Arrivals:
    return Arrivals("topic-id:0", "clicks", 3)


def sent(seq: int, days: float, *, source: str = "shop", run: str = "run-1") -> tuple[int, Click]:
    """A click; its offset is irrelevant here."""
    moment = MONDAY + timedelta(days=days)
    return seq, click(seq, source=source, run=run).model_copy(update={"occurred_at": moment})


def others(days: float) -> list[tuple[int, Click]]:
    """Enough events of other sources to move time on."""
    return [sent(seq, days, source=f"other-{seq % 3}") for seq in range(128)]


def last_wins(partials: list[ArrivalPartial]) -> dict[str, ArrivalPartial]:
    return {partial.key: partial for partial in partials}


def test_partials_are_cumulative_and_come_only_when_they_change() -> None:
    tally = arrivals()
    tally.count([sent(0, 0), sent(2, 0.5), sent(0, 0, run="run-2")])
    first, second = tally.touched()
    assert (first.source, first.run, first.topic, first.store_id) == ("shop", "run-1", "clicks", "web")
    assert (first.arrived, first.highest_seq, first.origin.offset) == (2, 2, 2)
    assert first.last_occurred_at == MONDAY + timedelta(days=0.5)
    assert (second.run, second.arrived) == ("run-2", 1)
    assert tally.touched() == []
    tally.count([(9, sent(1, 0.1)[1])])
    (again,) = tally.touched()
    assert (again.arrived, again.highest_seq, again.last_occurred_at) == (3, 2, first.last_occurred_at)
    assert spelled(again.origin) == {
        "generation": "topic-id:0", "topic": "clicks", "partition": 3, "offset": 9,
    }  # fmt: skip


def test_a_payment_counts_for_the_topic_that_its_source_numbers() -> None:
    tally = Arrivals("g:0", "scores", 2)
    paid = payment(7, store_id="store-4")
    tally.count([(11, score(2, 5, paid=paid)), (12, score(2, 6, paid=payment(8)))])
    partial = tally.touched()[0]
    assert (partial.topic, partial.origin.topic, partial.origin.offset) == ("transactions", "scores", 12)
    assert (partial.source, partial.arrived, partial.highest_seq) == (paid.source, 2, 8)
    assert partial.store_id == "store-4"


def test_records_that_say_nothing_of_a_number_are_left_out() -> None:
    tally = Arrivals("g:0", "scores", 2)
    whole = score(2, 5)
    assert whole.payment is not None
    old = whole.model_copy(update={"payment": whole.payment.model_copy(update={"run": None, "seq": None})})
    refused = whole.model_copy(update={"payment": None, "disposition": "refused"})
    tally.count([(1, old), (2, refused)])
    assert tally.touched() == []


def test_a_movement_stands_where_its_place_is() -> None:
    tally = Arrivals("g:0", "stock-movements", 0)
    tally.count([(0, movement(4, place_id="warehouse"))])
    (partial,) = tally.touched()
    assert (partial.topic, partial.store_id, partial.highest_seq) == ("stock-movements", "warehouse", 4)


def test_sums_over_batches_are_exact_in_any_order() -> None:
    random = Random(3)
    events = [sent(seq, seq / 500, run=f"run-{seq // 400}") for seq in range(1_200)]
    random.shuffle(events)
    whole, cut = arrivals(), arrivals()
    whole.count(events)
    partials = []
    while events:
        batch, events = events[:7], events[7:]
        cut.count(batch)
        partials += cut.touched()
    assert last_wins(whole.touched()) == last_wins(partials)
    assert [partial.arrived for partial in last_wins(partials).values()] == [400] * 3


def test_a_spool_drains_into_the_run_before_however_long_it_was_cut_off() -> None:
    """Off for ten days; then the new run sells before the old one's spool is sent."""
    tally = arrivals()
    tally.count([sent(seq, 0) for seq in range(10)])
    for day in range(1, 11):
        tally.count(others(day))
    tally.count([sent(0, 10, run="run-2")])
    tally.count(others(10.2))
    tally.count([sent(10, 0.1)])
    assert last_wins(tally.touched())["shop|run-1|clicks|clicks|3"].arrived == 11


def test_a_forgotten_run_never_starts_again() -> None:
    tally = arrivals()
    tally.count([*others(0), *(sent(seq, 0) for seq in range(10)), sent(0, 1, run="run-2")])
    for day in range(1, 8):
        tally.count([*others(day), sent(day, day, run="run-2")])
    tally.touched()
    tally.count([sent(10, 0.1)])
    assert tally.touched() == []
    assert tally.late == 1


def test_a_source_that_is_long_quiet_goes_on_counting() -> None:
    tally = arrivals()
    tally.count([*others(0), *(sent(seq, 0) for seq in range(10))])
    for day in range(1, 13):
        tally.count(others(day))
    tally.touched()
    tally.count([sent(10, 12)])
    (partial,) = tally.touched()
    assert partial.arrived == 11


def test_a_clock_years_ahead_forgets_nobody() -> None:
    tally = arrivals()
    tally.count([*others(0), sent(0, 0), sent(0, 26_000, source="broken"), sent(1, 0.01)])
    tally.count(others(0.02))
    counts = {partial.source: partial.arrived for partial in tally.touched()}
    assert (counts["shop"], counts["broken"]) == (2, 1)
