"""Figures and changes in words."""

import pytest

from console.wording import Change, age, change, count, duration_ms, money, percent, rate


def test_the_unknown_is_a_dash_and_never_zero() -> None:
    assert {money(None, "EUR"), count(None), percent(None), age(None), duration_ms(None), rate(None)} == {"–"}


@pytest.mark.parametrize(
    ("minor", "currency", "whole", "text"),
    [
        (4_821_049, "EUR", True, "€48,210"),
        (18_420, "EUR", False, "€184.20"),
        (-4_999, "USD", False, "−$49.99"),
        (5_000, "JPY", False, "¥5,000"),
        (1_234_500, "KWD", True, "KWD 1,234"),
        (0, "GBP", True, "£0"),
    ],
)
def test_money_reads_as_in_its_country(minor: int, currency: str, *, whole: bool, text: str) -> None:
    assert money(minor, currency, whole=whole) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1, "0 s"), (2.4, "2 s"), (119, "119 s"), (125, "2 min"), (7_300, "2 h"), (200_000, "2 d")],
)
def test_age_has_one_unit(seconds: float, text: str) -> None:
    assert age(seconds) == text


@pytest.mark.parametrize(
    ("now", "before", "good", "expected"),
    [
        (96, 100, "up", Change("↓ 4 % on last Tue", "worse")),
        (104, 100, "up", Change("↑ 4 % on last Tue", "better")),
        (104, 100, "down", Change("↑ 4 % on last Tue", "worse")),
        (104, 100, "", Change("↑ 4 % on last Tue", "")),
        (100.1, 100, "up", Change("as last Tue", "")),
        (340, 100, "up", Change("↑ 3.4 times last Tue", "better")),
        (64_000, 100, "", Change("↑ far above last Tue", "")),
        (10, 0, "up", Change("none last Tue", "")),
        (0, 0, "up", Change("as last Tue", "")),
        (10, None, "up", Change("no figure for last Tue", "")),
        (None, 10, "up", Change("", "")),
        (-50, -100, "up", Change("↑ 50 % on last Tue", "better")),
    ],
)
def test_change_says_direction_and_judgement(
    now: float | None, before: float | None, good: str, expected: Change
) -> None:
    assert change(now, before, good=good, against="last Tue") == expected  # type: ignore[arg-type]


def test_shares_are_compared_in_points() -> None:
    assert (
        change(0.034, 0.03, good="down", against="last Tue", points=True).text == "↑ 0.4 points on last Tue"
    )
    assert change(0.01, 0.0, good="down", points=True) == Change("↑ 1.0 points", "worse")
