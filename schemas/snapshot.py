"""An agent's state at one place of its log, so that a restart need not read the log from its start."""

from typing import Literal

from pydantic import ConfigDict, Field

from schemas.event import Contract, EventTime, Identifier

__all__ = ["ChunkPlace", "SnapshotChunk", "SnapshotManifest", "SnapshotPart"]


class SnapshotPart(Contract):
    """One flat array of the state, in the order in which the arrays follow each other."""

    name: str = Field(min_length=1, max_length=200, description="what the array holds, for its reader")
    dtype: str = Field(
        pattern=r"^(\|[biu]1|<[iu][248]|<f[248])$", description="numpy's name of the element type, a number's"
    )
    length: int = Field(ge=0, description="number of elements")

    @property
    def nbytes(self) -> int:
        """Bytes of the array."""
        return self.length * int(self.dtype[2:])


class ChunkPlace(Contract):
    """Where a chunk was written, and what it must hold."""

    offset: int = Field(ge=0, description="in the partition of snapshot-chunks that the manifest names")
    crc32: int = Field(ge=0, lt=2**32, description="of the chunk's data, as written")


class SnapshotManifest(Contract):
    """Written last: a snapshot without a manifest does not exist, one whose chunks differ is refused."""

    agent: Identifier = Field(description="fraud, series, stock, judge or trainer")
    unit: Identifier = Field(
        description="what it is the state of: an input partition, a broadcast topic, or the whole agent"
    )
    slot: int = Field(ge=0, description="each unit's snapshots take turns in so many places")
    snapshot_id: Identifier = Field(description="new for each; every chunk carries it")
    state_version: int = Field(ge=1, description="of the arrays' meaning; older ones are migrated")
    generations: dict[str, str] = Field(description="per input topic, the generation that was read")
    offsets: dict[str, int] = Field(
        description="per input partition, written topic/number: the first offset that is not in the state"
    )
    written_at: EventTime = Field(description="wall clock of the worker")
    parts: tuple[SnapshotPart, ...] = Field(description="the arrays, in order")
    chunk_partition: int = Field(ge=0, description="the partition of snapshot-chunks")
    chunks: tuple[ChunkPlace, ...] = Field(description="in order")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @property
    def key(self) -> str:
        """Kafka's key: agent, unit and slot, so that a new snapshot takes the place of an old one."""
        return f"{self.agent}|{self.unit}|{self.slot}"

    @property
    def state_bytes(self) -> int:
        """Bytes of all arrays."""
        return sum(part.nbytes for part in self.parts)


class SnapshotChunk(Contract):
    """A piece of the arrays' bytes, compressed on its own."""

    model_config = ConfigDict(val_json_bytes="base64", ser_json_bytes="base64")

    agent: Identifier = Field(description="as in the manifest")
    unit: Identifier = Field(description="as in the manifest")
    slot: int = Field(ge=0, description="as in the manifest")
    snapshot_id: Identifier = Field(description="as in the manifest")
    number: int = Field(ge=0, description="its place in the snapshot, from 0")
    data: bytes = Field(max_length=1_000_000, description="zstd, written as base64")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @property
    def key(self) -> str:
        """Kafka's key: the manifest's and the number."""
        return f"{self.agent}|{self.unit}|{self.slot}|{self.number}"
