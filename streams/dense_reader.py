"""Reading a dense topic: each input offset counts once, however often it was written."""

from collections.abc import Mapping
from typing import NamedTuple

from schemas.origin import Origin

__all__ = ["DenseMark", "DenseReader"]


class DenseMark(NamedTuple):
    """The last origin that counted in one partition."""

    generation: str
    offset: int


class DenseReader:
    """The high-water mark of every partition of one dense topic.

    A writer that died before it committed writes its last records again. Whatever is not above the mark
    is such a repeat. The mark must grow by one: a jump is a gap, which must not exist, so it is counted
    for an alarm and reading goes on.

    Parameters
    ----------
    marks
        Where an earlier reader stopped, per partition; empty to start at whatever comes first.

    Attributes
    ----------
    repeats, gaps
        Records dropped, and origin offsets that never came, since this reader was made.

    """

    def __init__(self, marks: Mapping[int, DenseMark] | None = None) -> None:
        self._marks: dict[int, DenseMark] = dict(marks or {})
        self._retired: dict[int, set[str]] = {}
        self.repeats = 0
        self.gaps = 0

    def accept(self, origin: Origin) -> bool:
        """Say whether a record counts, and if so move the mark of its partition to it.

        A new generation starts anew at its first record; what still comes of an older one is a repeat.

        Cost: .3 µs.
        """
        mark = self._marks.get(origin.partition)
        if mark is not None:
            if origin.generation == mark.generation:
                if origin.offset <= mark.offset:
                    self.repeats += 1
                    return False
                self.gaps += origin.offset - mark.offset - 1
            elif origin.generation in self._retired.get(origin.partition, ()):
                self.repeats += 1
                return False
            else:
                self._retired.setdefault(origin.partition, set()).add(mark.generation)
        self._marks[origin.partition] = DenseMark(origin.generation, origin.offset)
        return True

    def mark(self, partition: int) -> DenseMark | None:
        """Give the last origin that counted, or None if the partition was not read yet."""
        return self._marks.get(partition)

    def marks(self) -> dict[int, DenseMark]:
        """Give the marks of all partitions, to be kept and handed to the next reader."""
        return dict(self._marks)
