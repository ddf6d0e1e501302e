"""What every detector of anomalies in a series keeps to, whatever it looks at."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from detectors.anomaly.counts import CountDetector
from detectors.anomaly.cusum import CusumDetector
from detectors.anomaly.detector import ALARM, LARGEST, AnomalyDetector
from detectors.anomaly.half_space import HalfSpaceDetector
from detectors.anomaly.registry import DETECTORS
from detectors.errors import SnapshotRefused, ValuesRefused

Floats = NDArray[np.float64]
Make = Callable[[int], AnomalyDetector]

NO_UNITS = {CountDetector}
"""Counts have no other unit: twice as many, each counted twice, is a rarer thing."""

NOT_LOOKED_FOR: dict[str, set[Make]] = {
    "spike": {CusumDetector},
    "rise": {CountDetector},
    "new level": {HalfSpaceDetector},
}
"""Two values are no change of level; 110 where 70 are usual is, for a count, not always beyond how this one
strays while its course is new; a level soon is where many vectors lie."""

STEP, DAY = 300.0, 86_400.0
MONDAY = 1_704_067_200.0  # 2024-01-01
NAUGHT = np.zeros(1)

every = pytest.mark.parametrize("make", DETECTORS.values(), ids=DETECTORS.keys())
few = settings(max_examples=15, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def a_series(seed: int, count: int = 700) -> tuple[Floats, Floats]:
    """A daily course with noise, jumps, spikes, gaps in time, flat stretches and resets to nothing."""
    random = np.random.default_rng(seed)
    seconds = 1.7e9 + np.cumsum(np.where(random.random(count) < 0.01, 90_000.0, STEP))
    values = (
        50 + 20 * np.sin(seconds / 86_400 * 2 * np.pi) + random.normal(0, random.choice([0.0, 1.0]), count)
    )
    values += 40.0 * np.cumsum(random.random(count) < 0.003)
    values[random.random(count) < 0.01] *= random.choice([-3.0, 10.0, 1e6])
    flat = int(random.integers(count))
    values[flat : flat + 60] = random.choice([0.0, values[flat]])
    return seconds, values


def plain(count: int, seed: int = 1) -> tuple[Floats, Floats]:
    """A daily course with a little noise, a value every five minutes."""
    random = np.random.default_rng(seed)
    seconds = 1.7e9 + np.arange(count, dtype=np.float64) * STEP
    return seconds, 50 + 20 * np.sin(seconds / 86_400 * 2 * np.pi) + random.normal(0, 1, count)


@every
@few
@given(seed=seeds, cut=st.integers(1, 699))
def test_what_comes_later_changes_no_score(make: Make, seed: int, cut: int) -> None:
    seconds, values = a_series(seed)
    other = np.concatenate([values[:cut], a_series(seed + 1)[1][cut:] * 100])
    whole = make(1).observe(seconds, values)
    assert np.array_equal(make(1).observe(seconds, other)[:cut], whole[:cut])


@every
@few
@given(seed=seeds, cuts=st.lists(st.integers(0, 700), max_size=6))
def test_how_values_are_cut_into_batches_changes_nothing(make: Make, seed: int, cuts: list[int]) -> None:
    seconds, values = a_series(seed)
    detector = make(1)
    parts = [
        detector.observe(times, some)
        for times, some in zip(np.split(seconds, sorted(cuts)), np.split(values, sorted(cuts)), strict=True)
    ]
    assert np.array_equal(np.concatenate(parts), make(1).observe(seconds, values))


@every
@few
@given(seed=seeds, cut=st.integers(0, 700))
def test_restored_at_any_point_it_goes_on_the_same(make: Make, seed: int, cut: int) -> None:
    seconds, values = a_series(seed)
    original, restored = make(1), make(1)
    original.observe(seconds[:cut], values[:cut])
    restored.restore(original.snapshot())
    expected = original.observe(seconds[cut:], values[cut:])
    assert np.array_equal(restored.observe(seconds[cut:], values[cut:]), expected)


@every
@few
@given(seed=seeds)
def test_series_watched_together_are_as_if_alone(make: Make, seed: int) -> None:
    count = 4
    places = np.random.default_rng(seed).integers(0, count, 1_200)
    seconds, values = a_series(seed, 1_200)
    together = make(count).observe(seconds, values, places)
    for place in range(count):
        own = places == place
        assert np.array_equal(together[own], make(1).observe(seconds[own], values[own]))


@pytest.mark.parametrize("make", [make for make in DETECTORS.values() if make not in NO_UNITS])
@few
@given(seed=seeds, power=st.integers(-8, 30))
def test_units_do_not_matter(make: Make, seed: int, power: int) -> None:
    """By powers of two, so that nothing is rounded; what moves by less than a billionth stands still."""
    seconds, values = a_series(seed)
    assert np.array_equal(make(1).observe(seconds, values * 2.0**power), make(1).observe(seconds, values))


@every
@few
@given(
    some=st.lists(
        st.tuples(*[st.floats(allow_nan=False, allow_infinity=False)] * 2), min_size=1, max_size=20
    ),
    seed=seeds,
)
def test_any_finite_value_at_any_time_has_a_score(
    make: Make, some: list[tuple[float, float]], seed: int
) -> None:
    drawn = np.array(some)[np.random.default_rng(seed).integers(0, len(some), 600)]
    scores = make(1).observe(drawn[:, 0].copy(), drawn[:, 1].copy())
    assert ((scores >= 0) & (scores <= 1)).all()


@every
@pytest.mark.parametrize(
    "values", [[0.0, 1.7e308], [1.7e308, -1.7e308], [5e-324, 0.0], [1.0, 1e200, -1e-300]]
)
def test_huge_and_tiny_values_leave_it_working(make: Make, values: list[float]) -> None:
    detector = make(1)
    seconds, usual = plain(2_000)
    some = np.resize(np.array(values), 300)
    assert np.isfinite(detector.observe(seconds[:300], some)).all()
    scores = detector.observe(seconds, usual)
    assert ((scores >= 0) & (scores <= 1)).all()
    assert not np.isnan(detector.observe(NAUGHT, NAUGHT + LARGEST * 10)).any()


@every
@pytest.mark.parametrize("value", [0.0, 1.0, -7.3, 1e-12, 1e12, 1.7e308])
def test_a_constant_series_is_never_an_alarm(make: Make, value: float) -> None:
    """Not in a year of a value every quarter of an hour either."""
    seconds = 1.7e9 + np.arange(35_000, dtype=np.float64) * 900.0
    assert not make(1).observe(seconds, np.full(len(seconds), value)).any()


@every
def test_a_year_of_nothing_ends_with_an_alarm(make: Make) -> None:
    detector = make(1)
    seconds = 1.7e9 + np.arange(9_000, dtype=np.float64) * 3_600.0
    detector.observe(seconds[:-40], np.zeros(len(seconds) - 40))
    assert detector.observe(seconds[-40:], np.full(40, 12.0)).max() >= ALARM


@every
@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_refused_and_nothing_learnt(make: Make, number: float) -> None:
    seconds, values = plain(400)
    detector = make(1)
    expected = make(1).observe(seconds, values)
    spoilt = values.copy()
    spoilt[200] = number
    for times, some in ((seconds, spoilt), (spoilt, values)):
        with pytest.raises(ValuesRefused, match="200 of 400"):
            detector.observe(times, some)
    assert np.array_equal(detector.observe(seconds, values), expected)


@every
def test_values_without_times_or_series_are_refused(make: Make) -> None:
    detector = make(2)
    for seconds, values, places in (
        (np.zeros(2), np.zeros(3), None),
        (np.zeros(3), np.zeros(3), np.zeros(2, np.int64)),
        (np.zeros(3), np.zeros(3), np.array([0, 1, 2])),
        (np.zeros(3), np.zeros(3), np.array([0, -1, 1])),
    ):
        with pytest.raises(ValuesRefused):
            detector.observe(seconds, values, places)
    assert detector.observe(np.zeros(3), np.zeros(3), np.array([0, 1, 1])).shape == (3,)
    assert detector.observe(np.zeros(0), np.zeros(0)).shape == (0,)


@every
def test_more_series_leave_those_known_as_they_are(make: Make) -> None:
    seconds, values = a_series(5)
    detector = make(1)
    first = detector.observe(seconds[:300], values[:300])
    detector.grow(3)
    assert detector.series == 3
    rest = detector.observe(seconds[300:], values[300:])
    assert np.array_equal(np.concatenate([first, rest]), make(1).observe(seconds, values))
    assert np.array_equal(
        detector.observe(seconds, values, np.full(len(values), 2)), make(1).observe(seconds, values)
    )


@every
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("what", ["spike", "rise", "silence", "noise"])
def test_a_planted_anomaly_is_found_and_little_else(make: Make, seed: int, what: str) -> None:
    seconds, values = plain(3_000, seed)
    begin = 2_000 + 37 * seed
    if what == "spike":
        values[begin : begin + 2] = 130.0
    elif what == "rise":
        values[begin:] += 40
    elif what == "silence":
        values[begin : begin + 60] = 0.0
    else:
        values[begin : begin + 60] += np.random.default_rng(seed).normal(0, 25, 60)
    alarms = np.flatnonzero(make(1).observe(seconds, values) >= ALARM)
    alarms = alarms[alarms >= 450]
    found = ((begin <= alarms) & (alarms < begin + 60)).any()
    assert found or make in NOT_LOOKED_FOR.get(what, ())
    assert ((alarms < begin) | (alarms >= begin + 300)).sum() <= 4


def weekly(days: float, seed: int, step: float = 900.0) -> tuple[Floats, Floats]:
    """A shop's counts by its own clock: open from 8 to 20, livelier on Saturdays, closed on Sundays."""
    seconds = MONDAY + np.arange(0, days * DAY, step)
    hour, weekday = seconds % DAY / 3_600, (seconds - MONDAY) // DAY % 7
    lively = np.where((hour >= 8) & (hour < 20) & (weekday < 6), 30.0 + 12.0 * (weekday == 5), 0.0)
    return seconds, np.random.default_rng(seed).poisson(lively).astype(np.float64)


