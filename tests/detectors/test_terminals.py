"""Terminals' labels as of any moment, in any order of arrival."""

from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.fraud.terminals import TerminalRisk
from detectors.watermark import Watermark
from schemas.label import Label
from tests.support.events import MONDAY, label, payment

NOTHING = (0, 0.0, 0, 0.0, 0, 0.0)


def verdict(number: int, known_at: datetime, what: str, said_by: str = "matured") -> Label:
    return label(payment(number, terminal_id="t"), known_at, verdict=what, said_by=said_by)


def days(amount: float) -> datetime:
    return MONDAY + timedelta(days=amount)


RANKS = {"genuine": 0, "fraud": 1, "withdrawn": 2}


def by_definition(labels: list[Label], moment: datetime) -> list[float]:
    """Each payment counts once, by its latest verdict known, from when that verdict was first said.

    Where a source withdrew, what it said until then is as if it had never been said.
    """
    standing: list[Label] = []
    for event in {one.event_id for one in labels}:
        known = sorted(
            (one for one in labels if one.event_id == event and one.known_at <= moment),
            key=lambda one: (one.known_at, RANKS[one.verdict]),
        )
        for source in {one.said_by for one in known}:
            backs = [place for place, one in enumerate(known) if one.verdict == "withdrawn"]
            last = max((place for place in backs if known[place].said_by == source), default=-1)
            known = [one for place, one in enumerate(known) if one.said_by != source or place > last]
        while len(known) > 1 and known[-1].verdict == known[-2].verdict:
            known.pop()
        standing += known[-1:]
    row: list[float] = []
    for span in (1, 7, 30):
        window = [one.verdict == "fraud" for one in standing if one.known_at > moment - timedelta(days=span)]
        row += [len(window), sum(window) / len(window) if window else 0.0]
    return row


@given(
    st.lists(
        st.tuples(
            st.integers(0, 8),
            st.integers(0, 80).map(lambda half: days(half / 2)),
            st.sampled_from(["fraud", "genuine", "withdrawn"]),
            st.sampled_from(["analyst", "analyst", "customer", "matured"]),
        ),
        max_size=40,
    ),
    st.integers(0, 80).map(lambda half: days(half / 2)),
)
def test_windows_are_exact_for_late_repeated_contradictory_and_withdrawn_labels(
    claims: list[tuple[int, datetime, str, str]], moment: datetime
) -> None:
    labels = [verdict(*claim) for claim in claims]
    terminals = TerminalRisk()
    terminals.learn(labels)
    assert list(terminals.windows("t", moment.timestamp())) == by_definition(labels, moment)


def test_a_label_counts_from_the_moment_it_is_known() -> None:
    terminals = TerminalRisk()
    terminals.learn([verdict(1, days(7), "fraud")])
    before = (days(7) - timedelta(microseconds=1)).timestamp()
    assert terminals.windows("t", before) == NOTHING
    assert terminals.windows("t", days(7).timestamp()) == (1, 1, 1, 1, 1, 1)
    assert terminals.windows("t", days(8).timestamp()) == (0, 0, 1, 1, 1, 1)
    assert terminals.windows("another", days(8).timestamp()) == NOTHING


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_verdict_known_last_counts_whatever_comes_first(order: tuple[int, ...]) -> None:
    claims = [verdict(1, days(2), "genuine"), verdict(1, days(4), "fraud"), verdict(1, days(6), "genuine")]
    terminals = TerminalRisk()
    terminals.learn([claims[place] for place in order])
    month = [terminals.windows("t", days(day).timestamp())[4:] for day in (1, 3, 5, 7)]
    assert month == [(0, 0), (1, 0), (1, 1), (1, 0)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_what_an_analyst_takes_back_makes_others_stand_again(order: tuple[int, ...]) -> None:
    claims = [
        verdict(1, days(2), "genuine", "analyst"),
        verdict(1, days(1), "fraud", "customer"),
        verdict(1, days(4), "withdrawn", "analyst"),
    ]
    terminals = TerminalRisk()
    terminals.learn([claims[place] for place in order])
    month = [terminals.windows("t", days(day).timestamp())[4:] for day in (0.5, 1.5, 3, 4)]
    assert month == [(0, 0), (1, 1), (1, 0), (1, 1)]
    assert terminals.windows("t", days(8.5).timestamp())[2:4] == (0, 0), "known since day 1, not day 4"


def test_contested_payments_are_forgotten_like_others() -> None:
    terminals = TerminalRisk()
    watermark = Watermark()
    terminals.follow(watermark)
    for day in range(400):
        for what, moment in (("fraud", day), ("withdrawn", day + 0.1)):
            terminals.learn([verdict(day, days(moment), what, "analyst")])
        for _ in range(64):
            watermark.advance(days(day).timestamp())
        terminals.expire()
    assert terminals.entries <= 3 * 32


def test_a_repeated_label_changes_nothing() -> None:
    terminals = TerminalRisk()
    for _ in range(3):
        terminals.learn([verdict(1, days(2), "fraud")] * 2)
    assert terminals.entries == 1
    assert terminals.windows("t", days(2).timestamp())[4:] == (1, 1)


def test_an_idle_partition_cannot_keep_labels_for_ever() -> None:
    terminals = TerminalRisk()
    idle, busy = Watermark(), Watermark()
    terminals.follow(idle)
    terminals.follow(busy)
    for day in range(300):
        terminals.learn([verdict(day, days(day), "fraud")])
        for _ in range(64):
            busy.advance(days(day).timestamp())
        terminals.expire()
        terminals.windows("t", days(day).timestamp())
    assert terminals.entries <= 2 * (32 + 45 + 2)


def test_labels_learnt_at_the_start_wait_while_payments_catch_up() -> None:
    """A worker that restarts reads all labels first, then replays weeks of payments elsewhere."""
    terminals = TerminalRisk()
    watermark = Watermark()
    terminals.follow(watermark)
    terminals.learn([verdict(1, days(119), "fraud")])
    for day in range(121):
        for _ in range(64):
            watermark.advance(days(day).timestamp())
        terminals.expire()
    assert terminals.windows("t", days(120).timestamp())[4:] == (1, 1)


def test_terminals_that_are_gone_are_forgotten() -> None:
    terminals = TerminalRisk()
    watermark = Watermark()
    terminals.follow(watermark)
    for day in range(300):
        gone = label(payment(day, terminal_id=f"terminal-{day}"), days(day))
        terminals.learn([gone])
        for _ in range(64):
            watermark.advance(days(day).timestamp())
        terminals.expire()
    assert len(terminals) <= 4 * 32
