"""Repeats of a source are recognised by the numbers seen."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from streams.resend_filter import ResendFilter

# Numbers in no order, as a spool that drains late makes them, over a few sources and runs.
numbers = st.integers(0, 5_000) | st.integers(0, 2**63 - 1)
sent = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("12"), numbers), max_size=200)


@given(sent)
def test_a_repeat_is_whatever_was_sent_before(events: list[tuple[str, str, int]]) -> None:
    seen = ResendFilter()
    known: set[tuple[str, str, int]] = set()
    for sender in events:
        assert seen.is_repeat(*sender) == (sender in known)
        known.add(sender)


@given(sent, st.integers(1, 5))
def test_memory_is_bounded_and_no_new_event_is_ever_dropped(
    events: list[tuple[str, str, int]], max_chunks: int
) -> None:
    seen = ResendFilter(max_chunks)
    known: set[tuple[str, str, int]] = set()
    for sender in events:
        assert not seen.is_repeat(*sender) or sender in known
        assert len(seen) <= max_chunks
        known.add(sender)


def test_a_spool_that_drains_late_is_not_taken_for_repeats() -> None:
    seen = ResendFilter()
    assert not any(seen.is_repeat("till", "r", seq) for seq in range(50_000, 60_000))
    assert not any(seen.is_repeat("till", "r", seq) for seq in range(50_000))
    assert all(seen.is_repeat("till", "r", seq) for seq in range(60_000))


def test_a_source_that_is_active_is_not_forgotten_for_many_others() -> None:
    seen = ResendFilter(max_chunks=50)
    random = Random(1)
    for seq in range(1_000):
        assert not seen.is_repeat("busy", "r", seq)
        assert not seen.is_repeat(f"once-{random.random()}", "r", 0)
    assert all(seen.is_repeat("busy", "r", seq) for seq in range(1_000))
