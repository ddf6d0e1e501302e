"""What the card-fraud data lacks is seen in the simulated retailer: checks, devices, bursts, stripes."""

from datetime import UTC, datetime, timedelta
from itertools import chain

import numpy as np
import pytest
from numpy.typing import NDArray

from detectors.fraud.detector import FraudDetector
from detectors.fraud.features import FEATURE_NAMES
from detectors.fraud.label_book import LabelBook
from detectors.ranking import Ranking
from producers.simulator.calendar import history_end, local_date
from producers.simulator.payments import happenings
from producers.simulator.world import World
from schemas.label import Label
from schemas.topics import LABELS, TRANSACTIONS
from schemas.transaction import Transaction

LIVE_FROM = history_end(datetime(2026, 11, 20, 15, tzinfo=UTC))
DAYS_BEFORE = 3

Seen = tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]
"""Features, whether it was fraud, and whether the customer is known."""


@pytest.fixture(scope="module")
def seen() -> Seen:
    """Features and verdicts of the day of the script, with three days before it; nobody has said a word."""
    day = local_date(LIVE_FROM)
    world = World(100, first_day=day - timedelta(days=DAYS_BEFORE), live_from=LIVE_FROM)
    paid: list[Transaction] = []
    frauds = set()
    for age in range(DAYS_BEFORE, -1, -1):
        number = 0
        for happening in chain.from_iterable(map(happenings, world.plan(day - timedelta(days=age)))):
            if happening.topic is TRANSACTIONS:
                number += 1
                made = happening.build(run="run-1", seq=number)
                if isinstance(made, Transaction) and made.status in ("authorised", "declined"):
                    paid.append(made)
            elif happening.topic is LABELS:
                label = happening.build()
                if isinstance(label, Label) and label.verdict == "fraud":
                    frauds.add(label.event_id)
    paid.sort(key=lambda one: one.occurred_at)
    rows = FraudDetector(LabelBook()).observe(paid)
    fraud = np.array([one.event_id in frauds for one in paid])
    live = np.array([one.occurred_at >= LIVE_FROM for one in paid])
    known = np.array([one.customer_id is not None for one in paid])
    return rows[live], fraud[live], known[live]


@pytest.mark.parametrize("feature", ["payments_10m", "payments_1h", "amount_to_usual", "spikes"])
def test_thefts_stand_out_from_what_their_customers_do_else(feature: str, seen: Seen) -> None:
    """Cards that are only tested are seen once each and have no past."""
    rows, frauds, known = seen
    assert frauds[known].sum() > 20
    column = rows[known, FEATURE_NAMES.index(feature)]
    assert Ranking(column, frauds[known]).area_under_roc() > 0.55


@pytest.mark.parametrize("feature", ["declined", "checks_failed", "card_weakly_read"])
def test_tested_and_copied_cards_stand_out_by_how_they_are_used(feature: str, seen: Seen) -> None:
    rows, frauds, _ = seen
    column = rows[:, FEATURE_NAMES.index(feature)]
    assert Ranking(column, frauds).area_under_roc() > 0.55


def test_a_stripe_is_read_where_cards_are_copied(seen: Seen) -> None:
    rows, frauds, _ = seen
    stripe = rows[:, FEATURE_NAMES.index("card_weakly_read")] == 1
    assert frauds[stripe].mean() > 5 * frauds.mean()
