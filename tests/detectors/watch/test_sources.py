"""What is here, what is missing, and who is silent."""

from datetime import datetime, timedelta
from math import inf

import pytest

from detectors.watch.finding import Finding
from detectors.watch.sources import SourceWatch
from detectors.watch.stores import StoreBook
from schemas.arrival_partial import ArrivalPartial
from tests.detectors.watch.chains import arrival, at, beat, book, store

TILLS = ("till-1", "till-2", "till-3", "till-4")


def minutes(seconds: float) -> float:
    return (datetime.fromtimestamp(seconds, at(0).tzinfo) - at(0)) / timedelta(minutes=1)


def complete(watch: SourceWatch, store_id: str = "a") -> float:
    """Minutes after opening until which a store is complete."""
    until = watch.complete_until(store_id)
    return until if until == -inf else minutes(until)


def beating(
    watch: SourceWatch, begin: int, end: int, *silent: str, every: int = 2, step: int = 1, run: str = "run-1"
) -> list[Finding]:
    """Let the tills of store a and two sources elsewhere beat; give the findings."""
    found = []
    for minute in range(begin, end, step):
        if minute % every == 0:
            watch.heartbeats([beat(till, minute, run=run) for till in TILLS if till not in silent])
        watch.heartbeats([beat(source, minute, store_id="b") for source in ("b-1", "b-2")])
        found += watch.findings(watch.now)
    return found


def everywhere(minute: int) -> list[ArrivalPartial]:
    """Let two sources of another store sell in every partition."""
    return [
        arrival(source, minute + 1, minute, store_id="b", partition=partition)
        for source in ("b-1", "b-2")
        for partition in range(8)
    ]


def chain() -> SourceWatch:
    """Two stores; every partition has passed five past nine."""
    watch = SourceWatch(book(store("a"), store("b", opens="00:00", closes="24:00", days=7)))
    watch.arrivals(everywhere(5))
    return watch


def test_nothing_is_known_before_a_heartbeat() -> None:
    watch = chain()
    watch.arrivals([arrival("till-1", 5, 1)])
    assert (watch.now, watch.complete_until("a"), watch.complete_until("")) == (-inf, -inf, -inf)
    assert watch.completeness("a") is None
    assert watch.findings(watch.now) == []


def test_complete_until_the_last_heartbeat_whose_events_are_here() -> None:
    watch = chain()
    watch.heartbeats([beat("till-1", 2, 10), beat("till-1", 4, 12)])
    assert complete(watch) == -inf
    watch.arrivals([arrival("till-1", 6, 2, highest=9), arrival("till-1", 4, 1, highest=7, partition=1)])
    assert complete(watch) == 2
    watch.arrivals([arrival("till-1", 7, 5, highest=13)])
    assert complete(watch) == 2, "12 of 14 are here, and nobody knows which"
    watch.arrivals([arrival("till-1", 9, 5, highest=13), arrival("till-1", 5, 4, highest=12, partition=1)])
    assert complete(watch) == 4
    assert watch.completeness("a") == 1.0


def test_a_gap_is_counted_exactly() -> None:
    watch = chain()
    watch.heartbeats([beat("till-1", 2, 10), beat("till-2", 2, 10)])
    watch.arrivals([arrival("till-1", 9, 1), arrival("till-2", 8, 1, highest=11)])
    assert watch.completeness("a") == pytest.approx(17 / 22)
    assert watch.completeness("") == pytest.approx(17 / 22)


def test_a_store_is_as_complete_as_its_last_source() -> None:
    watch = chain()
    watch.heartbeats([beat("till-1", 4, 1), beat("till-2", 3, 1)])
    watch.arrivals([arrival("till-1", 1, 3)])
    assert complete(watch) == -inf
    watch.arrivals([arrival("till-2", 1, 3)])
    assert complete(watch) == 3


def test_a_source_without_heartbeats_is_never_silent_and_never_complete() -> None:
    watch = chain()
    assert beating(watch, 0, 30) == []
    watch.arrivals([arrival("mystery", 3, 29)])
    assert complete(watch) == -inf
    assert beating(watch, 30, 200) == []


def test_a_run_that_was_replaced_ends_when_every_partition_has_passed_it() -> None:
    watch = chain()
    watch.heartbeats(
        [beat("till-1", 2, 2), beat("till-1", 20, 0, run="run-2"), beat("b-1", 20, store_id="b")]
    )
    watch.arrivals([arrival("till-1", 2, 1)])
    assert complete(watch) == 2, "run-1 may have sold something after its last heartbeat"
    for partition in range(7):
        watch.arrivals([arrival(f"b-{n}", 7, 22, store_id="b", partition=partition) for n in (1, 2)])
    assert complete(watch) == 2
    watch.arrivals([arrival("till-1", 1, 15, partition=7, highest=2)])
    assert complete(watch) == 2
    watch.arrivals([arrival(f"b-{n}", 7, 22, store_id="b", partition=7) for n in (1, 2)])
    assert complete(watch) == 20


