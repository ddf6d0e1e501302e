"""Loops over flat arrays that run as machine code."""

import fcntl
from collections.abc import Callable
from pathlib import Path
from time import sleep
from typing import Any, TextIO, TypeVar, cast

from numba import njit

__all__ = ["compiled"]

Loop = TypeVar("Loop", bound=Callable[..., object])

LOOKS, LOOK_SECONDS = 100, 0.05
"""Five seconds, once for each file: a member of a group must be heard of every eight."""


def compiled(loop: Loop) -> Loop:
    """Compile a function of numbers and arrays at its first call.

    The result is kept on disk beside the file (else in the user's cache, or in NUMBA_CACHE_DIR), so that a
    process compiles once per installation and not at every start: loading takes .3 s of CPU, compiling 2 s.
    Of processes that start together one compiles, and the others wait a while for what it writes. Where
    nothing can be written it is compiled at every start. What a compiled function calls stands in the same
    file, or a change of it would not be noticed there.
    """
    try:
        kept: Any = njit(cache=True)(loop)
    except RuntimeError:  # "no locator available": no place for the file
        return cast(Loop, njit(loop))
    lock = Path(kept.stats.cache_path) / f"{Path(loop.__code__.co_filename).stem}.lock"
    kept.compile = one_process_at_a_time(kept.compile, lock)
    return cast(Loop, kept)


def one_process_at_a_time(compile_or_load: Callable[..., Any], lock: Path) -> Callable[..., Any]:
    """Let others wait meanwhile, for a while; whoever comes next finds the result on disk."""

    def alone(signature: Any) -> Any:
        if lock in NOT_WAITED_FOR:
            return compile_or_load(signature)
        lock.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("w") as file:
            NOT_WAITED_FOR.add(lock)
            if not taken(file):
                return compile_or_load(signature)
            try:
                return compile_or_load(signature)
            finally:
                NOT_WAITED_FOR.remove(lock)

    return alone


def taken(file: TextIO) -> bool:
    """Wait for a lock, but not for ever: who has it may be frozen."""
    for _ in range(LOOKS):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sleep(LOOK_SECONDS)
        else:
            return True
    return False


NOT_WAITED_FOR: set[Path] = set()
"""What this process has locked, for a loop that calls another; and what it has waited for in vain."""
