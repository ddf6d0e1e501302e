"""Older states are migrated, step by step; newer ones are refused."""

import numpy as np
import pytest

from detectors.errors import SnapshotRefused
from streams.snapshots.state_format import StateFormat
from tests.support.counting import COUNTING, Counter


def test_an_old_state_is_migrated() -> None:
    counter = Counter()
    COUNTING.restore_from(counter, 1, {"old-name": np.array([4, 5])})
    assert counter.offsets == [4, 5]


def test_migrations_go_step_by_step() -> None:
    steps = StateFormat[Counter](
        4,
        COUNTING.take,
        COUNTING.restore,
        {
            1: lambda parts: {"b": parts["a"] + 1},
            2: lambda parts: {"c": parts["b"] * 10},
            3: lambda parts: {"offsets": parts["c"] - 1},
        },
    )
    counter = Counter()
    steps.restore_from(counter, 1, {"a": np.array([1])})
    assert counter.offsets == [19]
    steps.restore_from(counter, 3, {"c": np.array([8])})
    assert counter.offsets == [7]


@pytest.mark.parametrize(
    ("version", "said"), [(3, "version 3, this program knows up to 2"), (0, "from 0 to 1")]
)
def test_a_version_without_a_way_is_refused_with_both(version: int, said: str) -> None:
    with pytest.raises(SnapshotRefused, match=said):
        COUNTING.restore_from(Counter(), version, {"offsets": np.array([1])})
