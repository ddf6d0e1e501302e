"""Reading a dense topic: each input offset counts once, however often it was written."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from detectors.errors import SnapshotRefused
from detectors.snapshot import Parts, column, packed_texts, texts
from schemas.generation import number_of, topic_id_of
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

        Where the reprocess number grows, the worker was switched, and offsets go on; what still comes of a
        smaller number is of a worker that was replaced, and a repeat. Another topic id starts anew at its
        first record, and what still comes of the topic before is a repeat.

        Cost: .5 µs.
        """
        return self.accept_place(origin.generation, origin.partition, origin.offset)

    def accept_place(self, generation: str, partition: int, offset: int) -> bool:
        """Do the same for an origin that was read as fields."""
        mark = self._marks.get(partition)
        if mark is not None:
            if generation == mark.generation or self._goes_on(generation, mark.generation):
                if offset <= mark.offset:
                    self.repeats += 1
                    return False
                self.gaps += offset - mark.offset - 1
            elif self._is_over(generation, partition, mark.generation):
                self.repeats += 1
                return False
            else:
                self._retired.setdefault(partition, set()).add(topic_id_of(mark.generation))
        self._marks[partition] = DenseMark(generation, offset)
        return True

    def _goes_on(self, generation: str, before: str) -> bool:
        return topic_id_of(generation) == topic_id_of(before) and number_of(generation) > number_of(before)

    def _is_over(self, generation: str, partition: int, before: str) -> bool:
        topic_id = topic_id_of(generation)
        return topic_id == topic_id_of(before) or topic_id in self._retired.get(partition, ())

    def mark(self, partition: int) -> DenseMark | None:
        """Give the last origin that counted, or None if the partition was not read yet."""
        return self._marks.get(partition)

    def marks(self) -> dict[int, DenseMark]:
        """Give the marks of all partitions, to be kept and handed to the next reader."""
        return dict(self._marks)

    def snapshot(self) -> Parts:
        """Copy the marks, and which generations are over."""
        retired = [(place, name) for place, names in self._retired.items() for name in sorted(names)]
        return {
            "partition": np.array(list(self._marks), np.int64),
            "offset": np.array([mark.offset for mark in self._marks.values()], np.int64),
            **packed_texts("generation", [mark.generation for mark in self._marks.values()]),
            "retired_partition": np.array([place for place, _ in retired], np.int64),
            **packed_texts("retired", [name for _, name in retired]),
        }

    def restore(self, parts: Parts) -> None:
        """Go on from a copy, in a reader that has accepted nothing yet.

        Raises
        ------
        SnapshotRefused
            Arrays that do not fit together.

        """
        generations, over = texts(parts, "generation"), texts(parts, "retired")
        partitions = column(parts, "partition", np.int64, len(generations)).tolist()
        offsets = column(parts, "offset", np.int64, len(generations)).tolist()
        if len(set(partitions)) != len(partitions):
            raise SnapshotRefused("a partition has two marks")
        marks = zip(partitions, map(DenseMark, generations, offsets), strict=True)
        retired = zip(column(parts, "retired_partition", np.int64, len(over)).tolist(), over, strict=True)
        self._marks = dict(marks)
        self._retired = {}
        for partition, generation in retired:
            self._retired.setdefault(partition, set()).add(generation)
