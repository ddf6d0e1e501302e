"""Labels come out in the order in which they became known, whatever order partitions are read in."""

from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.label import Label
from schemas.topics import LABELS, SCORES, Topic
from streams.batch import Batch, Input
from streams.label_order import LabelOrder
from tests.support.events import MONDAY, label, payment

WEEK = timedelta(days=7)


async def batch_to(topic: Topic, partition: int, last_offset: int) -> Batch[None]:
    return Batch(
        Input(topic, partition, "g:0"),
        offsets=[last_offset],
        records=[b""],
        append_ms=[0],
        emit=True,
        state=None,
    )


def labels_of(count: int) -> list[Label]:
    paid = [payment(seq, occurred_at=MONDAY + timedelta(minutes=20 * seq)) for seq in range(count)]
    return [label(before, before.occurred_at + WEEK) for before in paid]


async def order_after(scored: Label) -> LabelOrder:
    """Make an order that has read scores up to one payment."""
    order = LabelOrder()
    order.reached(await batch_to(SCORES, 0, 0), scored.occurred_at.timestamp())
    return order


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 60))
async def test_a_backlog_comes_out_sorted_and_whole(seed: int, count: int) -> None:
    random = Random(seed)
    parts: list[list[Label]] = [[], [], []]
    for known in labels_of(count):
        random.choice(parts).append(known)
    order = await order_after(labels_of(60)[-1])
    order._ends = {(LABELS.name, number): len(part) for number, part in enumerate(parts) if part}
    next_index = [0, 0, 0]
    out: list[Label] = []
    while any(next_index[number] < len(part) for number, part in enumerate(parts)):
        number = random.choice([n for n, part in enumerate(parts) if next_index[n] < len(part)])
        size = random.randint(1, len(parts[number]) - next_index[number])
        taken = parts[number][next_index[number] : next_index[number] + size]
        next_index[number] += size
        for known in taken:
            order.hold(known)
        batch = await batch_to(LABELS, number, next_index[number] - 1)
        order.reached(batch, taken[-1].known_at.timestamp())
        out += [known for hour in order.known() for known in hour]
    assert out == labels_of(count)
    assert len(order) == 0


async def test_a_label_waits_for_the_score_of_its_payment() -> None:
    early, late = labels_of(100)[0], labels_of(100)[99]
    order = LabelOrder()
    order._ends = {(SCORES.name, 0): 10}
    for known in (early, late):
        order.hold(known)
    assert order.known() == []
    order.reached(await batch_to(SCORES, 0, 4), early.occurred_at.timestamp())
    assert order.known() == [[early]]
    order.reached(await batch_to(SCORES, 0, 9), late.occurred_at.timestamp())
    assert order.known() == [[late]]


async def test_a_worker_that_is_behind_holds_labels_back() -> None:
    """Its scores are read to their end, but they are not all that will come."""
    early, late = labels_of(100)[0], labels_of(100)[99]
    order = await order_after(early)
    for known in (early, late):
        order.hold(known)
    assert order.known() == [[early]]
    assert len(order) == 1


async def test_labels_come_by_the_hour() -> None:
    order = await order_after(labels_of(9)[-1])
    for known in labels_of(9):
        order.hold(known)
    assert [len(hour) for hour in order.known()] == [3, 3, 3]


async def test_a_label_said_twice_is_no_trouble() -> None:
    order = await order_after(labels_of(1)[0])
    for known in labels_of(1) * 2:
        order.hold(known)
    assert [len(hour) for hour in order.known()] == [2]


async def test_a_label_known_before_its_payment_holds_no_other_back() -> None:
    """A payment of the year 2099 with a verdict of today comes from a broken clock."""
    order = await order_after(labels_of(9)[-1])
    broken = labels_of(1)[0].model_copy(update={"occurred_at": MONDAY.replace(year=2099)})
    for known in (broken, *labels_of(9)):
        order.hold(known)
    assert [known for hour in order.known() for known in hour] == labels_of(9)
    assert len(order) == 1


async def test_what_is_complete_goes_as_far_as_the_slowest_partition() -> None:
    """And never past a label that is still held."""
    first, second = labels_of(2)
    order = await order_after(second)
    assert order.complete_to() == second.occurred_at.timestamp()
    order._ends = {(SCORES.name, 0): 1, (SCORES.name, 1): 5, (LABELS.name, 0): 9}
    order.reached(await batch_to(SCORES, 1, 2), first.occurred_at.timestamp())
    order.reached(await batch_to(LABELS, 0, 3), second.known_at.timestamp())
    assert order.complete_to() == first.occurred_at.timestamp()
    order._ends = {}
    held = first.model_copy(update={"known_at": first.occurred_at + timedelta(minutes=5)})
    order.hold(held)
    assert order.complete_to() < held.known_at.timestamp()
    assert order.known() == [[held]]
    assert order.complete_to() == second.occurred_at.timestamp()
