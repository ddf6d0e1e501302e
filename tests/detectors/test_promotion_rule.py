"""A challenger is promoted when it is surely better, and not otherwise."""

import numpy as np
import pytest

from detectors.fraud.promotion_rule import PromotionRule, Ruling
from detectors.fraud.shadow import Comparison, MaturedDay, compared, thinned
from detectors.ranking import Ranking

RULE = PromotionRule()
NAMES = ("blend", "online")


def matured(
    number: int, noises: tuple[float, ...], *, payments: int = 2_000, share: float = 0.02
) -> MaturedDay:
    """A day on which each subject sees the truth through a noise of its own."""
    random = np.random.default_rng(number)
    frauds = random.random(payments) < share
    common = random.normal(0, 0.3, payments)
    scores = [1 / (1 + np.exp(3 - 4 * frauds + common + random.normal(0, n, payments))) for n in noises]
    customers = random.integers(0, payments // 3, payments)
    return MaturedDay(
        number, np.array(scores), frauds, customers, np.ones(payments), payments + 7, payments, NAMES
    )


def ruled(*noises: float, days: int = 14, rule: PromotionRule = RULE) -> Ruling:
    window = [matured(number, noises) for number in range(days)]
    return rule.judge(compared(window, cards_per_day=20), 0, 1, NAMES)


def test_a_challenger_that_is_surely_better_is_promoted() -> None:
    ruling = ruled(2.0, 1.0)
    assert ruling.promotes
    assert ruling.figures["difference_low"] > 0
    assert ruling.figures["frauds"] >= 100
    assert "online" in ruling.reason


@pytest.mark.parametrize(
    ("noises", "days", "rule", "why"),
    [
        ((1.0, 2.0), 14, RULE, "more than"),
        ((1.5, 1.5), 14, RULE, "more than"),
        ((2.0, 1.0), 2, RULE, "100 are needed"),
        ((2.0, 1.0), 14, PromotionRule(margin=0.9), "more than 0.900"),
    ],
    ids=["worse", "as good", "few frauds", "below the margin"],
)
def test_a_challenger_stays_one(
    noises: tuple[float, float], days: int, rule: PromotionRule, why: str
) -> None:
    ruling = ruled(*noises, days=days, rule=rule)
    assert not ruling.promotes
    assert why in ruling.reason


def test_better_on_average_is_not_enough_if_people_would_look_at_worse_cards() -> None:
    window = [matured(number, (2.0, 1.0)) for number in range(14)]
    comparison = compared(window, cards_per_day=20)
    worse = comparison.subjects[1]._replace(card_precision=comparison.subjects[0].card_precision - 0.01)
    ruling = PromotionRule().judge(comparison._replace(subjects=(comparison.subjects[0], worse)), 0, 1, NAMES)
    assert not ruling.promotes
    assert "card precision" in ruling.reason


def test_of_equals_the_rule_promotes_hardly_ever() -> None:
    """Forty windows; with a bound of 1.6 standard errors two of them would pass."""
    passed = 0
    for start in range(0, 40 * 14, 14):
        window = [
            matured(number, (1.5, 1.5), payments=500, share=0.05) for number in range(start, start + 14)
        ]
        passed += PromotionRule().judge(compared(window, cards_per_day=20), 0, 1, NAMES).promotes
    assert passed <= 1


def test_the_same_window_gives_the_same_figures_and_counts() -> None:
    window = [matured(number, (2.0, 1.0)) for number in range(3)]
    first, again = (compared(window, cards_per_day=20) for _ in range(2))
    assert first.subjects == again.subjects
    assert np.array_equal(first.errors, again.errors)
    assert (first.payments, first.labelled) == (3 * 2_007, 3 * 2_000)
    assert first.frauds == sum(int(day.frauds.sum()) for day in window)


def test_the_interval_covers_what_a_long_window_says() -> None:
    truth = compared([matured(number, (1.5,)) for number in range(100, 140)], cards_per_day=20).subjects[0]
    low, high = (
        compared([matured(number, (1.5,)) for number in range(5)], cards_per_day=20).subjects[0].interval
    )
    assert low < truth.average_precision < high


def test_a_large_day_is_thinned_and_its_figures_stay() -> None:
    whole = matured(1, (2.0, 1.0), payments=60_000, share=0.01)
    thin = thinned(whole)
    assert len(thin.frauds) < 10_000
    assert thin.frauds.sum() == whole.frauds.sum()
    assert thin.weights.sum() == pytest.approx(60_000)
    for place in range(2):
        exact = Ranking(whole.scores[place], whole.frauds).average_precision()
        close: Comparison = compared([thin], cards_per_day=100)
        assert close.subjects[place].average_precision == pytest.approx(exact, abs=0.01)
        expected = compared([whole], cards_per_day=100).subjects[place].card_precision
        assert close.subjects[place].card_precision == expected
    assert thinned(matured(1, (1.0,))) is not None


def test_what_a_rule_declines_counts_in_card_precision_by_its_control_group() -> None:
    """The rule's hits rank highest and are mostly honest; one in ten of them passes, and stands for ten."""
    random = np.random.default_rng(8)
    truth, seen, unweighted = [], [], []
    for number in range(300):
        declined = np.arange(1_000) < 60
        frauds = random.random(1_000) < np.where(declined, 0.2, 0.6)
        scores = np.where(declined, 2.0, 1.0) + random.random(1_000)
        whole = MaturedDay(
            number, scores[None], frauds, np.arange(1_000), np.ones(1_000), 1_000, 1_000, NAMES[:1]
        )
        passed = ~declined | (random.random(1_000) < 0.1)
        partly = whole._replace(
            scores=whole.scores[:, passed],
            frauds=frauds[passed],
            customers=whole.customers[passed],
            weights=np.where(declined, 10.0, 1.0)[passed],
        )
        truth.append(whole)
        seen.append(partly)
        unweighted.append(partly._replace(weights=np.ones(int(passed.sum()))))
    true, weighted, flattered = (
        compared(days, cards_per_day=100).subjects[0].card_precision for days in (truth, seen, unweighted)
    )
    assert true == pytest.approx(0.36, abs=0.01)
    assert weighted == pytest.approx(true, abs=0.025)
    assert flattered > true + 0.15


def test_a_customer_counts_once_by_the_highest_payment_and_no_further_than_the_budget() -> None:
    day = MaturedDay(
        1, np.array([[0.9, 0.8, 0.7, 0.6]]), np.array([False, True, False, True]), np.array([5, 6, 5, 7]),
        np.array([2.0, 1.0, 9.0, 4.0]), 4, 4, NAMES[:1],
    )  # fmt: skip
    for cards, expected in ((1, 0.0), (2, 0.0), (3, 1 / 3), (5, 3 / 5), (99, 5 / 7)):
        assert compared([day], cards_per_day=cards).subjects[0].card_precision == pytest.approx(expected)
