"""Loops over flat arrays that run as machine code."""

import fcntl
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import njit

__all__ = ["compiled"]

Loop = TypeVar("Loop", bound=Callable[..., object])


def compiled(loop: Loop) -> Loop:
    """Compile a function of numbers and arrays at its first call.

    The result is kept on disk beside the file (else in the user's cache, or in NUMBA_CACHE_DIR), so that a
    process compiles once per installation and not at every start: loading takes .3 s of CPU, compiling 2 s.
    Of processes that start together one compiles, and the others wait for what it writes. Where nothing can
    be written it is compiled at every start. What a compiled function calls stands in the same file, or a
    change of it would not be noticed there.
    """
    try:
        kept: Any = njit(cache=True)(loop)
    except RuntimeError:  # "no locator available": no place for the file
        return cast(Loop, njit(loop))
    lock = Path(kept.stats.cache_path) / f"{Path(loop.__code__.co_filename).stem}.lock"
    kept.compile = one_process_at_a_time(kept.compile, lock)
    return cast(Loop, kept)


def one_process_at_a_time(compile_or_load: Callable[..., Any], lock: Path) -> Callable[..., Any]:
    """Let others wait meanwhile; whoever comes next finds the result on disk."""

    def alone(signature: Any) -> Any:
        if lock in HELD:  # by the loop that calls this one
            return compile_or_load(signature)
        lock.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            HELD.add(lock)
            try:
                return compile_or_load(signature)
            finally:
                HELD.remove(lock)

    return alone


HELD: set[Path] = set()
"""What this process has locked."""
