"""A day's budget of cards is parted: the suspicious, and those whose answer teaches."""

import pytest

from detectors.fraud.exploring import TerminalGaps
from detectors.fraud.reviewing import Choice, Spent, choose_reviews, parted

DAY = 86_400.0
KNOWN = TerminalGaps.of([("dark", 200, 0.0), ("dim", 50, 10 * DAY), ("known", 900, 40 * DAY)])
SPENT = [
    Spent("stolen", "known", 1, 0.97),
    Spent("odd", "known", 3, 0.4),
    Spent("usual", "dark", 2, 0.01),
    Spent("usual", "dim", 9, 0.02),
    Spent("other", "dim", 1, 0.03),
    Spent("plain", "known", 5, 0.05),
]


def test_some_are_for_their_score_and_the_others_for_what_is_not_known() -> None:
    found = choose_reviews(SPENT, KNOWN, 40 * DAY, cards=4, teaching_share=0.5)
    assert found == [
        Choice("stolen", True, "known"),
        Choice("odd", True, "known"),
        Choice("usual", False, "dark"),
        Choice("other", False, "dim"),
    ]


def test_each_answer_speaks_of_another_terminal() -> None:
    """Nothing is known of the web checkout, and everybody pays there."""
    known = TerminalGaps.of([("web", 5_000, 0.0), ("till", 80, 20 * DAY), ("booth", 9, 0.0)])
    spent = [Spent(f"shopper-{number}", "web", 1, 0.01) for number in range(5)]
    also = [("regular", "web"), ("regular", "till"), ("rare", "booth")]
    spent += [Spent(card, terminal, 1, 0.01) for card, terminal in also]
    found = choose_reviews(spent, known, 40 * DAY, cards=3, teaching_share=1.0)
    assert [(one.card, one.terminal) for one in found] == [
        ("regular", "web"),
        ("rare", "booth"),
        ("shopper-0", "web"),
    ]


@pytest.mark.parametrize(
    ("cards", "share", "expected"),
    [
        (1, 0.0, ["stolen"]),
        (1, 1.0, ["usual"]),
        (0, 0.4, []),
        (99, 0.4, ["stolen", "odd", "plain", "other", "usual"]),
    ],
)
def test_the_share_and_the_budget_are_kept(cards: int, share: float, expected: list[str]) -> None:
    found = choose_reviews(SPENT, KNOWN, 40 * DAY, cards=cards, teaching_share=share)
    assert [one.card for one in found] == expected


def test_a_day_without_payments_has_no_list() -> None:
    assert choose_reviews([], KNOWN, 40 * DAY, cards=9, teaching_share=0.4) == []
    assert parted(100, 0.4) == (60, 40)
