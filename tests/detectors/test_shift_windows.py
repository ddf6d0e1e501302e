"""A shift is found, also late; windows that were written down go on as if they had not been."""

import numpy as np
import pytest

from detectors.errors import SnapshotRefused
from detectors.fraud.shift_windows import KEPT, ShiftWindows
from detectors.graph.reading import graph_of
from detectors.graph.writing import graph_parts

NOISE = np.random.default_rng(3).normal(0, 0.05, 3 * KEPT).tolist()


def test_nothing_shifts_in_noise_and_a_shift_is_found_however_long_there_was_none() -> None:
    windows = ShiftWindows(1)
    assert not any(windows.add(0, one) for one in NOISE)
    assert any([windows.add(0, 0.4 + one) for one in NOISE[:40]])  # noqa: C419  # all of them
    assert windows.latest(0).tolist() == [*NOISE[40 - KEPT :], *(0.4 + one for one in NOISE[:40])]


@pytest.mark.parametrize("stop", [0, KEPT - 1, 2 * KEPT, 2 * KEPT + 7])
def test_windows_that_were_written_down_go_on_as_if_they_had_not_been(stop: int) -> None:
    windows = ShiftWindows(2)
    for one in NOISE[:stop]:
        windows.add(1, one)
    again = graph_of(graph_parts(windows))
    story = [*NOISE[stop:], *(0.3 + one for one in NOISE)]
    assert [again.add(1, one) for one in story] == [windows.add(1, one) for one in story]
    assert again.latest(1).tolist() == windows.latest(1).tolist()
    assert len(again.latest(0)) == 0


def test_a_figure_that_is_cleared_begins_anew_and_others_do_not() -> None:
    windows, fresh = ShiftWindows(2), ShiftWindows(2)
    for one in NOISE:
        windows.add(0, one)
        windows.add(1, one)
        fresh.add(1, one)
    windows.clear(0)
    for figure in (0, 1):
        story = [0.3 + one for one in NOISE]
        assert [windows.add(figure, one) for one in story] == [fresh.add(figure, one) for one in story]


def test_arrays_that_do_not_fit_together_are_refused() -> None:
    parts = ShiftWindows(2).pack()
    with pytest.raises(SnapshotRefused, match="residuals has 1 values, expected 0"):
        ShiftWindows.unpack(parts | {"residuals": np.zeros(1)})