def alarms_in(make: Make, seconds: Floats, values: Floats, begin: float, end: float) -> int:
    """Alarms from one moment to before another."""
    scores = make(1).observe(seconds, values)
    return int((scores[(seconds >= begin) & (seconds < end)] >= ALARM).sum())


@every
def test_usual_weeks_raise_hardly_ever(make: Make) -> None:
    """Ten weeks of three shops after four to learn: half an alarm a week at most."""
    begin = MONDAY + 28 * DAY
    assert sum(alarms_in(make, *weekly(98, seed), begin, np.inf) for seed in range(3)) <= 15


@every
def test_the_first_twenty_values_of_a_series_raise_nothing(make: Make) -> None:
    random = np.random.default_rng(3)
    values = random.normal(0, 1, 20) * 10.0 ** random.integers(0, 9, 20)
    assert not (make(1).observe(MONDAY + np.arange(20.0) * STEP, np.abs(values)) >= ALARM).any()


@every
@pytest.mark.parametrize("days", [1, 9, 60])
def test_a_series_that_is_away_and_comes_back_is_known(make: Make, days: int) -> None:
    """No value was there to judge; the first ones after the gap are what they would have been."""
    seconds, values = weekly(40 + days + 7, 4)
    back = MONDAY + (40 + days) * DAY
    kept = (seconds < MONDAY + 40 * DAY) | (seconds >= back)
    alone = alarms_in(make, seconds, values, back, back + 2 * DAY)
    assert alarms_in(make, seconds[kept], values[kept], back, back + 2 * DAY) <= alone + 1


