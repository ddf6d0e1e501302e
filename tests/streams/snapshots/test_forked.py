"""A copy that a child makes holds what was there when it was asked for, or says why there is none."""

import os
import signal
import socket
from pathlib import Path

import numpy as np
import pytest

from detectors.snapshot import Parts
from streams.snapshots.codec import PIECE_BYTES, joined
from streams.snapshots.forked import CopyFailed, ForkedCopy


def read(copied: ForkedCopy) -> Parts:
    try:
        return joined(copied.described(), list(copied.pieces()))
    finally:
        copied.close()


def test_what_changes_afterwards_is_not_in_it() -> None:
    state = {"small": np.arange(3), "large": np.arange(PIECE_BYTES), "none": np.empty(0)}
    before = {name: values.copy() for name, values in state.items()}
    copied = ForkedCopy(lambda: state)
    state["small"][:] = 9
    del state["large"]
    found = read(copied)
    assert found.keys() == before.keys()
    assert all(np.array_equal(found[name], before[name]) for name in before)


def test_the_reason_is_said_why_there_is_none() -> None:
    def take() -> Parts:
        raise TypeError("objects of Sieve cannot be written down")

    with pytest.raises(CopyFailed, match=r"in take(?s:.)*objects of Sieve cannot be written down"):
        read(ForkedCopy(take))


def test_a_child_that_is_killed_gave_no_copy() -> None:
    def take() -> Parts:
        os.kill(os.getpid(), signal.SIGKILL)
        return {}

    with pytest.raises(CopyFailed, match="was killed"):
        read(ForkedCopy(take))


def test_a_copy_that_nobody_wants_any_more_leaves_no_process() -> None:
    children = set(children_of(os.getpid()))
    copied = ForkedCopy(lambda: {"large": np.arange(10 * PIECE_BYTES)})
    copied.described()
    copied.close()
    copied.close()
    assert set(children_of(os.getpid())) == children


def test_a_child_holds_none_of_its_parent_s_ports(tmp_path: Path) -> None:
    """A parent that is killed is started again while the child still works."""
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    with socket.create_server(("127.0.0.1", 0)) as before:
        address = before.getsockname()
        copied = ForkedCopy(lambda: {"length": np.array([len(gate.read_text())])})
    with gate.open("w") as opened:  # it opens once the child is there to read
        socket.create_server(address).close()
        opened.write("open")
    assert read(copied)["length"].tolist() == [4]


def children_of(process: int) -> list[str]:
    return Path(f"/proc/{process}/task/{process}/children").read_text().split()
