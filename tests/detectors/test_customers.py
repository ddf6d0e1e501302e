"""A customer's past when payments do not come in order, when labels come late, or nobody comes any more."""

from datetime import datetime, timedelta
from math import exp, log
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.fraud.customer_loops import GONE_SECONDS
from detectors.fraud.detector import FraudDetector, OddPayments, nothing_odd
from detectors.fraud.features import FEATURE_NAMES
from detectors.fraud.label_book import LabelBook
from detectors.watermark import BLOCK
from tests.support.events import MONDAY, label, payment

RISK_OF_NOTHING = 0.005
PLACE = {name: place for place, name in enumerate(FEATURE_NAMES)}


def row_of(
    detector: FraudDetector, number: int, moment: datetime, euros: float = 50, **fields: Any
) -> dict[str, float]:
    """Pay, and give the features by name."""
    paid = payment(
        number, occurred_at=moment, amount_minor=round(euros * 100), **{"customer_id": "c", **fields}
    )
    return dict(zip(FEATURE_NAMES, detector.observe([paid])[0].tolist(), strict=True))


def usual_by_definition(before: list[tuple[float, str | None]]) -> tuple[float, float]:
    """Usual and largest amount, from payments with what is known of each."""
    weight, total, largest = 1.5, 1.5 * 50, -1.0
    for amount, verdict in before:
        # the risk is kept in 255 steps
        counts = {"genuine": 1.0, "fraud": 0.0}.get(str(verdict), 1 - round(RISK_OF_NOTHING * 255) / 255)
        weight, total = weight + counts, total + counts * amount
        if verdict == "genuine":
            largest = max(largest, amount)
    return total / weight, largest


@given(
    st.lists(
        st.tuples(
            st.integers(0, 20 * 24),
            st.integers(100, 100_000),
            st.sampled_from([None, "genuine", "fraud"]),
            st.integers(0, 15 * 24),
        ),
        max_size=40,
        unique_by=lambda one: one[0],
    )
)
def test_what_is_usual_rests_on_what_was_paid_and_known_by_then(
    paid: list[tuple[int, int, str | None, int]],
) -> None:
    """Whatever the order of arrival, and though every label is there from the start."""
    known = LabelBook()
    made = [
        payment(number, occurred_at=MONDAY + timedelta(hours=hour), customer_id="c", amount_minor=amount)
        for number, (hour, amount, _, _) in enumerate(paid)
    ]
    known.learn(
        [
            label(one, one.occurred_at + timedelta(hours=delay), verdict=verdict)
            for one, (_, _, verdict, delay) in zip(made, paid, strict=True)
            if verdict
        ]
    )
    detector = FraudDetector(known)
    for place, one in enumerate(made):
        hour, amount = paid[place][0], paid[place][1] / 100
        before = [
            (other / 100, verdict if at + delay <= hour else None)
            for at, other, verdict, delay in paid[:place]
            if at < hour
        ]
        usual, largest = usual_by_definition(before)
        row = detector.observe([one])[0]
        assert row[PLACE["usual_amount"]] == pytest.approx(log(usual), abs=2e-5)
        assert row[PLACE["amount_to_usual"]] == pytest.approx(log(amount / usual + 0.01), abs=2e-5)
        expected = amount / (largest + 1) if largest >= 0 else 1
        assert row[PLACE["amount_to_largest"]] == pytest.approx(expected, rel=1e-6, abs=1e-5)


def test_what_left_the_ring_counts_by_its_label_for_ever() -> None:
    known = LabelBook()
    detector = FraudDetector(known)
    made = [
        payment(number, occurred_at=MONDAY + timedelta(days=number), customer_id="c", amount_minor=10_000)
        for number in range(50)
    ]
    known.learn([label(one, one.occurred_at + timedelta(days=7)) for one in made])
    rows = detector.observe(made)
    filler = [
        payment(100 + number, occurred_at=MONDAY + timedelta(days=49 + number), customer_id="other")
        for number in range(40)
    ]
    detector.observe([one for one in filler for _ in range(8)])
    weight = 1.5 + 43 + 6 * (1 - 1 / 255)
    assert exp(rows[-1, PLACE["usual_amount"]]) == pytest.approx(100 - 75 / weight, rel=2e-5)
    later = row_of(detector, 300, MONDAY + timedelta(days=80), 10)
    assert exp(later["usual_amount"]) == pytest.approx((75 + 50 * 100) / 51.5, rel=2e-5)
    assert later["amount_to_largest"] == pytest.approx(10 / 101, abs=1e-5)
    assert later["payments_14d"] == 0