def test_what_came_before_the_first_heartbeat_is_remembered() -> None:
    watch = chain()
    watch.arrivals([arrival("till-1", 5, 1)])
    watch.heartbeats([beat("b-1", 5, store_id="b"), beat("b-2", 5, store_id="b")])
    watch.findings(watch.now)
    watch.heartbeats([beat("till-1", 4, 5)])
    assert (complete(watch), watch.completeness("a")) == (4, 1.0)


def test_a_source_that_is_gone_is_forgotten() -> None:
    watch = chain()
    beating(watch, 0, 60)
    beating(watch, 60, 15 * 24 * 60, *TILLS, step=60)
    assert len(watch) == 2
    assert beating(watch, 15 * 24 * 60, 15 * 24 * 60 + 60, *TILLS) == []


def test_lost_events_do_not_hold_up_for_ever_and_are_told() -> None:
    """Number 0 never comes. Later the till has a lull, in which it can be counted how much is lost."""
    watch = chain()
    sent = 1
    lags = []
    for minute in range(0, 90, 2):
        sent += not 40 <= minute < 50
        watch.heartbeats([beat("till-1", minute, sent), beat("b-1", minute, store_id="b")])
        watch.arrivals([arrival("till-1", sent - 1, minute, highest=sent - 1), *everywhere(minute)])
        lags.append(minute - complete(watch))
    assert lags[:8] == [inf] * 8
    assert max(lags[8:20]) <= 18, "a quarter of an hour, and a heartbeat"
    assert lags[30:] == [0] * 15
    assert watch.completeness("a") == pytest.approx(1 - 1 / sent)


def test_what_a_source_keeps_on_its_disk_is_not_lost() -> None:
    watch = chain()
    watch.heartbeats([beat("till-1", 0)])
    for minute in range(2, 60, 2):
        watch.heartbeats([beat("till-1", minute, 5, spooled=2), beat("b-1", minute, store_id="b")])
        watch.arrivals([arrival("till-1", 3, 0), *everywhere(minute)])
    assert complete(watch) == 0
    watch.arrivals([arrival("till-1", 5, 0)])
    assert complete(watch) == 58


def test_a_store_without_a_sign_of_life_is_one_alert() -> None:
    watch = chain()
    assert beating(watch, 0, 60) == []
    found = beating(watch, 60, 90, *TILLS)
    assert {one.alert_id for one in found} == {found[0].alert_id}
    (entity, since, last) = (found[0].entity, minutes(found[0].since), found[-1])
    assert (found[0].kind, found[0].entity_type, entity, since) == ("source_silent", "store", "a", 58)
    assert last.sentence.startswith(
        "Store a silent since 09:58: 4 of 4 sources, usually a sign of life every 2 min"
    )
    assert minutes(found[0].last_at) == pytest.approx(65, abs=1.5)
    assert (last.until, complete(watch)) == (None, -inf)


def test_signs_of_life_end_it_and_say_what_was_kept() -> None:
    watch = chain()
    beating(watch, 0, 60)
    beating(watch, 60, 90, *TILLS)
    watch.heartbeats([beat(till, 90, 10) for till in TILLS])
    found = beating(watch, 91, 92)
    assert [minutes(one.until or 0) for one in found] == [90]
    assert found[0].sentence == (
        "Store a back since 10:30 after 32 min without a sign of life; 0 of 40 events kept meanwhile arrived"
    )
    watch.arrivals([arrival(till, 10, 89) for till in TILLS])
    (settled,) = beating(watch, 92, 94)
    assert settled.sentence.endswith("; 40 of 40 events kept meanwhile arrived")
    assert (settled.alert_id, minutes(settled.until or 0)) == (found[0].alert_id, 90)
    assert beating(watch, 94, 180) == []


def test_one_silent_till_among_others_is_an_alert_of_its_own() -> None:
    watch = chain()
    beating(watch, 0, 60)
    (found,) = beating(watch, 60, 90, "till-3")
    assert (found.entity_type, found.entity, found.store_id) == ("source", "till-3", "a")
    assert found.sentence == (
        "till-3 at Store a silent since 09:58: usually a sign of life every 2 min; 3 other sources speak"
    )
    (back,) = beating(watch, 90, 92)
    assert minutes(back.until or 0) == 90


def test_events_are_signs_of_life_too() -> None:
    watch = chain()
    beating(watch, 0, 60)
    found = []
    for minute in range(60, 120):
        watch.arrivals([arrival(till, minute, minute) for till in TILLS])
        found += beating(watch, minute, minute + 1, *TILLS)
    assert found == []


def test_a_closed_store_is_not_silent() -> None:
    watch = chain()
    beating(watch, 0, 11 * 60, step=4)
    assert beating(watch, 11 * 60, 24 * 60, *TILLS, step=4) == []


