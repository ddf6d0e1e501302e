"""How long a test waits for what must come, and the waiting.

Nothing here is about how quick a busy machine is: a test that passes waits no longer than it must, and what
has not come after `PATIENCE_SECONDS` never will.
"""

import asyncio
import time
from collections.abc import Callable, Iterator

__all__ = ["PATIENCE_SECONDS", "until", "wait_until"]

PATIENCE_SECONDS = 120.0
LOOK_SECONDS = 0.03


def nothing() -> str:
    return ""


def looks(condition: Callable[[], bool], told: Callable[[], object]) -> Iterator[None]:
    """Go round until the condition holds or patience ends."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"the condition never came; {told()}"
        yield


def wait_until(condition: Callable[[], bool], told: Callable[[], object] = nothing) -> None:
    """Wait until a condition holds; `told` says at the end what there was instead.

    Raises
    ------
    AssertionError
        It never came.

    """
    for _ in looks(condition, told):
        time.sleep(LOOK_SECONDS)


async def until(condition: Callable[[], bool], told: Callable[[], object] = nothing) -> None:
    """Wait for the same while other tasks of the loop go on.

    Raises
    ------
    AssertionError
        It never came.

    """
    for _ in looks(condition, told):
        await asyncio.sleep(LOOK_SECONDS)