@every
def test_a_series_that_appears_is_judged_as_one_watched_alone(make: Make) -> None:
    """Beside others that have been there for weeks, of which one dies when it appears."""
    seconds, values = weekly(30, 5)
    detector = make(2)
    detector.observe(seconds, values)
    detector.grow(3)
    later, own = seconds + 30 * DAY, weekly(30, 6)[1]
    places = np.full(len(later), 2)
    assert np.array_equal(detector.observe(later, own, places), make(1).observe(later, own))


@every
@pytest.mark.parametrize("hours", [1, -1])
def test_a_day_on_which_clocks_change_is_as_usual(make: Make, hours: int) -> None:
    """In autumn an hour comes twice by the shop's clock, in spring one is left out; nobody shops then."""
    seconds, values = weekly(42, 7)
    sunday = MONDAY + (5 * 7 + 6) * DAY + 2 * 3_600
    if hours > 0:
        again = (seconds >= sunday) & (seconds < sunday + 3_600)
        at = int(np.flatnonzero(again)[-1]) + 1
        seconds, values = np.insert(seconds, at, seconds[again]), np.insert(values, at, values[again])
    else:
        kept = (seconds < sunday) | (seconds >= sunday + 3_600)
        seconds, values = seconds[kept], values[kept]
    assert alarms_in(make, seconds, values, sunday, sunday + 2 * DAY) == 0


@every
@pytest.mark.parametrize("seed", range(3))
def test_a_new_level_is_told_and_then_usual(make: Make, seed: int) -> None:
    """As when a shop becomes three times as large: after two weeks it is what is usual."""
    seconds, values = weekly(70, seed)
    begin = MONDAY + 42 * DAY
    values[seconds >= begin] *= 3.0
    assert (
        alarms_in(make, seconds, values, begin, begin + 3 * DAY) >= 1 or make in NOT_LOOKED_FOR["new level"]
    )
    assert alarms_in(make, seconds, values, begin + 14 * DAY, begin + 28 * DAY) <= 2


@every
def test_a_year_of_zero_is_no_alarm_and_costs_the_rest_nothing(make: Make) -> None:
    seconds, values = weekly(28, 8)
    zeros = MONDAY + np.arange(0.0, 365 * DAY, 3_600.0)
    detector = make(2)
    assert not detector.observe(zeros, np.zeros(len(zeros))).any()
    places = np.ones(len(values), np.int64)
    assert np.array_equal(detector.observe(seconds, values, places), make(1).observe(seconds, values))


@every
def test_a_snapshot_of_parts_that_do_not_belong_together_is_refused(make: Make) -> None:
    parts, more = make(2).snapshot(), make(3).snapshot()
    for name in parts:
        with pytest.raises(SnapshotRefused):
            make(2).restore({**parts, name: more[name]})
        with pytest.raises(SnapshotRefused):
            make(2).restore({**parts, name: parts[name][:-1]})
    detector = make(2)
    detector.restore(more)
    assert detector.series == 3
