"""Each feature has words for any value; one that is not known is named."""

import pytest

from detectors.fraud.features import FEATURE_NAMES
from detectors.watch.feature_words import feature_words
from detectors.watch.wording import money


@pytest.mark.parametrize("name", FEATURE_NAMES)
@pytest.mark.parametrize("value", [-1.0, 0.0, 0.3, 1.0, 2.0, 60.0, 99.0, 1e6])
def test_every_feature_has_words_for_every_value(name: str, value: float) -> None:
    text = feature_words(name, value, money)
    assert text
    assert "_" not in text
    assert text != f"{name.replace('_', ' ')} {value:g}"


def test_an_unknown_feature_is_named_and_not_hidden() -> None:
    assert feature_words("time_since_last", 3.5, money) == "time since last 3.5"
