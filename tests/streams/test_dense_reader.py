"""A dense topic counts each input offset once."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.origin import Origin
from streams.dense_reader import DenseMark, DenseReader


def origin(offset: int, *, partition: int = 0, generation: str = "topic:0") -> Origin:
    return Origin(generation=generation, topic="transactions", partition=partition, offset=offset)


def test_what_a_dead_writer_wrote_again_is_dropped() -> None:
    reader = DenseReader()
    kept = [offset for offset in (0, 1, 2, 1, 2, 3) if reader.accept(origin(offset))]
    assert kept == [0, 1, 2, 3]
    assert (reader.repeats, reader.gaps) == (2, 0)


def test_a_missing_offset_is_counted_and_reading_goes_on() -> None:
    reader = DenseReader()
    assert [reader.accept(origin(offset)) for offset in (7, 8, 11)] == [True, True, True]
    assert reader.gaps == 2


def test_partitions_do_not_mix() -> None:
    reader = DenseReader()
    assert reader.accept(origin(5, partition=0))
    assert reader.accept(origin(5, partition=1))
    assert reader.gaps == 0


def test_another_topic_id_starts_over_and_the_one_before_is_done() -> None:
    reader = DenseReader()
    assert reader.accept(origin(900))
    assert reader.accept(origin(0, generation="made-anew:0"))
    assert not reader.accept(origin(901))
    assert reader.accept(origin(1, generation="made-anew:0"))
    assert (reader.repeats, reader.gaps) == (1, 0)


def test_a_switched_worker_goes_on_and_the_one_before_is_done() -> None:
    """Whichever of the two wrote a payment first, it counts once, whatever a zombie does."""
    written = [(0, 7), (0, 8), (2, 8), (2, 9), (0, 10), (2, 10), (0, 9), (3, 11), (2, 12), (3, 12)]
    reader = DenseReader()
    kept = [place for place in written if reader.accept(origin(place[1], generation=f"topic:{place[0]}"))]
    assert kept == [(0, 7), (0, 8), (2, 9), (2, 10), (3, 11), (3, 12)]
    assert (reader.repeats, reader.gaps) == (4, 0)


def test_the_next_reader_goes_on_at_the_marks() -> None:
    first = DenseReader()
    first.accept(origin(41))
    second = DenseReader(first.marks())
    assert second.mark(0) == DenseMark("topic:0", 41)
    assert not second.accept(origin(41))
    assert second.accept(origin(42))
    assert second.mark(3) is None


@given(st.lists(st.integers(0, 30), max_size=12))
def test_any_number_of_restarts_leaves_each_offset_once(restarts: list[int]) -> None:
    """A writer that dies restarts at or before where it was, never after."""
    written: list[int] = []
    reached = 0
    for steps in restarts:
        start = max(0, reached - steps)
        written += range(start, reached + 10)
        reached += 10
    reader = DenseReader()
    assert [offset for offset in written if reader.accept(origin(offset))] == list(range(reached))
    assert reader.gaps == 0
