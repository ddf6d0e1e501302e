"""What customers' windows keep: few bytes a payment, any time and amount exactly, rows that are reused."""

import tracemalloc

import numpy as np
import pytest
from detectors.fraud.entry_rows import EntryRows
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from detectors.fraud.customers import CustomerWindows

DAY = 86_400
CUSTOMERS = 4_000
NAMES = [f"customer-{number:06d}" for number in range(CUSTOMERS)]


def pay_for(windows: CustomerWindows, days: int, first_day: int = 0) -> NDArray[np.int64]:
    """Each customer pays 40 times in 30 days, at any moment; how often each paid in the last 30 days."""
    random = np.random.default_rng(1)
    last = np.zeros(CUSTOMERS, np.int64)
    for day in range(first_day, first_day + days):
        count = CUSTOMERS * 40 // 30
        who = random.integers(0, CUSTOMERS, count)
        micros = day * DAY * 1_000_000 + np.sort(random.integers(0, DAY * 1_000_000, count))
        names = [NAMES[number] for number in who.tolist()]
        amounts = random.integers(100, 50_000, count)
        paid = windows.observe(names, [None] * count, micros, amounts, np.full(count, day * float(DAY)))
        last[who] = paid[:, 4]
    return last


def test_a_customer_with_forty_payments_takes_at_most_700_bytes() -> None:
    pay_for(CustomerWindows(), 40)  # loads what is compiled
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        windows = CustomerWindows()
        in_window = pay_for(windows, 90)
        kept = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    names = sum(len(name) + 49 for name in NAMES)  # held by this test as well, so not traced above
    assert in_window.mean() > 38
    bytes_each = (kept + names) / CUSTOMERS
    assert bytes_each <= 700


def test_rows_of_customers_who_are_gone_are_reused() -> None:
    windows = CustomerWindows()
    for day in range(0, 400, 10):
        moment = np.full(500, day * DAY * 1_000_000)
        names = [f"customer-of-day-{day}-{number}" for number in range(500)]
        windows.observe(names, [None] * 500, moment, np.ones(500, np.int64), np.full(500, day * float(DAY)))
    assert len(windows) <= 500 * 6
    assert windows.nbytes <= 500 * 8 * 50


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.integers(0, 3 * DAY * 1_000_000) | st.sampled_from([0, 2**32 * 1_000_000 - 1]),
            st.sampled_from([0, 1, 2**27 - 1, 2**27, 2**32, 10**12]),
        ),
        max_size=60,
    )
)
def test_every_time_and_amount_is_exact(arrivals: list[tuple[int, int, int]]) -> None:
    """To the microsecond and to the last minor unit, whether it fits into an entry or not."""
    memory = EntryRows()
    rows = np.array(memory.new_rows(4))
    seen: list[tuple[int, int, int]] = []
    for row, micros, amount in arrivals:
        seen.append((row, micros, amount))
        windows = memory.add_and_sum(
            rows[[row]], np.array([micros]), np.array([amount]), np.array([-(10**18)])
        )[0]
        for place, days in enumerate((1, 7, 30)):
            begin = micros - days * DAY * 1_000_000
            inside = [paid for one, at, paid in seen if one == row and begin < at <= micros]
            assert (windows[2 * place], windows[2 * place + 1]) == (len(inside), sum(inside))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 60), st.sampled_from([1, 10**11])), max_size=120))
def test_one_batch_equals_one_by_one_while_rows_expire_and_move(arrivals: list[tuple[int, int, int]]) -> None:
    names = [f"c-{who}" for who, _, _ in arrivals]
    micros = np.array([day * DAY * 1_000_000 for _, day, _ in arrivals], np.int64)
    amounts = np.array([amount for _, _, amount in arrivals], np.int64)
    watermarks = np.maximum.accumulate(micros / 1e6) if len(micros) else np.zeros(0)
    none = [None] * len(names)
    whole, each = CustomerWindows(), CustomerWindows()
    expected = whole.observe(names, none, micros, amounts, watermarks)
    for place in range(len(names)):
        at = slice(place, place + 1)
        row = each.observe(names[at], none[at], micros[at], amounts[at], watermarks[at])[0]
        assert row.tolist() == expected[place].tolist()
    again = CustomerWindows()
    again.restore(each.snapshot())
    assert len(again) == len(each)


@pytest.mark.parametrize("late", [0.0, 0.01])
def test_windows_of_a_busy_customer_are_exact(late: float) -> None:
    """In a batch or one by one, in order or not, while old payments expire."""
    random = np.random.default_rng(2)
    days = np.sort(random.uniform(0, 80, 3_000))
    days[random.random(3_000) < late] -= 1
    micros = (np.maximum(days, 0) * DAY).astype(np.int64) * 1_000_000
    amounts = random.choice([1, 50_000, 2**30], 3_000)
    watermarks = np.maximum.accumulate(micros / 1e6)
    names, none = ["guest"] * 3_000, [None] * 3_000
    windows = CustomerWindows()
    rows = [
        windows.observe(names[at], none[at], micros[at], amounts[at], watermarks[at])
        for at in (slice(0, 900), slice(900, 901), slice(901, 2_000), slice(2_000, 3_000))
    ]
    for place, row in enumerate(np.concatenate(rows)):
        for window, length in enumerate((1, 7, 30)):
            edge = micros[place] - length * DAY * 1_000_000
            inside = (micros[: place + 1] > edge) & (micros[: place + 1] <= micros[place])
            assert row[2 * window] == inside.sum()
            assert row[2 * window + 1] == amounts[: place + 1][inside].sum() / inside.sum()
