"""What the sink keeps in Kafka: a committed offset whose metadata says what is about to be written."""

from typing import Any, NamedTuple

import orjson

from streams.dense_reader import DenseMark

__all__ = ["Position"]


class Position(NamedTuple):
    """Where the sink stands in one partition.

    Before an insert it commits the offset it stands at together with the last offset that it will write;
    after the insert, the offset behind it without one. So whoever comes next finds out, from this one
    record, whether a range may have been written, and writes exactly that range again.

    Parameters
    ----------
    offset
        The next one to be written.
    generation
        Of the topic; offsets of another generation mean nothing.
    mark
        Of a dense topic: the last origin that counted before `offset`.
    announced
        The last offset of the range that may have been written, or None.

    """

    offset: int
    generation: str
    mark: DenseMark | None = None
    announced: int | None = None

    def metadata(self) -> str:
        """Write everything but the offset, which Kafka keeps itself."""
        return orjson.dumps(
            {
                "generation": self.generation,
                "mark": None if self.mark is None else [self.mark.generation, self.mark.offset],
                "announced": self.announced,
            }
        ).decode()

    @classmethod
    def read(cls, offset: int, metadata: str) -> "Position | None":
        """Read what `metadata` wrote; None if somebody else committed, for example an operator."""
        try:
            found: dict[str, Any] = orjson.loads(metadata)
            mark = found["mark"]
            return cls(
                offset, found["generation"], None if mark is None else DenseMark(*mark), found["announced"]
            )
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return None
