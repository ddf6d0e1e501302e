"""A batch: consecutive records of one partition, on their way through an agent."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from types import TracebackType
from typing import Generic, NamedTuple, Self, TypeVar

from pydantic import BaseModel

from schemas.decode import decode_batch, decode_structs
from schemas.errors import Refused, Stop
from schemas.topics import Topic

__all__ = ["CACHED_RECORDS", "Batch", "Input", "KeyedRecord"]

CACHED_RECORDS = 400
"""Of so many payments what is decoded stays in the processor's own cache; smaller batches cost more each."""

State = TypeVar("State")
Record = TypeVar("Record", bound=BaseModel)
Decoded = TypeVar("Decoded")


class Input(NamedTuple):
    """One partition of an input topic, in one generation of it."""

    topic: Topic
    partition: int
    generation: str


class KeyedRecord(NamedTuple):
    """A record of a keyed topic: writing it twice changes nothing. Dense topics have no key."""

    key: bytes | None
    value: bytes


class Batch(Generic[State]):
    """What an agent gets and answers.

    `with batch:` around the work answers it: with what was put out, or with the error, which goes no further:
    the source decides what becomes of the batch. Nothing is written while the agent works; the source writes
    what is in a batch once it is answered.

    Parameters
    ----------
    source
        The partition that the records are of.
    offsets, records, append_ms
        One each per record, ascending offsets; Kafka's append time in milliseconds since 1970.
    emit
        False while state is rebuilt from records whose outputs exist already: what is put out is dropped.
    state
        What the agent keeps for this partition.

    Attributes
    ----------
    aside
        By offset: records that broke the agent before. They decode to the reason and touch nothing.
    repeats, refused, reasons
        Records that were dropped or set aside, and why how many were.

    """

    def __init__(
        self,
        source: Input,
        *,
        offsets: Sequence[int],
        records: Sequence[bytes],
        append_ms: Sequence[int],
        emit: bool,
        state: State,
    ) -> None:
        self.topic = source.topic
        self.partition = source.partition
        self.generation = source.generation
        self.offsets = offsets
        self.records = records
        self.append_ms = append_ms
        self.emit = emit
        self.state = state
        self.taken_at = datetime.now(UTC)
        self.aside: Mapping[int, Refused] = {}
        self.repeats = 0
        self.refused = 0
        self.reasons: Counter[str] = Counter()
        self.dense: tuple[Topic, Sequence[bytes]] | None = None
        self.keyed: list[tuple[Topic, Sequence[KeyedRecord]]] = []
        self._answer: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()

    def __len__(self) -> int:
        """Count the records."""
        return len(self.records)

    def decode(self, model: type[Record]) -> list[Record | Refused]:
        """Decode and check every record; a bad one is there as the reason why it was refused."""
        decoded = decode_batch(model, self._unbroken())
        return self._noted(decoded.events, decoded.refused)

    def decode_structs(self, model: type[Record]) -> list[Record | Refused]:
        """Decode and check every record as `decode` does, into structs: a third of its cost."""
        decoded = decode_structs(model, self._unbroken())
        return self._noted(decoded.events, decoded.refused)

    def _noted(self, events: list[Decoded | Refused], refused: int) -> list[Decoded | Refused]:
        """Take notice of what was refused, and say of what was set aside why it was."""
        self.refused = refused
        if refused:
            events = [self.aside.get(at, event) for at, event in zip(self.offsets, events, strict=True)]
            self.reasons.update(str(event) for event in events if isinstance(event, Refused))
        return events

    def _unbroken(self) -> Sequence[bytes]:
        """Give the records, with nothing in the place of those that are not to be read."""
        if not self.aside:
            return self.records
        places = zip(self.offsets, self.records, strict=True)
        return [b"" if offset in self.aside else record for offset, record in places]

    def cut(self, alone: Sequence[int]) -> "list[Batch[State]]":
        """Cut into smaller batches before any work is done; the records with these indices come alone."""
        edges = sorted({0, len(self), *alone, *(index + 1 for index in alone)})
        return [self._part(slice(*edge)) for edge in pairwise(edges)]

    def _part(self, part: slice) -> "Batch[State]":
        batch = Batch(
            Input(self.topic, self.partition, self.generation),
            offsets=self.offsets[part],
            records=self.records[part],
            append_ms=self.append_ms[part],
            emit=self.emit,
            state=self.state,
        )
        batch.aside = {offset: self.aside[offset] for offset in batch.offsets if offset in self.aside}
        return batch

    def put_dense(self, topic: Topic, values: Sequence[bytes]) -> None:
        """Put out one record per input record, to the partition with the same number.

        Raises
        ------
        Stop
            If there is not exactly one per input record: readers would see a gap.

        """
        if len(values) != len(self.records):
            raise Stop(f"{len(values)} records of {topic.name} for {len(self.records)} of {self.topic.name}")
        if self.emit:
            self.dense = (topic, values)

    def put_keyed(self, topic: Topic, records: Sequence[KeyedRecord], *, always: bool = False) -> None:
        """Put out records that are idempotent by key; `always` = even while state is rebuilt.

        Topics are written in the order in which the first batch of a round names them. So every batch names
        all of them, one that it has nothing for too.
        """
        if self.emit or always:
            self.keyed.append((topic, records))

    @property
    def has_keyed(self) -> bool:
        """Whether any keyed record was put out."""
        return any(records for _, records in self.keyed)

    def __enter__(self) -> Self:
        """Begin the work."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Answer: an error reaches whoever waits for this batch, and the agent goes on with the next."""
        if not self._answer.done():
            self._answer.set_result(
                error if error is None or isinstance(error, Exception) else Stop(repr(error))
            )
        return isinstance(error, Exception)

    async def answered(self, timeout_seconds: float) -> Exception | None:
        """Wait until the agent has answered; give the error that it failed with, if it did.

        Raises
        ------
        Stop
            Without an answer in time: the agent hangs or is gone, and nobody else would notice.

        """
        answer = self._answer
        if not answer.done():
            await asyncio.wait({answer}, timeout=timeout_seconds)
        if not answer.done():
            raise Stop(f"no answer for {self} within {timeout_seconds} s")
        return answer.result()

    def __str__(self) -> str:
        """Name the batch in messages."""
        return f"{self.topic.name}[{self.partition}] {self.offsets[0]}-{self.offsets[-1]}"
