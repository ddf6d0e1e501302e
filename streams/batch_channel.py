"""The Faust channel that carries whole batches to an agent."""

from typing import Any, TypeVar

from faust.channels import Channel
from mode.utils.queues import FlowControlEvent, ThrowableQueue

__all__ = ["BatchChannel"]

Carried = TypeVar("Carried")


class BatchChannel(Channel[Carried]):
    """A channel whose queue Faust never suspends or clears.

    Faust does both to every channel of the app whenever the partitions of its own consumer move. The batch
    in the queue would never be answered, and the worker would look healthy.
    """

    @property
    def queue(self) -> ThrowableQueue[Any]:
        """The queue of this subscriber, under a flow control of its own."""
        if self._queue is None:
            self._queue = ThrowableQueue(
                maxsize=self.maxsize or 0, flow_control=FlowControlEvent(initially_suspended=False)
            )
        return self._queue
