"""A level that changes is found; noise, rhythms and absurd single payments are not."""

from typing import Any

import numpy as np
import pytest

from detectors.fraud.day_book import Day
from detectors.fraud.drift import FIGURES, DriftWatch
from detectors.fraud.features import FEATURE_NAMES
from schemas.drift import Drift

DAY = 86_400.0
FIRST = 20_000
AMOUNT = FEATURE_NAMES.index("amount")


def day_of(number: int, *, per_day: int = 1_200, rhythm: float = 0.0, **changes: float) -> Day:
    """Noise in every feature, of one channel in three; `changes` are added to a feature or a share."""
    random = np.random.default_rng(number)
    seconds = np.sort((FIRST + number) * DAY + random.random(per_day) * DAY)
    features = random.normal(0, 1, (per_day, len(FEATURE_NAMES)))
    of_day = (seconds % DAY) / DAY
    weekend = (FIRST + number + 3) % 7 >= 5
    features += rhythm * (np.sin(2 * np.pi * of_day) + weekend)[:, None]
    features[:, FEATURE_NAMES.index("weekend")] = weekend
    channels = np.array(["app", "pos", "web"])[random.integers(0, 3, per_day)]
    rate = 0.02
    for name, change in changes.items():
        if name == "alert_rate":
            rate += change
        elif name == "absurd":
            features[0, AMOUNT] = change
        else:
            features[channels == "web", FEATURE_NAMES.index(name)] += change
    return Day(
        seconds, range(per_day), features, random.random(per_day), random.random(per_day) < rate,
        ["model"] * per_day, random.integers(0, 100, per_day), channels,
    )  # fmt: skip


def found(days: list[Day]) -> list[Drift]:
    watch = DriftWatch()
    return [one for day in days for one in watch.take(day)]


def test_nothing_is_found_in_streams_that_do_not_change() -> None:
    """Sixty days of 111 figures, three of them with few payments an hour."""
    assert found([day_of(number) for number in range(60)]) == []


def test_a_daily_and_weekly_rhythm_alone_is_no_drift() -> None:
    assert found([day_of(number, rhythm=1.0) for number in range(50)]) == []


def test_a_shift_of_one_feature_in_one_channel_is_found_there_once() -> None:
    days = [day_of(number, rhythm=0.5) for number in range(32)]
    days += [day_of(number, rhythm=0.5, amount=0.8) for number in range(32, 50)]
    (drift,) = found(days)
    assert (drift.figure, drift.segment) == ("amount", "web")
    assert drift.shift == pytest.approx(0.8 / 1.1, abs=0.3)
    assert drift.now - drift.usual > 0.4
    late = drift.found_at.timestamp() / DAY - (FIRST + 32)
    assert 0 < late < 4


@pytest.mark.parametrize(("feature", "starts", "late"), [("terminal_labels_30d", 50, 78), ("amount", 25, 50)])
def test_a_level_is_not_looked_at_while_its_window_fills(feature: str, starts: int, late: int) -> None:
    """It rises for long and then once more, when it was looked at long enough; others do not wait so long."""

    def rising(number: int) -> Day:
        changes: dict[str, Any] = {feature: min(number, starts - 15) * 0.1 + (number >= late)}
        return day_of(number, **changes)

    days = [rising(number) for number in range(late + 8)]
    (drift,) = found(days)
    assert (drift.figure, drift.segment) == (feature, "web")
    assert drift.found_at.timestamp() >= (FIRST + late) * DAY


def test_a_log_that_begins_late_in_a_stream_is_looked_at_sooner() -> None:
    days = [day_of(number, terminal_labels_30d=float(number >= 30)) for number in range(40)]
    assert found(days) == []
    watch = DriftWatch()
    watch.begin((FIRST - 60) * DAY)
    assert [one.figure for day in days for one in watch.take(day)] == ["terminal_labels_30d"]


def test_a_share_of_reviews_that_rises_is_found_in_every_channel() -> None:
    days = [day_of(number) for number in range(30)]
    days += [day_of(number, alert_rate=0.2) for number in range(30, 40)]
    drifts = found(days)
    assert {one.segment for one in drifts if one.figure == "alert_rate"} == {"app", "pos", "web"}
    assert {one.figure for one in drifts} == {"alert_rate"}
    assert "alert_rate" in FIGURES


def test_one_absurd_payment_a_day_is_no_drift() -> None:
    days = [day_of(number) for number in range(30)]
    assert found([*days, *(day_of(number, absurd=1e9) for number in range(30, 45))]) == []


def test_what_drifted_is_watched_anew() -> None:
    days = [day_of(number) for number in range(28)]
    days += [day_of(number, amount=1.0) for number in range(28, 48)]
    days += [day_of(number) for number in range(48, 56)]
    up, down = found(days)
    assert up.shift > 0 > down.shift
    assert down.usual == pytest.approx(1.0, abs=0.1)