def test_a_store_that_does_not_come_up_is_silent_a_while_after_opening() -> None:
    watch = chain()
    beating(watch, 0, 11 * 60, step=4)
    assert beating(watch, 11 * 60, 24 * 60 + 15, *TILLS, step=4) == []
    found = beating(watch, 24 * 60 + 15, 24 * 60 + 40, *TILLS)
    assert found[0].entity == "a"
    assert minutes(found[0].last_at) == pytest.approx(24 * 60 + 10 + 3 * 4, abs=1.5), "a sign of life every 4"


def test_a_till_that_is_not_switched_on_today_is_no_alert_and_holds_up_nothing() -> None:
    watch = chain()
    beating(watch, 0, 11 * 60, step=4)
    beating(watch, 11 * 60, 24 * 60, *TILLS, step=4)
    assert beating(watch, 24 * 60, 26 * 60, "till-4", run="run-2") == []
    watch.arrivals(everywhere(26 * 60))
    assert complete(watch) == 26 * 60 - 2


def test_a_store_that_closes_for_good_ends_its_alert() -> None:
    stores = book(store("a"), store("b", opens="00:00", closes="24:00", days=7))
    watch = SourceWatch(stores)
    beating(watch, 0, 60)
    beating(watch, 60, 90, *TILLS)
    stores.take(store("a", days=0))
    (found,) = beating(watch, 90, 95, *TILLS)
    assert found.until is not None
    assert "closed for good" in found.sentence
    assert beating(watch, 95, 24 * 60 * 2, *TILLS, step=10) == []


def test_a_new_source_is_judged_once_its_rhythm_is_known() -> None:
    watch = chain()
    beating(watch, 0, 60)
    watch.heartbeats([beat("till-9", 60), beat("till-9", 62)])
    assert beating(watch, 60, 120) == []


def test_sparse_heartbeats_are_no_silence_and_a_denser_rhythm_is_learnt() -> None:
    watch = chain()
    assert beating(watch, 0, 300, every=60) == []
    assert beating(watch, 300, 330) == []
    assert [one.entity for one in beating(watch, 330, 345, *TILLS)][:1] == ["a"]


def test_a_clock_years_ahead_fools_nobody() -> None:
    watch = chain()
    beating(watch, 0, 60)
    ahead = 60 * 24 * 365 * 20
    found = []
    for minute in range(60, 90, 2):
        watch.heartbeats([beat("till-1", minute + ahead)])
        found += beating(watch, minute, minute + 2, "till-1")
    assert found == []
    watch.arrivals(everywhere(90))
    assert minutes(watch.now) == 89
    assert complete(watch) == pytest.approx(88, abs=1)


def test_sent_twice_and_out_of_order_changes_nothing() -> None:
    watch = chain()
    watch.heartbeats([beat("till-1", 4, 5), beat("till-1", 2, 3), beat("till-1", 4, 5)])
    watch.arrivals([arrival("till-1", 5, 4), arrival("till-1", 4, 3), arrival("till-1", 5, 4)])
    assert (complete(watch), watch.completeness("a")) == (4, 1.0)


def test_a_counter_that_begins_again_within_a_run_loses_nothing_and_hides_nothing() -> None:
    """A till that forgot its number, not its run: 14 events came, of which four bear numbers used before."""
    watch = chain()
    watch.heartbeats([beat("till-1", 2, 10)])
    watch.arrivals([arrival("till-1", 10, 1)])
    watch.heartbeats([beat("till-1", 4, 4)])
    watch.arrivals([arrival("till-1", 14, 4, highest=9)])
    assert watch.completeness("a") == 1.0
    assert complete(watch) == 4
    watch.heartbeats([beat("till-1", 6, 40)])
    assert watch.completeness("a") == pytest.approx(14 / 40)
    assert complete(watch) == 4


def test_numbers_used_twice_make_no_store_more_than_complete() -> None:
    watch = chain()
    watch.heartbeats([beat("till-1", 2, 5), beat("till-2", 2, 10)])
    watch.arrivals([arrival("till-1", 9, 1, highest=4), arrival("till-2", 7, 1, highest=9)])
    assert watch.completeness("a") == pytest.approx(12 / 15)
    assert complete(watch) == -inf


def test_all_stores_leave_out_who_is_closed_or_silent() -> None:
    stores = StoreBook()
    for one in (store("a"), store("b", opens="00:00", closes="24:00", days=7), store("c", days=0)):
        stores.take(one)
    watch = SourceWatch(stores)
    watch.heartbeats([beat("c-1", 1, 5, store_id="c")])
    watch.arrivals(everywhere(5))
    beating(watch, 0, 60)
    assert complete(watch, "") == 58
    beating(watch, 60, 90, *TILLS)
    assert complete(watch, "") == 89