def test_bursts_and_declines_are_counted_to_the_minute() -> None:
    detector = FraudDetector(LabelBook())
    moments = [0, 5, 9, 14, 50, 70, 600, 1_500]
    rows = [
        row_of(
            detector,
            number,
            MONDAY + timedelta(minutes=minute),
            status="declined" if number % 2 else "authorised",
        )
        for number, minute in enumerate(moments)
    ]
    assert [row["payments_10m"] for row in rows] == [0, 1, 2, 2, 0, 0, 0, 0]
    assert [row["payments_1h"] for row in rows] == [0, 1, 2, 3, 4, 2, 0, 0]
    assert [row["payments_1d"] for row in rows] == [0, 1, 2, 3, 4, 5, 6, 2]
    assert [row["declines_1d"] for row in rows] == [0, 0, 1, 1, 2, 2, 3, 1]
    assert [row["declined"] for row in rows] == [0, 1] * 4


def test_device_and_country_are_new_only_to_those_who_are_not() -> None:
    detector = FraudDetector(LabelBook())
    seen = [("a", "DE"), ("b", "DE"), ("a", "DE"), ("c", "FR"), (None, None), ("b", "FR"), ("c", "FR")]
    rows = [
        row_of(detector, number, MONDAY + timedelta(hours=number), device_id=device, bin_country=country)
        for number, (device, country) in enumerate(seen)
    ]
    assert [row["new_device"] for row in rows] == [0, 1, 0, 1, 0, 0, 0], "two devices are remembered"
    assert [row["other_country"] for row in rows] == [0, 0, 0, 1, 0, 0, 0]


def test_a_spike_is_forgiven_once_it_is_known_to_be_genuine() -> None:
    known = LabelBook()
    detector = FraudDetector(known)
    for day in range(3):
        row_of(detector, day, MONDAY + timedelta(days=day))
    spike = payment(9, occurred_at=MONDAY + timedelta(days=4), customer_id="c", amount_minor=50_000)
    detector.observe([spike])
    known.learn([label(spike, MONDAY + timedelta(days=8))])
    before = row_of(detector, 10, MONDAY + timedelta(days=7))
    after = row_of(detector, 11, MONDAY + timedelta(days=8))
    assert before["spikes"] == 1
    assert before["last_spike_days"] == pytest.approx(3)
    assert (after["spikes"], after["last_spike_days"], after["first_spike_days"]) == (0, 99, 99)
    assert after["highest_ratio_14d"] > 5


