"""What counts as a record: not what is large, but what never was where things were alike."""

import numpy as np
import pytest
from numpy.typing import NDArray

from detectors.anomaly import record_loops, run_loops
from detectors.anomaly.detector import ALARM
from detectors.anomaly.records import RecordDetector
from detectors.errors import SnapshotRefused

Floats = NDArray[np.float64]
MONDAY = 1_704_067_200.0  # 2024-01-01 00:00 UTC
DAY = 86_400.0


def quarters(days: float) -> Floats:
    """A time every quarter of an hour from a Monday on."""
    return MONDAY + np.arange(0, days * DAY, 900.0)


def alarms(seconds: Floats, values: Floats) -> Floats:
    """When there was an alarm."""
    return seconds[RecordDetector().observe(seconds, values) >= ALARM]


def opening(seconds: Floats, seed: int = 1) -> Floats:
    """A shop from 8 to 20: about 100 a quarter, nothing at night."""
    hours = seconds % DAY / 3600
    return np.where(
        (hours >= 8) & (hours < 20), 100 + np.random.default_rng(seed).normal(0, 5, len(seconds)), 0.0
    )


@pytest.mark.parametrize(("hour", "value"), [(3.0, 60.0), (12.0, 40.0)])
def test_what_is_usual_at_another_hour_is_a_record_at_this(hour: float, value: float) -> None:
    """Sales in the night, or few at noon, are within all that was ever seen."""
    seconds = quarters(30)
    values = opening(seconds)
    begin = MONDAY + 28 * DAY + hour * 3600
    odd = (seconds >= begin) & (seconds < begin + 3600)
    values[odd] = value
    late = alarms(seconds, values)[-1]
    assert begin <= late <= begin + 3 * 3600
    assert not (alarms(seconds, opening(seconds)) >= begin).any()


def test_a_sunday_like_a_weekday_is_a_record_on_weekends_only() -> None:
    """On weekdays these hours sell, on weekends they never did: only the second of the four ways tells."""
    seconds = quarters(70)
    values = np.where((seconds - MONDAY) // DAY % 7 >= 5, 0.0, opening(seconds))
    sunday = MONDAY + (9 * 7 + 6) * DAY
    odd = (seconds >= sunday + 10 * 3600) & (seconds < sunday + 11 * 3600)
    monday = (seconds >= sunday - 6 * DAY + 10 * 3600) & (seconds < sunday - 6 * DAY + 11 * 3600)
    values[odd] = 100.0
    scores = scored(values, seconds)
    assert scores[odd, 1][0] > 0.8
    assert scores[odd, 0].max() == 0
    assert scores[monday, :2].max() < 0.3


def scored(values: Floats, seconds: Floats) -> Floats:
    """Scores of the channels."""
    trails, inputs = np.zeros(1, record_loops.TRAIL), np.zeros((1, 3), record_loops.INPUT)
    scores = np.zeros((len(values), record_loops.CHANNELS))
    record_loops.observe_records(np.zeros(len(values), np.int64), seconds, values, trails, inputs, scores)
    return scores


def test_what_no_longer_comes_is_noticed() -> None:
    """A spike about every six hours, then none: not one value is unusual."""
    seconds = quarters(60)
    random = np.random.default_rng(6)
    values = random.normal(2, 0.1, len(seconds))
    spikes = np.cumsum(random.integers(18, 30, 300))
    spikes = spikes[spikes < len(seconds)]
    values[spikes] = 50 + random.normal(0, 2, len(spikes))
    missing = values.copy()
    missing[4_500:4_700] = random.normal(2, 0.1, 200)
    begin, end = seconds[4_500], seconds[4_700]
    found = alarms(seconds, missing)
    assert ((begin < found) & (found <= end)).any()
    found = alarms(seconds, values)
    assert not ((begin < found) & (found <= end)).any()


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_run_is_as_odd_as_it_is_longer_than_any_before(sign: float) -> None:
    """Ten up, ten down, then up for long: nothing until the eleventh, half the largest score at the 15th."""
    values = sign * np.append(np.tile(np.repeat([1.0, -1.0], 10), 30), np.ones(40))
    scores = np.zeros((len(values), run_loops.CHANNELS))
    places = np.zeros(len(values), np.int64)
    run_loops.observe_runs(places, values, np.zeros(1, run_loops.RUNS), scores)
    stays = scores[600:, 1 if sign > 0 else 0]
    assert not scores[300:600].any()
    assert not stays[:10].any()
    assert stays[14] == pytest.approx(0.5)
    assert (np.diff(stays[9:]) > 0).all()
    assert not scores[600:, 0 if sign > 0 else 1].any()


def test_the_same_again_is_told_less_and_less() -> None:
    """A spike at odd times, each a little higher than all before: of thirty not each is an alarm."""
    seconds = quarters(120)
    values = 50 + np.random.default_rng(2).normal(0, 1, len(seconds))
    spikes = np.arange(2_000, 11_000, 300)
    values[spikes] += 100 + np.arange(len(spikes))
    found = alarms(seconds, values)
    first = [bool(((seconds[at] <= found) & (found <= seconds[at] + 3600)).any()) for at in spikes]
    assert first[0]
    assert sum(first[15:]) < sum(first[:15])


def test_after_an_alarm_there_is_none_for_thirty_values() -> None:
    seconds = quarters(60)
    values = 50 + np.random.default_rng(3).normal(0, 1, len(seconds))
    values[4_000:] += 10.0 * 1.02 ** np.minimum(np.arange(len(values) - 4_000), 200)
    gaps = np.diff(alarms(seconds, values)) / 900
    assert len(gaps)
    assert gaps.min() > 30


@pytest.mark.parametrize("growth", [1.5, 4.0, 1e3, 1e9])
def test_cells_become_one_as_the_range_grows(growth: float) -> None:
    """The grid stays fine enough for 11 cells, and forgets nothing that it held."""
    trails, inputs = np.zeros(1, record_loops.TRAIL), np.zeros((1, 3), record_loops.INPUT)
    random = np.random.default_rng(4)
    values = np.concatenate([random.normal(0, 1, 200), random.normal(0, growth, 200), [-growth * 50]])
    places, seconds = np.zeros(len(values), np.int64), np.arange(float(len(values)))
    scores = np.zeros((len(values), record_loops.CHANNELS))
    record_loops.observe_records(places, seconds, values, trails, inputs, scores)
    one = inputs[0, 0]
    assert one["most"] - one["least"] <= record_loops.CELLS * one["width"]
    assert one["width"] <= (one["most"] - one["least"]) / record_loops.CELLS * 2
    for lag in range(2):
        cells = slice(
            record_loops.AFTER + lag * record_loops.SLOTS, record_loops.AFTER + (lag + 1) * record_loops.SLOTS
        )
        seen = one["alike_count"][cells] > 0
        assert 0 < seen.sum() <= 11
        assert one["alike_low"][cells][seen].min() == pytest.approx(values.min())
        assert one["alike_high"][cells][seen].max() == pytest.approx(values[30:].max(), rel=0.01)


def test_a_negative_counter_is_refused() -> None:
    """Loops find their places by counters; a wrong one would write elsewhere."""
    parts = RecordDetector().snapshot()
    part = parts["trails.rows"].copy()
    part[:8] = np.array([-1], np.int64).view(np.uint8)
    with pytest.raises(SnapshotRefused, match="negative"):
        RecordDetector().restore({**parts, "trails.rows": part})
