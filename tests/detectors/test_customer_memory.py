"""What is kept of customers: few bytes a payment, and rows that are reused."""

import tracemalloc
from math import inf

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from detectors.fraud import fact_loops as loops
from detectors.fraud.amounts import AmountTables
from detectors.fraud.customers import Customers
from detectors.fraud.payments import Payments, own_features
from detectors.fraud.records import Records

DAY = 86_400
CUSTOMERS = 4_000
NAMES = [f"customer-{number:06d}" for number in range(CUSTOMERS)]


def columns(names: list[str], seconds: NDArray[np.float64], amounts: NDArray[np.int64]) -> Payments:
    nothing = np.zeros(len(names), np.int64)
    keys: list[str | None] = list(names)
    own = own_features(seconds, nothing, nothing, nothing)
    places = ["terminal"] * len(names)
    return Payments(seconds, amounts, keys, places, nothing, nothing, [None] * len(names), nothing, own)


def pay_for(customers: Customers, days: int) -> float:
    """Each customer pays 40 times in 30 days, at any moment; how often each did in the last 14 days."""
    random = np.random.default_rng(1)
    nobody, tables = Records(loops.ROW, loops.FACT), AmountTables()
    last = np.zeros(CUSTOMERS)
    for day in range(days):
        count = CUSTOMERS * 40 // 30
        who = random.integers(0, CUSTOMERS, count)
        seconds = day * DAY + np.sort(random.integers(0, DAY, count)).astype(np.float64)
        paid = columns(
            [NAMES[number] for number in who.tolist()], seconds, random.integers(100, 50_000, count)
        )
        last[who] = customers.observe(
            paid, (day - 1.0) * DAY, np.full(count, day * float(DAY)), nobody, tables
        )[:, 6]
    return float(last.mean())


def test_a_customer_with_forty_payments_a_month_takes_at_most_700_bytes() -> None:
    pay_for(Customers(), 40)  # loads what is compiled
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        customers = Customers()
        in_window = pay_for(customers, 90)
        kept = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    names = sum(len(name) + 49 for name in NAMES)  # held by this test as well, so not traced above
    assert in_window > 17
    bytes_each = (kept + names) / CUSTOMERS
    assert bytes_each <= 700


def test_a_guest_with_a_payment_a_second_is_bounded() -> None:
    customers, nobody, tables = Customers(), Records(loops.ROW, loops.FACT), AmountTables()
    paid = columns(["guest"] * 5_000, np.arange(5_000, dtype=np.float64), np.full(5_000, 100))
    rows = customers.observe(paid, 0.0, np.zeros(5_000), nobody, tables)
    assert customers.entries <= 96
    assert rows[-1, 6] <= 96


def test_rows_of_customers_who_are_gone_are_reused() -> None:
    customers, nobody, tables = Customers(), Records(loops.ROW, loops.FACT), AmountTables()
    for day in range(0, 400, 10):
        names = [f"customer-of-day-{day}-{number}" for number in range(500)]
        paid = columns(names, np.full(500, float(day * DAY + 1)), np.ones(500, np.int64))
        customers.observe(paid, (day - 10.0) * DAY, np.full(500, day * float(DAY)), nobody, tables)
    assert len(customers) <= 500 * 9
    assert customers.nbytes <= 500 * 11 * 100


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 200), st.sampled_from([1, 10**11])), max_size=120)
)
def test_one_batch_equals_one_by_one_while_rows_expire_and_move(arrivals: list[tuple[int, int, int]]) -> None:
    names = [f"c-{who}" for who, _, _ in arrivals]
    seconds = np.array([day * DAY + 1 for _, day, _ in arrivals], np.float64)
    amounts = np.array([amount for _, _, amount in arrivals], np.int64)
    marks = np.maximum.accumulate(seconds) if len(seconds) else np.zeros(0)
    nobody, tables = Records(loops.ROW, loops.FACT), AmountTables()
    whole, each = Customers(), Customers()
    expected = whole.observe(columns(names, seconds, amounts), -inf, marks, nobody, tables)
    for place in range(len(names)):
        at = slice(place, place + 1)
        one = columns(names[at], seconds[at], amounts[at])
        reached = float(marks[place - 1]) if place else -inf
        assert each.observe(one, reached, marks[at], nobody, tables)[0].tolist() == expected[place].tolist()
    again = Customers()
    again.restore(each.snapshot())
    assert len(again) == len(each)
