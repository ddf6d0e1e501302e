"""What the trainer knows: written down as a whole, and taken up as one."""

from typing import NamedTuple

from detectors.fraud.learning_loop import LearningLoop
from detectors.snapshot import Parts, prefixed, unprefixed
from streams.label_order import LabelOrder

__all__ = ["Learnt"]


class Learnt(NamedTuple):
    """All that was learnt, and the labels that wait for their turn."""

    loop: LearningLoop
    order: LabelOrder

    def snapshot(self) -> Parts:
        """Copy both."""
        return {**prefixed("loop", self.loop.snapshot()), **prefixed("order", self.order.snapshot())}

    def restore(self, parts: Parts) -> None:
        """Go on from a copy; where that is refused nothing has changed, and an older one can be tried.

        Raises
        ------
        SnapshotRefused
            As `LearningLoop.restore`, or arrays that do not fit together.

        """
        before = LabelOrder()
        before.restore(unprefixed("order", parts))
        self.loop.restore(unprefixed("loop", parts))
        self.order.restore(unprefixed("order", parts))