def test_who_stays_away_for_long_is_a_new_customer_and_costs_nothing() -> None:
    detector = FraudDetector(LabelBook())
    for hour in range(24 * 200):
        moment = MONDAY + timedelta(hours=hour)
        detector.observe(
            [
                payment(hour, occurred_at=moment, customer_id="regular"),
                payment(hour, occurred_at=moment, customer_id=f"once-{hour}"),
            ]
        )
    assert len(detector.customers) <= 24 * (GONE_SECONDS // 86_400 + 8)
    assert detector.customers.entries <= 24 * (GONE_SECONDS // 86_400 + 8) + 100
    again = row_of(detector, 1, MONDAY + timedelta(days=200), customer_id="once-0")
    assert again["usual_amount"] == pytest.approx(log(50), abs=1e-5)


def test_a_payment_that_is_too_late_is_a_strangers_and_is_counted() -> None:
    detector = FraudDetector(LabelBook())
    for number in range(130):
        row_of(detector, number, MONDAY + timedelta(days=30, minutes=number), 200)
    late = row_of(detector, 500, MONDAY + timedelta(days=27))
    assert late["usual_amount"] == pytest.approx(log(50), abs=1e-5)
    assert late["payments_1d"] == 0
    assert detector.customers.late == 1
    in_time = row_of(detector, 501, MONDAY + timedelta(days=29, hours=12))
    assert in_time["usual_amount"] == pytest.approx(log(50), abs=1e-5), (
        "more than it was folded since, it is too late"
    )
    assert detector.customers.late == 2
    other = row_of(detector, 502, MONDAY + timedelta(days=29, hours=12), customer_id="other")
    assert other["payments_1d"] == 0
    assert detector.customers.late == 2, "half a day is nothing"


def test_one_broken_clock_expires_nothing() -> None:
    detector = FraudDetector(LabelBook())
    paid = [payment(seq, customer_id="c", occurred_at=MONDAY + timedelta(minutes=seq)) for seq in range(90)]
    paid[40] = payment(40, customer_id="c", occurred_at=MONDAY.replace(year=2099))
    counts = detector.observe(paid)[:, PLACE["payments_1d"]]
    assert counts[39] == 39
    assert counts[89] == 88, "all but the payment of the year 2099, which has not happened yet"


def test_customer_else_card_else_nobody() -> None:
    detector = FraudDetector(LabelBook())

    def count(customer_id: str | None = None, card_id: str | None = None) -> float:
        paid = payment(customer_id=customer_id, card_id=card_id)
        return float(detector.observe([paid])[0, PLACE["payments_1d"]])

    assert [count(customer_id="x"), count(customer_id="x")] == [0, 1]
    assert [count(card_id="x"), count(card_id="x")] == [0, 1], "a card is not the customer of that name"
    assert [count(), count()] == [0, 0], "anonymous payments have no history in common"
    assert count(customer_id="x", card_id="x") == 2


@pytest.mark.parametrize("key", ["customer_id", "card_id"])
def test_a_label_reaches_its_payment_by_customer_or_by_card(key: str) -> None:
    known = LabelBook()
    detector = FraudDetector(known)
    nobody: dict[str, Any] = {"customer_id": None, "card_id": None}
    first = payment(1, occurred_at=MONDAY, amount_minor=30_000, **{**nobody, key: "x"})
    detector.observe([first])
    known.learn([label(first, MONDAY + timedelta(days=2), card_id=first.card_id)])
    rows = [row_of(detector, 5 + day, MONDAY + timedelta(days=day), **{**nobody, key: "x"}) for day in (1, 3)]
    assert [row["amount_to_largest"] for row in rows] == [1, pytest.approx(50 / 301, abs=1e-5)]


def test_what_is_odd_about_payments_is_counted() -> None:
    odd = nothing_odd()
    detectors = [FraudDetector(LabelBook(), partition, odd) for partition in (0, 1)]

    def pay(partition: int, day: float, **fields: Any) -> OddPayments:
        paid = payment(occurred_at=MONDAY + timedelta(days=day), **fields)
        before = dict(odd)
        detectors[partition].known.learn([label(paid, paid.occurred_at)])
        detectors[partition].observe([paid])
        return {what: odd[what] - before[what] for what in odd if odd[what] != before[what]}

    first = {"unknown_customer": 1, "unknown_terminal": 1}
    assert pay(0, 10, customer_id="a", terminal_id="t") == first
    assert pay(0, 11, customer_id="a", terminal_id="t") == {}
    assert pay(1, 11, customer_id="b", terminal_id="t") == first, "another partition, with labels of its own"
    assert pay(0, 12, customer_id=None, card_id=None, terminal_id="t") == {"nobody": 1}
    for other in range(2 * BLOCK):
        pay(0, 12, customer_id=f"other-{other}", terminal_id="t")
    assert pay(0, 9.9, customer_id="a", terminal_id="t") == {"late": 1, "unknown_terminal": 1}
    assert pay(0, 10.1, customer_id="a", terminal_id="t") == {}, "two days late are borne with"


def test_an_absurd_amount_is_scored_and_is_nobodys_habit() -> None:
    odd = nothing_odd()
    detector, other = FraudDetector(LabelBook(), odd=odd), FraudDetector(LabelBook())
    paid = [payment(number, occurred_at=MONDAY + timedelta(days=number)) for number in range(4)]
    absurd = paid[2].model_copy(update={"amount_minor": 100_000_001})
    rows = detector.observe([*paid[:2], absurd, paid[3]])
    assert (odd["absurd_amount"], odd["nobody"]) == (1, 0)
    assert rows[2, 0] == 1_000_000.01
    assert np.isfinite(rows).all()
    assert rows[3].tolist() == other.observe([*paid[:2], paid[3]])[2].tolist()
    detector.observe([payment(9, occurred_at=MONDAY + timedelta(days=9), amount_minor=100_000_000)])
    assert odd["absurd_amount"] == 1, "a million itself is much, and believed"


@pytest.mark.parametrize("euros", [0, 0.01, 1e10])
def test_absurd_amounts_give_finite_features(euros: float) -> None:
    detector = FraudDetector(LabelBook())
    made = [
        payment(number, occurred_at=MONDAY + timedelta(days=number), amount_minor=round(euros * 100))
        for number in range(60)
    ]
    rows = detector.observe(
        [one.model_copy(update={"customer_id": Random(one.seq).choice(["c", "d"])}) for one in made]
    )
    assert np.isfinite(rows).all()
