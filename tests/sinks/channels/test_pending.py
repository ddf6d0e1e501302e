"""What waits for its delivery, with a clock that the test moves."""

from random import Random

import pytest
from aiokafka import TopicPartition

from schemas.topics import ALERTS, CAUSES
from sinks.channels.backoff import Backoff
from sinks.channels.pending import Pending, Place

LONGEST = 60.0
P0, P1, P3 = (TopicPartition(ALERTS.name, number) for number in (0, 1, 3))
WHY = TopicPartition(CAUSES.name, 0)


def pending(**positions: int) -> Pending:
    made = Pending(Backoff(1.0, LONGEST, Random(1)))
    made.begin({TopicPartition(ALERTS.name, int(name[1:])): offset for name, offset in positions.items()})
    return made


def bodies_in_order(waits: Pending, now: float) -> list[bytes]:
    """Deliver all that is due."""
    posted = []
    while (waiting := waits.due(now)) is not None:
        posted.append(waiting.body)
        waits.done(waiting)
    return posted


def test_only_the_newest_state_of_an_alert_is_posted() -> None:
    waits = pending(p0=5)
    for offset, body in enumerate([b"a1", b"b1", b"a2", b"a3"], start=5):
        waits.take(Place(P0, offset), body[:1].decode(), body, now=0.0)
    assert bodies_in_order(waits, 0.0) == [b"a3", b"b1"]
    assert waits.safe_offsets() == {P0: 9}


def test_nothing_undelivered_is_ever_passed() -> None:
    """Offset 5 was replaced by 7, but until 7 is delivered a restart must begin at 5."""
    waits = pending(p0=5, p3=0)
    waits.take(Place(P0, 5), "a", b"a1", now=0.0)
    waits.take(Place(P0, 6), "b", b"b1", now=0.0)
    failing = waits.due(0.0)
    assert failing is not None
    waits.failed(failing, now=0.0, wait_seconds=0.0)
    waits.take(Place(P0, 7), "a", b"a2", now=0.0)
    waits.take(Place(P3, 0), "c", b"c1", now=0.0)
    waits.skip(P3, 1)
    assert bodies_in_order(waits, 0.0) == [b"b1", b"c1"]
    assert waits.safe_offsets() == {P0: 5, P3: 2}
    assert bodies_in_order(waits, LONGEST) == [b"a2"]
    assert waits.safe_offsets() == {P0: 8, P3: 2}


def test_an_alert_that_fails_waits_longer_each_time_and_holds_up_nobody() -> None:
    waits = pending(p0=0)
    waits.take(Place(P0, 0), "a", b"a", now=0.0)
    now, gaps = 0.0, []
    for _ in range(10):
        waiting = waits.due(now)
        assert waiting is not None
        waits.failed(waiting, now=now, wait_seconds=0.0)
        gaps.append(waiting.due_at - now)
        waits.take(Place(P0, waits.safe_offsets()[P0] + 1), "b", b"b", now=now)
        assert bodies_in_order(waits, now) == [b"b"]
        now = waiting.due_at
    wanted = [min(2.0**failures, LONGEST) for failures in range(10)]
    assert all(wait / 2 <= gap <= wait for gap, wait in zip(gaps, wanted, strict=True))
    assert len({gap / wait for gap, wait in zip(gaps, wanted, strict=True)}) == 10


def test_what_the_receiver_asks_for_holds_for_every_alert() -> None:
    waits = pending(p0=0)
    waits.take(Place(P0, 0), "a", b"a", now=0.0)
    waits.take(Place(P0, 1), "b", b"b", now=0.0)
    waiting = waits.due(0.0)
    assert waiting is not None
    waits.failed(waiting, now=0.0, wait_seconds=30.0)
    assert waits.due(29.9) is None
    assert waits.seconds_until_due(0.0, at_most=100.0) == pytest.approx(30.0)
    assert bodies_in_order(waits, 30.0) == [b"b", b"a"]


def test_other_partitions_forget_what_waited() -> None:
    waits = pending(p0=0)
    waits.take(Place(P0, 0), "a", b"a", now=0.0)
    waits.begin({P1: 7})
    assert (len(waits), waits.due(9.0), waits.safe_offsets()) == (0, None, {P1: 7})


def test_what_explains_an_alert_is_posted_after_it_and_in_its_newest_state() -> None:
    """Fetched before its alert, and while its alert fails; that of another alert goes."""
    waits = pending(p0=0)
    waits.take(Place(WHY, 0), "a", b"a why", now=0.0, after=Place(P0, 2))
    assert (waits.due(0.0), waits.seconds_until_due(0.0, at_most=9.0)) == (None, 9.0)
    waits.take(Place(P0, 0), "a", b"a", now=0.0)
    waits.take(Place(P0, 1), "b", b"b", now=0.0)
    failing = waits.due(0.0)
    assert failing is not None
    assert (failing.alert_id, failing.topic) == ("a", ALERTS.name)
    waits.failed(failing, now=0.0, wait_seconds=0.0)
    waits.take(Place(WHY, 1), "b", b"b why", now=0.0, after=Place(P0, 2))
    waits.take(Place(WHY, 2), "a", b"a why, newer", now=0.0, after=Place(P0, 2))
    assert bodies_in_order(waits, 0.0) == [b"b", b"b why"]
    assert waits.safe_offsets() == {P0: 0, WHY: 0}
    assert bodies_in_order(waits, LONGEST) == [b"a", b"a why, newer"]
    assert waits.safe_offsets() == {P0: 2, WHY: 3}


def test_what_explains_an_alert_that_somebody_else_reads_does_not_wait() -> None:
    waits = pending(p1=0)
    waits.take(Place(WHY, 0), "a", b"a why", now=0.0, after=Place(P0, 2))
    assert bodies_in_order(waits, 0.0) == [b"a why"]
