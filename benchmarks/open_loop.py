"""A schedule that is kept whatever the answers do, so that a slow answer cannot hide the ones behind it."""

import time
from collections.abc import Callable

__all__ = ["OpenLoop"]


class OpenLoop:
    """When each of a row of events is to be sent.

    A latency is measured from when its event was due, also if it was sent late: what waits because the
    sender was held up has waited all the same.

    Parameters
    ----------
    start
        When the first is due, seconds since 1970.
    rate
        Events per second.
    clock, sleep
        Of the machine, unless a test moves them.

    """

    def __init__(
        self,
        start: float,
        rate: float,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._start = start
        self._rate = rate
        self._clock = clock
        self._sleep = sleep

    def due(self, index: int) -> float:
        """Say when an event is due, seconds since 1970."""
        return self._start + index / self._rate

    def wait(self, index: int) -> float:
        """Wait until an event is due, not at all if it is late; give by how many seconds it is late."""
        due = self.due(index)
        while (left := due - self._clock()) > 0:
            self._sleep(left)
        return -left
