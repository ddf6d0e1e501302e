"""State of all partitions together, which only one process can hold."""

from collections.abc import Callable
from typing import TypeVar

from schemas.errors import Stop
from streams.batch import Input

__all__ = ["for_one_process"]

State = TypeVar("State")


def for_one_process(agent: str, make_state: Callable[[], State]) -> Callable[[Input], State]:
    """Make the state of each partition once; a partition that moved away and comes back ends the process.

    What it brought is in the state already, and another process has gone on with it meanwhile.
    """
    begun: set[Input] = set()

    def make(source: Input) -> State:
        if source in begun:
            raise Stop(f"the {agent}'s partitions moved away and back; run one {agent}, and start it again")
        begun.add(source)
        return make_state()

    return make
