"""What explains a change, from parts whose cause is known."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from detectors.causes.explain import explain
from detectors.causes.parts import Parts, coded
from detectors.causes.search import LEAST_SHARE, best_combination, covered, gain

SIZES = (12, 3, 4, 3)
DIMENSIONS = ("store_id", "channel", "payment_method", "device")


def business(seed: int, *, usual: float = 40.0) -> Parts:
    """Every combination, of very different sizes, as it came out on a day like any other."""
    random = np.random.default_rng(seed)
    codes = np.array(list(np.ndindex(*SIZES)), np.int64)
    expected = random.lognormal(np.log(usual), 0.7, len(codes))
    names = tuple(
        tuple(f"{dimension}-{code}" for code in range(size))
        for dimension, size in zip(DIMENSIONS, SIZES, strict=True)
    )
    return Parts(DIMENSIONS, names, codes, random.poisson(expected).astype(float), expected)


def plant(parts: Parts, values: dict[int, int], factor: float, seed: int) -> tuple[Parts, NDArray[np.bool_]]:
    """Let what has these values sell less or more."""
    rows = covered(parts, tuple(values.items()))
    random = np.random.default_rng(seed)
    actual = np.where(rows, random.poisson(parts.expected * factor), parts.actual)
    return Parts(parts.dimensions, parts.names, parts.codes, actual.astype(float), parts.expected), rows


planted = st.dictionaries(st.integers(0, 3), st.integers(0, 2), min_size=1, max_size=3)


@given(seed=st.integers(0, 10_000), values=planted, factor=st.sampled_from([0.0, 0.3, 0.5, 2.5]))
def test_planted_cause_among_noise_is_found_first(seed: int, values: dict[int, int], factor: float) -> None:
    parts, rows = plant(business(seed), values, factor, seed)
    least = abs(factor - 1) * parts.expected[rows].sum()
    if least < 6 * np.sqrt(parts.expected.sum()):
        return  # drowned in the noise of the total, which nobody would ask about
    first = explain(parts).causes[0]
    named = {parts.dimensions.index(name): parts.names[parts.dimensions.index(name)].index(value)
             for name, value in first.values}  # fmt: skip
    assert (covered(parts, tuple(named.items())) == rows).all()


@given(seed=st.integers(0, 10_000), values=planted)
def test_contributions_and_the_rest_add_up_to_the_change(seed: int, values: dict[int, int]) -> None:
    parts, _ = plant(business(seed), values, 0.2, seed)
    why = explain(parts)
    assert sum(cause.change for cause in why.causes) + why.rest == pytest.approx(why.change)
    assert why.change == pytest.approx(parts.actual.sum() - parts.expected.sum())


@given(seed=st.integers(0, 10_000))
def test_no_part_is_covered_by_two_causes(seed: int) -> None:
    parts, _ = plant(*plant(business(seed), {0: 1}, 0.1, seed)[:1], {2: 1}, 0.4, seed)
    why = explain(parts)
    assert len(why.causes) >= 2
    assert sum(cause.expected for cause in why.causes) <= parts.expected.sum() + 1e-6
    assert why.causes[1].partly or not ({*why.causes[0].values} & {*why.causes[1].values})


def test_nothing_planted_has_no_single_cause() -> None:
    found = [explain(business(seed)) for seed in range(200)]
    assert sum(bool(why.causes) for why in found) <= 4  # an accident as large comes once in a hundred
    assert sum(why.evenly for why in found) <= 4


def test_what_falls_alike_everywhere_has_no_single_cause() -> None:
    for seed in range(50):
        parts = business(seed)
        actual = np.random.default_rng(seed).poisson(parts.expected * 0.7).astype(float)
        why = explain(Parts(parts.dimensions, parts.names, parts.codes, actual, parts.expected))
        assert why.evenly
        assert why.causes == ()


def test_same_cause_by_two_names_takes_the_shorter() -> None:
    """The app is a store and a channel: one of the three channels is said with less."""
    names, codes = coded([["s1", "s2", "app"], ["pos", "pos", "app"]])
    parts = Parts(
        ("store_id", "channel"), names, codes, np.array([100.0, 90.0, 5.0]), np.array([100.0, 90.0, 80.0])
    )
    assert explain(parts).causes[0].values == (("channel", "app"),)


def test_order_of_parts_changes_nothing() -> None:
    parts, _ = plant(business(3), {0: 2, 3: 1}, 0.1, 3)
    order = np.random.default_rng(1).permutation(len(parts.actual))
    shuffled = Parts(
        parts.dimensions, parts.names, parts.codes[order], parts.actual[order], parts.expected[order]
    )
    told = [(cause.values, round(cause.share, 9)) for cause in explain(parts).causes]
    assert told == [(cause.values, round(cause.share, 9)) for cause in explain(shuffled).causes]


def test_nothing_at_all_is_explained_by_nothing() -> None:
    names, codes = coded([[], []])
    none = Parts(("a", "b"), names, codes, np.zeros(0), np.zeros(0))
    assert explain(none).causes == ()


@given(seed=st.integers(0, 10_000), values=planted)
def test_pruning_loses_nothing_that_could_win(seed: int, values: dict[int, int]) -> None:
    """Against every combination, one by one."""
    parts, _ = plant(business(seed, usual=6.0), values, 0.2, seed)
    direction = 1 if parts.change > 0 else -1
    least = LEAST_SHARE * abs(parts.change)
    total = float(parts.actual.sum()), float(parts.expected.sum())
    left = np.ones(len(parts.actual), np.bool_)
    found = best_combination(parts, left, direction, least=least)
    for depth in (1, 2, 3):
        for dimensions in combinations(range(len(SIZES)), depth):
            cost = sum(np.log(len(SIZES)) + np.log(SIZES[one]) for one in dimensions)
            for codes in np.ndindex(*(SIZES[one] for one in dimensions)):
                rows = covered(parts, tuple(zip(dimensions, codes, strict=True)))
                actual, expected = parts.actual[rows].sum(), parts.expected[rows].sum()
                if direction * (actual - expected) >= least:
                    nats = float(gain(np.array(actual), np.array(expected), parts, total))
                    assert nats - cost <= found.gain - found.cost + 1e-6
