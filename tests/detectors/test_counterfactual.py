"""The amount at which a payment would have passed, beside what the detector itself says of that amount."""

from datetime import timedelta
from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray

from detectors.fraud.amounts import AmountTables
from detectors.fraud.champions import Champions
from detectors.fraud.counterfactual import largest_passing, rows_at_amounts
from detectors.fraud.detector import FraudDetector
from detectors.fraud.features import FEATURE_NAMES
from detectors.fraud.label_book import LabelBook
from schemas.model import AmountTable, Model
from schemas.transaction import Transaction
from tests.detectors.models import WIDTH, model
from tests.support.events import MONDAY, label, payment

PLACE = {name: place for place, name in enumerate(FEATURE_NAMES)}
COUNTS = Random(8)
TABLE = AmountTable(
    payments=tuple(COUNTS.randrange(20, 400) for _ in range(448)),
    frauds=tuple(COUNTS.randrange(20) for _ in range(448)),
)
NOW = MONDAY + timedelta(days=30)
PAST = [
    payment(number, occurred_at=MONDAY + timedelta(hours=3 * number), customer_id=f"c-{number % 6}")
    for number in range(200)
]


def observed(last: Transaction) -> NDArray[np.float64]:
    """Replay the past and give the features of one more payment."""
    known = LabelBook()
    known.take_table(model(20, amounts=TABLE))
    known.learn(
        [
            label(one, one.occurred_at + timedelta(days=2), verdict="fraud" if number % 9 == 0 else "genuine")
            for number, one in enumerate(PAST)
            if one.customer_id in ("c-0", "c-1", "c-2")
        ]
    )
    detector = FraudDetector(known)
    detector.observe(PAST)
    return np.asarray(detector.observe([last])[0], np.float64)


def tables() -> AmountTables:
    found = AmountTables()
    found.add("t", (MONDAY + timedelta(days=20)).timestamp(), TABLE)
    return found


def paid(customer: str, amount_minor: int) -> Transaction:
    return payment(900, occurred_at=NOW, customer_id=customer, amount_minor=amount_minor)


@pytest.mark.parametrize(
    ("customer", "held"),
    [("c-0", ()), ("c-1", ()), ("c-4", ("amount_to_largest",)), ("new", ("amount_to_largest",))],
)
def test_features_at_another_amount_are_those_of_the_detector(customer: str, held: tuple[str, ...]) -> None:
    amounts = [1, 99, 4_000, 17_350, 49_900]
    stored = observed(paid(customer, 50_000))
    rows, fixed = rows_at_amounts(stored, np.array(amounts), NOW.timestamp(), tables())
    for row, amount in zip(rows, amounts, strict=True):
        np.testing.assert_allclose(
            row, observed(paid(customer, amount)), rtol=0, atol=1.01e-5
        )  # features are rounded
    assert fixed == held
    assert len(np.unique(rows[:, PLACE["amount_risk"]])) == len(amounts)


def test_another_table_than_the_stored_one_is_not_used() -> None:
    stored = observed(paid("c-0", 50_000))
    rows, held = rows_at_amounts(stored, np.array([4_000]), NOW.timestamp(), AmountTables())
    assert held == ("amount_risk", "ratio_strangeness")
    assert rows[0, PLACE["amount_risk"]] == stored[PLACE["amount_risk"]]
    assert rows[0, PLACE["amount"]] == 40


def by_weights(**weights: float) -> Model:
    return model(
        means=(0.0,) * WIDTH,
        scales=(1.0,) * WIDTH,
        weights=tuple(weights.get(name, 0.0) for name in FEATURE_NAMES),
        bias=0.0,
    )


def passing(weights: dict[str, float], amount_minor: int, customer: str = "c-0") -> int | None:
    scorer = Champions().scorer_of(by_weights(**weights))
    return largest_passing(
        observed(paid(customer, amount_minor)), scorer, 0.5, NOW.timestamp(), tables()
    ).passes_minor


@pytest.mark.parametrize("amount_minor", [1_500, 50_000, 10**10])
def test_the_largest_amount_that_passes_is_found_to_the_cent(amount_minor: int) -> None:
    """By this model what is below 10.00 passes."""
    stored = observed(paid("c-0", amount_minor))
    usual = float(np.exp(stored[PLACE["usual_amount"]]))
    weights = {"amount": 1.0, "usual_amount": -10.0 / np.log(usual)}
    assert passing(weights, amount_minor) == 999


def test_a_score_that_falls_with_the_amount_is_no_obstacle() -> None:
    """Only amounts of a middle size pass: a search by halves from either end would miss or misplace them."""
    weights = {"amount_risk": 60.0, "ratio_strangeness": 1.0, "amount": 0.002}
    scorer = Champions().scorer_of(by_weights(**weights))
    stored = observed(paid("c-0", 60_000))
    amounts = np.arange(1, 60_000)
    rows, _ = rows_at_amounts(stored, amounts, NOW.timestamp(), tables())
    scores = scorer.scores(rows)
    threshold = float(np.quantile(scores, 0.1))
    expected = amounts[scores < threshold]
    assert (np.diff(expected) > 1).any(), "what passes is not one stretch"
    found = largest_passing(stored, scorer, threshold, NOW.timestamp(), tables())
    assert found.passes_minor == expected[-1]
    assert found.held == ()


@pytest.mark.parametrize(
    ("weights", "bias"),
    [({"terminal_run_days": 1.0}, 0.0), ({"amount": -1.0}, 50.0)],
    ids=["terminal", "falls"],
)
def test_where_no_amount_helps_there_is_none(weights: dict[str, float], bias: float) -> None:
    scorer = Champions().scorer_of(by_weights(**weights).model_copy(update={"bias": bias}))
    stored = observed(paid("c-0", 4_000))
    assert scorer.scores(stored[None])[0] > 0.5
    assert largest_passing(stored, scorer, 0.5, NOW.timestamp(), tables()).passes_minor is None


def test_nothing_lies_below_a_cent() -> None:
    assert [passing({"terminal_run_days": 1.0}, amount) for amount in (0, 1)] == [None, None]
