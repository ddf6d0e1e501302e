"""The features against the handbook's definitions, computed the slow way."""

from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np
import pytest

from detectors.fraud.detector import FraudDetector
from detectors.fraud.features import FEATURE_NAMES
from detectors.fraud.terminals import TerminalRisk
from schemas.label import Label
from schemas.transaction import Transaction
from tests.support.events import label, payment

DELAY = timedelta(days=7)
START = datetime(2026, 3, 1, tzinfo=UTC)


def stream(count: int, days: float, seed: int) -> list[Transaction]:
    """Payments in time order, many at the same second or exactly on the edge of a window."""
    random = Random(seed)
    steps = sorted(random.choice([0, 3_600, 86_400 - 1, 86_400]) * random.random() for _ in range(count))
    times = [START + timedelta(seconds=round(step * days)) for step in steps]
    return [
        payment(
            number,
            occurred_at=moment if random.random() < 0.7 else START + timedelta(days=(moment - START).days),
            customer_id=f"customer-{random.randrange(4)}",
            terminal_id=f"terminal-{random.randrange(3)}",
        )
        for number, moment in enumerate(times)
    ]


def handbook_row(payments: list[Transaction], frauds: set[int], place: int) -> list[float]:
    """The handbook's windows of one payment, from the definition: every label is 7 days late."""
    paid = payments[place]
    moment = paid.occurred_at
    row = [paid.amount_minor / 100, float(moment.weekday() >= 5), float(moment.hour <= 6)]
    for days in (1, 7, 30):
        window = [
            other.amount_minor / 100
            for other in payments[: place + 1]
            if other.customer_id == paid.customer_id
            and moment - timedelta(days=days) < other.occurred_at <= moment
        ]
        row += [len(window), sum(window) / len(window)]
    for days in (1, 7, 30):
        labelled = [
            number in frauds
            for number, other in enumerate(payments)
            if other.terminal_id == paid.terminal_id
            and moment - DELAY - timedelta(days=days) < other.occurred_at <= moment - DELAY
        ]
        row += [len(labelled), sum(labelled) / len(labelled) if labelled else 0.0]
    return row


@pytest.mark.parametrize("seed", range(4))
def test_features_equal_the_handbooks_when_labels_are_seven_days_late(seed: int) -> None:
    payments = sorted(stream(400, 60, seed), key=lambda paid: paid.occurred_at)
    frauds = {number for number in range(400) if Random(number).random() < 0.2}
    terminals = TerminalRisk()
    detector = FraudDetector(terminals)
    labels: list[Label] = [
        label(paid, paid.occurred_at + DELAY, verdict="fraud" if number in frauds else "genuine")
        for number, paid in enumerate(payments)
    ]
    terminals.learn(labels)

    features = detector.observe(payments)

    expected = [handbook_row(payments, frauds, place) for place in range(len(payments))]
    assert features.shape == (400, len(FEATURE_NAMES))
    np.testing.assert_allclose(features, expected, rtol=1e-12)
    assert features[:, 12].max() > 0, "no labelled fraud reached a window: the test shows nothing"


def test_labels_learnt_as_they_come_give_the_same_features() -> None:
    payments = sorted(stream(300, 60, 9), key=lambda paid: paid.occurred_at)
    labels = [label(paid, paid.occurred_at + DELAY, verdict="fraud") for paid in payments]
    at_once, as_they_come = TerminalRisk(), TerminalRisk()
    at_once.learn(labels)
    first, second = FraudDetector(at_once), FraudDetector(as_they_come)
    for paid in payments:
        as_they_come.learn([one for one in labels if one.known_at <= paid.occurred_at])
        np.testing.assert_array_equal(first.observe([paid]), second.observe([paid]))


def test_night_ends_at_seven_and_weekends_are_saturday_and_sunday() -> None:
    def flags(moment: datetime) -> tuple[float, float]:
        row = FraudDetector(TerminalRisk()).observe([payment(occurred_at=moment)])[0]
        return row[1], row[2]

    assert flags(datetime(2026, 10, 9, 23, 59, 59, tzinfo=UTC)) == (0, 0)
    assert flags(datetime(2026, 10, 10, 0, 0, tzinfo=UTC)) == (1, 1)
    assert flags(datetime(2026, 10, 11, 6, 59, 59, 999_999, tzinfo=UTC)) == (1, 1)
    assert flags(datetime(2026, 10, 12, 7, 0, tzinfo=UTC)) == (0, 0)
