"""Loops over flat arrays that run as machine code."""

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

__all__ = ["compiled"]

Loop = TypeVar("Loop", bound=Callable[..., object])


def compiled(loop: Loop) -> Loop:
    """Compile a function of numbers and arrays at its first call.

    The result is kept on disk beside the file (else in the user's cache, or in NUMBA_CACHE_DIR), so that a
    process compiles once per installation and not at every start: loading takes .3 s of CPU, compiling 2 s.
    Where nothing can be written it is compiled at every start. What a compiled function calls stands in the
    same file, or a change of it would not be noticed there.
    """
    try:
        return cast(Loop, njit(cache=True)(loop))
    except RuntimeError:  # "no locator available": no place for the file
        return cast(Loop, njit(loop))
