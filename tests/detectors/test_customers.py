"""Customers' windows when payments do not come in order, and when customers stay away."""

from datetime import timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detectors.fraud.customers import CustomerWindows
from detectors.fraud.detector import FraudDetector
from detectors.fraud.terminals import TerminalRisk
from tests.support.events import MONDAY, payment

DAY = 86_400.0


def observe(
    windows: CustomerWindows, customer: str, seconds: float, amount: int, watermark: float
) -> list[float]:
    """Count one payment."""
    micros = np.array([round(seconds * 1e6)])
    row: list[float] = windows.observe([customer], [None], micros, np.array([amount]), np.array([watermark]))[
        0
    ].tolist()
    return row


def by_definition(seen: list[tuple[float, int]], seconds: float) -> list[float]:
    row: list[float] = []
    for days in (1, 7, 30):
        window = [amount for at, amount in seen if seconds - days * DAY < at <= seconds]
        row += [len(window), sum(window) / len(window)]
    return row


@given(
    st.lists(
        st.tuples(st.integers(0, 40 * 24).map(lambda hour: hour * 3_600.0), st.integers(0, 10_000)),
        max_size=60,
    )
)
def test_windows_are_exact_in_any_order_of_arrival(arrivals: list[tuple[float, int]]) -> None:
    """A late payment counts what was paid up to its own time; later ones count it."""
    windows = CustomerWindows()
    seen: list[tuple[float, int]] = []
    for seconds, amount in arrivals:
        seen.append((seconds, amount))
        assert observe(windows, "c", seconds, amount, -1.0) == by_definition(seen, seconds)


def test_late_payment_up_to_two_days_finds_its_whole_windows() -> None:
    windows = CustomerWindows()
    seen = []
    for hour in range(24 * 90):
        seconds = hour * 3_600.0
        if hour % 50 == 49:
            seconds -= 2 * DAY - 3_600
        seen.append((seconds, hour))
        assert observe(windows, "c", seconds, hour, hour * 3_600.0) == by_definition(seen, seconds)
    assert windows.entries < 24 * 70, "nothing expired, so the windows were never at risk"


def test_expired_payments_and_customers_are_dropped() -> None:
    windows = CustomerWindows()
    for hour in range(24 * 400):
        seconds = hour * 3_600.0
        observe(windows, "regular", seconds, 1, seconds)
        observe(windows, f"once-{hour}", seconds, 1, seconds)
    assert windows.entries <= 24 * 65 * 2
    assert len(windows) <= 24 * 65 + 1


def test_one_broken_clock_expires_nothing() -> None:
    detector = FraudDetector(TerminalRisk())
    paid = [payment(seq, customer_id="c", occurred_at=MONDAY + timedelta(minutes=seq)) for seq in range(300)]
    paid[150] = payment(150, customer_id="c", occurred_at=MONDAY.replace(year=2099))
    counts = detector.observe(paid)[:, 7]
    assert counts[149] == 150
    assert counts[299] == 299, "all but the payment of the year 2099, which has not happened yet"


def test_customer_else_card_else_nobody() -> None:
    detector = FraudDetector(TerminalRisk())

    def count(customer_id: str | None = None, card_id: str | None = None) -> float:
        return float(detector.observe([payment(customer_id=customer_id, card_id=card_id)])[0, 3])

    assert [count(customer_id="x"), count(customer_id="x")] == [1, 2]
    assert [count(card_id="x"), count(card_id="x")] == [1, 2], "a card is not the customer of that name"
    assert [count(), count()] == [1, 1], "anonymous payments have no history in common"
    assert count(customer_id="x", card_id="x") == 3
