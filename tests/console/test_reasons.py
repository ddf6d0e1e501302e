"""Reasons are said in words."""

import pytest

from console.reasons import ordinal, reason_text, reasons_text
from detectors.fraud.features import FEATURE_NAMES


@pytest.mark.parametrize("feature", FEATURE_NAMES)
def test_every_feature_has_its_words(feature: str) -> None:
    text = reason_text(feature, 1.0, "EUR")
    assert "_" not in text
    assert not text.startswith(feature.replace("_", " ") + " 1") or feature == "amount"


def test_an_unknown_feature_is_named_and_not_hidden() -> None:
    assert reason_text("time_since_last", 3.5, "EUR") == "time since last 3.5"


def test_reasons_are_joined_strongest_first() -> None:
    text = reasons_text(["payments_1d", "terminal_compromised"], [4.0, 0.4], "EUR")
    first, second = text.split(" · ")
    assert first.split() == ["customer’s", "5th", "payment", "in", "1", "day"]
    assert second.split() == ["terminal", "compromised", "with", "40", "%"]
    assert " " not in first + second  # a line breaks between reasons, not within


def test_ordinals_end_as_spoken() -> None:
    assert [ordinal(number) for number in (1, 2, 3, 4, 11, 12, 21, 112)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "21st", "112th",
    ]  # fmt: skip
