"""Wait until everything that producers sent has gone through: no consumer group is behind on any topic."""

import asyncio
import time
from collections.abc import Callable, Sequence

from producers.administration import group_lags
from schemas.errors import Stop
from schemas.topics import WORKER_STATUS

__all__ = ["CHAIN", "WITH_EXPLAINER", "drain"]

CHAIN = (
    "tillwatch-fraud", "tillwatch-series", "tillwatch-stock", "tillwatch-trainer", "tillwatch-judge",
    "tillwatch-sink",
)  # fmt: skip
"""The consumer groups without which nothing goes through."""

WITH_EXPLAINER = (*CHAIN, "tillwatch-explainer")

POLL_SECONDS = 0.5
QUIET_POLLS = 3
"""A worker emits a moment after it reads, so nothing may be behind several times in a row."""

Lags = dict[tuple[str, str], int]


async def drain(
    bootstrap_servers: str,
    *,
    deadline_seconds: float,
    announce: Callable[[str], None],
    groups: Sequence[str] = CHAIN,
    lags_of: Callable[[str], Lags] = group_lags,
    poll_seconds: float = POLL_SECONDS,
) -> None:
    """Return once every group has committed all of every topic it reads.

    Each of `groups` must have committed something, too. Records about the workers themselves are left out:
    they never cease.

    Raises
    ------
    Stop
        Past the deadline; the message names who is behind on what, or which group never began.

    """
    deadline = time.monotonic() + deadline_seconds
    quiet = 0
    while True:
        lags = await asyncio.to_thread(lags_of, bootstrap_servers)
        behind = {key: lag for key, lag in lags.items() if lag > 0 and key[1] != WORKER_STATUS.name}
        absent = [name for name in groups if not any(group.startswith(name) for group, _ in lags)]
        quiet = 0 if behind or absent else quiet + 1
        if quiet == QUIET_POLLS:
            return
        if time.monotonic() > deadline:
            raise Stop(f"Not drained within {deadline_seconds:g} s: {_describe(behind, absent)}.")
        announce(_describe(behind, absent))
        await asyncio.sleep(poll_seconds)


def _describe(behind: Lags, absent: list[str]) -> str:
    worst = sorted(behind.items(), key=lambda item: -item[1])[:5]
    parts = [f"{group} is {lag:,} records behind on {topic}" for (group, topic), lag in worst]
    parts += [f"{group} has committed nothing yet" for group in absent]
    return "; ".join(parts) or "nothing behind"
