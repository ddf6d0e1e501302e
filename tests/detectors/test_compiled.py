"""Processes that start together compile a loop once."""

import fcntl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from detectors import compiled
from detectors.compiled import one_process_at_a_time


def test_a_second_process_waits_for_what_the_first_writes(tmp_path: Path) -> None:
    lock = tmp_path / "cache" / "loops.lock"
    lock.parent.mkdir()
    with lock.open("w") as of_another, ThreadPoolExecutor(1) as pool:
        fcntl.flock(of_another, fcntl.LOCK_EX)
        coming = pool.submit(one_process_at_a_time(str, lock), "signature")
        with pytest.raises(TimeoutError):
            coming.result(timeout=0.1)
        fcntl.flock(of_another, fcntl.LOCK_UN)
        assert coming.result(timeout=60) == "signature"


def test_nobody_waits_for_ever_for_what_is_frozen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "LOOKS", 2)
    lock = tmp_path / "loops.lock"
    compile_it = compiled.one_process_at_a_time(str, lock)
    with lock.open("w") as of_another:
        fcntl.flock(of_another, fcntl.LOCK_EX)
        assert compile_it("signature") == "signature"
        monkeypatch.setattr(compiled, "taken", None)  # nor is it asked for once more
        assert compile_it("other") == "other"


def test_a_loop_that_calls_another_does_not_wait_for_itself(tmp_path: Path) -> None:
    lock = tmp_path / "cache" / "loops.lock"
    inner = one_process_at_a_time(str, lock)
    outer: Callable[..., str] = one_process_at_a_time(lambda signature: inner(signature) + "!", lock)
    assert outer("signature") == "signature!"
