"""What the sink keeps in Kafka: offsets whose metadata says what is about to be written."""

from typing import Any, NamedTuple

import orjson

from streams.dense_reader import DenseMark

__all__ = ["Position"]


class Position(NamedTuple):
    """Where the sink stands in one topic; partitions by their number.

    Before an insert it commits where it stands together with the last offsets that it will write; after the
    insert, where it stands behind them, without any. So whoever comes next finds out, from this one record,
    whether a range may have been written, and writes exactly that range again. The record is the metadata
    of the topic's partition 0: one record, so no half of it can be committed.

    Parameters
    ----------
    generation
        Of the topic; offsets of another generation mean nothing.
    offsets
        The next one of each partition.
    marks
        Of a dense topic: the last origin that counted before `offsets`, None where none did.
    announced
        The last offset of each partition that may have been written, or None. A partition whose last offset
        is below its next one takes no part.

    """

    generation: str
    offsets: tuple[int, ...]
    marks: tuple[DenseMark | None, ...]
    announced: tuple[int, ...] | None = None

    @classmethod
    def at(cls, generation: str, offsets: tuple[int, ...]) -> "Position":
        """Start at given offsets, knowing nothing of what was before."""
        return cls(generation, offsets, (None,) * len(offsets))

    def metadata(self) -> str:
        """Write it, well below Kafka's limit of 4,096 bytes for eight partitions."""
        generations = sorted({mark.generation for mark in self.marks if mark is not None})
        return orjson.dumps(
            {
                "generation": self.generation,
                "offsets": self.offsets,
                "mark_generations": generations,
                "marks": [
                    None if mark is None else [generations.index(mark.generation), mark.offset]
                    for mark in self.marks
                ],
                "announced": self.announced,
            }
        ).decode()

    @classmethod
    def read(cls, metadata: str) -> "Position | None":
        """Read what `metadata` wrote; None if somebody else committed, for example an operator."""
        try:
            found: dict[str, Any] = orjson.loads(metadata)
            generations = found["mark_generations"]
            return cls(
                found["generation"],
                tuple(found["offsets"]),
                tuple(
                    None if mark is None else DenseMark(generations[mark[0]], mark[1])
                    for mark in found["marks"]
                ),
                None if found["announced"] is None else tuple(found["announced"]),
            )
        except (orjson.JSONDecodeError, KeyError, TypeError, IndexError):
            return None
