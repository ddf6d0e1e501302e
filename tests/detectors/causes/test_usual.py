"""What is usual for a part, from earlier days of every kind."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.causes.explain import explain
from detectors.causes.parts import Parts, coded
from detectors.causes.usual import DayRows, parts_of_days, ratio_parts


def days(figures: dict[int, dict[str, float]], before: dict[int, float]) -> DayRows:
    """Orders by store for each day, and of the hours before all together."""
    rows = [(store, day, False, value) for day, stores in figures.items() for store, value in stores.items()]
    rows += [("s1", day, True, value) for day, value in before.items()]
    stores, numbers, early, values = zip(*rows, strict=True)
    value = np.array(values, float)
    return DayRows(
        ("store_id",), (stores,), np.array(numbers), np.array(early), value, value, days=max(figures)
    )


def expected_of(rows: DayRows) -> dict[str, float]:
    parts = parts_of_days(rows)
    return dict(
        zip((parts.names[0][code] for code in parts.codes[:, 0]), parts.expected.tolist(), strict=True)
    )


def test_usual_is_the_mean_of_the_days_at_todays_level() -> None:
    """Today began twice as fast as the two days before."""
    rows = days(
        {0: {"s1": 50, "s2": 20}, 1: {"s1": 60, "s2": 20}, 2: {"s1": 40, "s2": 20}},
        {0: 100_000, 1: 50_000, 2: 50_000},
    )
    assert expected_of(rows) == {"s1": pytest.approx(100, rel=0.01), "s2": pytest.approx(40, rel=0.01)}


def test_day_on_which_a_store_was_closed_is_left_out_for_it() -> None:
    figures = {day: {"s1": 100.0, "s2": 100.0} for day in range(6)}
    figures[3]["s1"] = 0.0
    assert expected_of(days(figures, dict.fromkeys(range(6), 1_000))) == {"s1": 100.0, "s2": 100.0}


def test_day_of_another_kind_says_nothing() -> None:
    """A holiday: a tenth of the usual in the hours before."""
    figures = {day: {"s1": 100.0} for day in range(5)}
    figures[2]["s1"] = 1.0
    before = dict.fromkeys(range(5), 10_000.0) | {2: 1_000.0}
    assert expected_of(days(figures, before)) == {"s1": 100.0}


def test_day_without_any_counts_as_none() -> None:
    """An error on one day in four is a quarter of an error, not one."""
    figures = {0: {"app": 3.0}, 1: {"app": 0.0}, 2: {"app": 1.0}, 3: {"app": 0.0}, 4: {"app": 0.0}}
    assert expected_of(days(figures, dict.fromkeys(range(5), 0.0)))["app"] == pytest.approx(0.25)


def test_no_earlier_day_expects_nothing() -> None:
    parts = parts_of_days(days({0: {"s1": 5.0}, 1: {}}, {0: 10.0}))
    assert parts.expected.tolist() == [0.0]


@given(
    pays=st.lists(st.integers(1, 400), min_size=4, max_size=4),
    usually=st.lists(st.integers(1, 400), min_size=4, max_size=4),
    errors=st.lists(st.integers(0, 100), min_size=4, max_size=4),
    erred=st.lists(st.integers(0, 100), min_size=4, max_size=4),
)
def test_ratio_is_explained_by_its_parts_and_the_mix(
    pays: list[int], usually: list[int], errors: list[int], erred: list[int]
) -> None:
    names, codes = coded([["a", "b", "c", "d"]])

    def of(actual: list[int], expected: list[int]) -> Parts:
        return Parts(("device",), names, codes, np.array(actual, float), np.array(expected, float))

    parts, mix = ratio_parts(of(errors, erred), of(pays, usually))
    change = sum(errors) / sum(pays) - sum(erred) / sum(usually)
    assert parts.change / sum(pays) + mix == pytest.approx(change)


def test_ratio_names_the_device_whose_errors_rose() -> None:
    """Android visitors see errors; that more of them come today explains nothing."""
    names, codes = coded([["android", "desktop", "ios"]])
    errors = Parts(("device",), names, codes, np.array([80.0, 3, 2]), np.array([2.0, 2, 2]))
    pays = Parts(("device",), names, codes, np.array([400.0, 300, 200]), np.array([300.0, 300, 300]))
    parts, _ = ratio_parts(errors, pays)
    assert [cause.values for cause in explain(parts).causes] == [(("device", "android"),)]


def test_ratio_that_was_zero_on_all_days_names_who_has_it_now() -> None:
    """Ten errors of ten clicks in a release that nobody had before; sixteen clicks in the other went well."""
    names, codes = coded([["5.2.1", "5.3.0"]])
    errors = Parts(("app_version",), names, codes, np.array([0.0, 10]), np.array([0.0, 0]))
    pays = Parts(("app_version",), names, codes, np.array([16.0, 10]), np.array([25.0, 0]))
    parts, _ = ratio_parts(errors, pays)
    assert [cause.values for cause in explain(parts).causes] == [(("app_version", "5.3.0"),)]
