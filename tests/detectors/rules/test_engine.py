"""Rules on batches: what SQL says, whatever the batch; a rule that fails takes nobody with it."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.errors import RuleRefused
from detectors.rules.engine import CompiledRules, compile_expression
from tests.support.events import MONDAY, payment, payments
from tests.support.ruling import asked, rule

Row = dict[str, Any]
# An expression, and the same said in Python, where a comparison with None is never true.
SAID_TWICE: list[tuple[str, Callable[[Row], bool]]] = [
    ("amount_minor > 10000", lambda row: row["amount_minor"] > 10_000),
    ("amount_minor > 10000 AND channel = 'pos'", lambda row: row["amount_minor"] > 10_000),
    ("NOT amount_minor > 10000", lambda row: row["amount_minor"] <= 10_000),
    ("store_id IN ('store-1', 'store-2')", lambda row: row["store_id"] in ("store-1", "store-2")),
    ("cashier_id = 'c-1'", lambda row: row["cashier_id"] == "c-1"),
    ("cashier_id <> 'c-1'", lambda row: row["cashier_id"] not in (None, "c-1")),
    ("cashier_id IS NULL", lambda row: row["cashier_id"] is None),
    ("price_overrides > 1 AND no_sale", lambda row: row["price_overrides"] > 1 and row["no_sale"]),
    ("score >= 0.5 OR amount_minor < 500", lambda row: row["score"] >= 0.5 or row["amount_minor"] < 500),
    ("score < 0.25 AND cashier_id = 'c-1'", lambda row: row["score"] < 0.25 and row["cashier_id"] == "c-1"),
    ("amount_minor / 100 = 50.5", lambda row: row["amount_minor"] == 5_050),
]
CUT = "SUBSTR(source, 1, amount_minor - 2) = 'ti'"
RULES = CompiledRules([rule(when, f"rule-{place}") for place, (when, _) in enumerate(SAID_TWICE)])


def some_payments(count: int, seed: int) -> tuple[list[Any], list[float]]:
    random = Random(seed)
    paid = [
        payment(
            number,
            amount_minor=random.choice([1, 499, 500, 5_050, 10_000, 10_001]),
            cashier_id=random.choice([None, "c-1", "c-2"]),
            no_sale=random.random() < 0.5,
            price_overrides=random.randrange(4),
        )
        for number in range(count)
    ]
    return paid, [random.choice([0.0, 0.2, 0.5, 1.0]) for _ in paid]


@given(count=st.integers(0, 12), seed=st.integers(0, 10_000))
def test_rules_hit_what_they_say(count: int, seed: int) -> None:
    paid, scores = some_payments(count, seed)
    hits = RULES.hits(asked(paid, scores).column_of, count)
    assert hits.failed == {}
    rows = [one.model_dump() | {"score": score} for one, score in zip(paid, scores, strict=True)]
    assert hits.hit.tolist() == [[bool(said(row)) for row in rows] for _, said in SAID_TWICE]


@pytest.mark.parametrize(("days", "expected"), [(0, (1, 9)), (5, (6, 9)), (6.625, (1, 0))])
def test_time_is_that_of_the_event(days: float, expected: tuple[int, int]) -> None:
    paid = [payment(0, occurred_at=MONDAY + timedelta(days=days))]
    weekday, hour = expected
    rules = CompiledRules([rule(f"weekday_utc = {weekday} AND hour_utc = {hour}")])
    assert rules.hits(asked(paid).column_of, 1).hit.all()


def test_hits_do_not_depend_on_the_neighbours() -> None:
    paid, scores = some_payments(60, 1)
    together = RULES.hits(asked(paid, scores).column_of, 60).hit
    alone = [
        RULES.hits(asked([one], [score]).column_of, 1).hit for one, score in zip(paid, scores, strict=True)
    ]
    assert np.array_equal(together, np.concatenate(alone, axis=1))
    assert together.any(axis=1).all()


def test_a_rule_that_fails_hits_nothing_and_harms_no_other() -> None:
    """The engine refuses a negative length, of any payment, for all of them."""
    rules = CompiledRules([rule(CUT, "cut"), rule("amount_minor > 0", "every-payment")])
    paid = [*payments(3, amount_minor=4), payment(4, amount_minor=1)]
    hits = rules.hits(asked(paid).column_of, 4)
    assert list(hits.failed) == [0]
    assert "conversion" in hits.failed[0]
    assert hits.hit.tolist() == [[False] * 4, [True] * 4]
    assert rules.hits(asked(paid[:3]).column_of, 3).hit.all()


@pytest.mark.parametrize(
    ("when", "needed"),
    [
        ("score > 0.9 AND (amount > 5 OR no_sale) AND source = 'a''b'", ["score", "source"]),
        ("block_card AND hour_utc <= 5", ["block_card", "hour_utc"]),
        ("score > 0.9 OR amount > 5", []),
        ("hour_utc BETWEEN 0 AND 5", []),
        ("NOT block_card AND score > 0.5", []),
        ("score + 1 > 2", []),
        ("score > amount", []),
        ("0.9 < score", []),
        ("source <> 'a'", []),
    ],
)
def test_only_plain_comparisons_are_taken_for_needs(when: str, needed: list[str]) -> None:
    assert [need.column for need in compile_expression(when).needs] == needed


def test_a_rule_that_cannot_hit_is_not_run() -> None:
    """What fails is not even tried where no payment has the score that the rule needs."""
    rules = CompiledRules([rule(f"score > 0.9 AND {CUT}")])
    assert rules.hits(asked(payments(3, amount_minor=1), [0.1, 0.9, 0.5]).column_of, 3).failed == {}
    assert list(rules.hits(asked(payments(3, amount_minor=1), [0.1, 0.95, 0.5]).column_of, 3).failed) == [0]


def test_a_rule_that_cannot_be_used_is_named() -> None:
    with pytest.raises(RuleRefused, match="rule second: unknown column a"):
        CompiledRules([rule("score > 1", "first"), rule("a > 1", "second")])
