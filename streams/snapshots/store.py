"""Snapshots in Kafka: chunks first, the manifest last; of what is found, only what is whole is believed."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import uuid4
from zlib import crc32

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from mode import Service
from pydantic import ValidationError

from detectors.errors import SnapshotRefused
from detectors.snapshot import Parts
from schemas.snapshot import ChunkPlace, SnapshotChunk, SnapshotManifest
from schemas.topics import SNAPSHOT_CHUNKS, SNAPSHOTS, Topic
from streams import failpoints
from streams.closing import close_within
from streams.connecting import connect
from streams.snapshots.codec import Copied, joined

__all__ = ["SLOTS", "SnapshotStore", "Unit"]

SLOTS = 4
"""The newest whole snapshot, the two before it, and the one that is being written."""

FETCH_BYTES = 8 * 1_048_576
STALLED_SECONDS = 30.0
STOP_TIMEOUT_SECONDS = 1.0

log = logging.getLogger(__name__)


class Unit(NamedTuple):
    """What it is the state of: an input partition (`transactions/3`), a broadcast (`labels`), or `whole`."""

    agent: str
    name: str

    @property
    def partition(self) -> int:
        """Where its chunks go."""
        return crc32(f"{self.agent}|{self.name}".encode()) % SNAPSHOT_CHUNKS.partitions


class SnapshotStore(Service):
    """Writes and reads the snapshots of one process, over connections of its own.

    A snapshot is a megabyte at a time on connections that no score waits for. Writers need no fence: what
    two of them write for the same unit either is whole, or its manifest does not fit its chunks and is
    refused, and the one before is taken.

    Parameters
    ----------
    bootstrap_servers
        host:port of the brokers.

    """

    def __init__(self, bootstrap_servers: str, **service: Any) -> None:
        super().__init__(**service)
        self._bootstrap_servers = bootstrap_servers
        self._producer: AIOKafkaProducer | None = None
        self._consumer: AIOKafkaConsumer | None = None
        self._manifests: dict[str, SnapshotManifest] = {}
        self._manifests_read = 0
        self._reading = asyncio.Lock()

    async def on_start(self) -> None:
        """Connect."""
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap_servers,
            enable_idempotence=True,
            max_batch_size=2 * 1_048_576,
            max_request_size=4 * 1_048_576,
        )
        await connect(self._producer)
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap_servers,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            max_partition_fetch_bytes=FETCH_BYTES,
            fetch_max_wait_ms=100,
        )
        await connect(self._consumer)

    async def on_stop(self) -> None:
        """Disconnect; a snapshot that is being written stays without its manifest."""
        for client, name in ((self._producer, "the producer"), (self._consumer, "the consumer")):
            if client is not None:
                await close_within(STOP_TIMEOUT_SECONDS, client.stop, f"{name} of snapshots")

    async def found(self, unit: Unit) -> list[SnapshotManifest]:
        """List the snapshots of a unit, those of the farthest offsets first."""
        async with self._reading:
            await self._read_manifests()
        own = [one for one in self._manifests.values() if (one.agent, one.unit) == unit]
        return sorted(own, key=lambda one: (sum(one.offsets.values()), one.written_at), reverse=True)

    async def write(
        self,
        unit: Unit,
        copied: Copied,
        *,
        state_version: int,
        generations: Mapping[str, str],
        offsets: Mapping[str, int],
    ) -> SnapshotManifest:
        """Write a snapshot and return once Kafka has its manifest.

        Raises
        ------
        KafkaError
            Kafka refused or is away; nobody will believe what was written.
        CopyFailed
            There is no copy of the state.

        """
        async with self._reading:
            await self._read_manifests()
        snapshot_id = uuid4().hex
        slot = self._next_slot(unit)
        chunks: list[ChunkPlace] = []
        parts = await asyncio.to_thread(copied.described)
        pieces = copied.pieces()
        while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
            chunk = SnapshotChunk(
                agent=unit.agent, unit=unit.name, slot=slot, snapshot_id=snapshot_id,
                number=len(chunks), data=piece,
            )  # fmt: skip
            offset = await self._append(SNAPSHOT_CHUNKS, unit.partition, chunk)
            chunks.append(ChunkPlace(offset=offset, crc32=crc32(piece)))
            failpoints.reach("snapshot-chunk-written")
        manifest = SnapshotManifest(
            agent=unit.agent, unit=unit.name, slot=slot, snapshot_id=snapshot_id,
            state_version=state_version, generations=dict(generations), offsets=dict(offsets),
            written_at=datetime.now(UTC), parts=parts, chunk_partition=unit.partition,
            chunks=tuple(chunks),
        )  # fmt: skip
        failpoints.reach("snapshot-before-manifest")
        await self._append(SNAPSHOTS, 0, manifest)
        self._manifests[manifest.key] = manifest
        return manifest

    async def read(self, manifest: SnapshotManifest) -> Parts:
        """Read the arrays of a snapshot.

        Raises
        ------
        SnapshotRefused
            A chunk is gone, belongs to another snapshot or is damaged.

        """
        async with self._reading:
            pieces = await self._read_chunks(manifest)
        return await asyncio.to_thread(joined, manifest.parts, pieces)

    def _next_slot(self, unit: Unit) -> int:
        own = [one for one in self._manifests.values() if (one.agent, one.unit) == unit]
        taken = {one.slot for one in own}
        free = [slot for slot in range(SLOTS) if slot not in taken]
        return free[0] if free else min(own, key=lambda one: one.written_at).slot

    async def _append(self, topic: Topic, partition: int, record: SnapshotChunk | SnapshotManifest) -> int:
        """Write one record; return its offset once it is acknowledged."""
        batch = self.producer.create_batch()
        batch.append(key=record.key.encode(), value=record.model_dump_json().encode(), timestamp=None)
        sent = await self.producer.send_batch(batch, topic.name, partition=partition)
        offset: int = (await sent).offset
        return offset

    async def _read_manifests(self) -> None:
        """Take in the manifests that were written since the last call."""
        partition = TopicPartition(SNAPSHOTS.name, 0)
        end = (await self.consumer.end_offsets([partition]))[partition]
        if self._manifests_read >= end:
            return
        self.consumer.assign([partition])
        self.consumer.seek(partition, self._manifests_read)
        while await self.consumer.position(partition) < end:
            fetched = await self.consumer.getmany(partition, timeout_ms=1_000)
            for record in fetched.get(partition, []):
                self._take_manifest(record)
        self._manifests_read = end

    def _take_manifest(self, record: ConsumerRecord[bytes, bytes]) -> None:
        if record.value is None:
            self._manifests.pop((record.key or b"").decode(), None)
            return
        try:
            manifest = SnapshotManifest.model_validate_json(record.value)
        except ValidationError as error:
            log.warning("a manifest is not read", extra={"offset": record.offset, "cause": error.title})
            return
        self._manifests[manifest.key] = manifest

    async def _read_chunks(self, manifest: SnapshotManifest) -> list[bytes]:
        if not manifest.chunks:
            return []
        partition = TopicPartition(SNAPSHOT_CHUNKS.name, manifest.chunk_partition)
        end = (await self.consumer.end_offsets([partition]))[partition]
        first, last = manifest.chunks[0].offset, manifest.chunks[-1].offset
        if last >= end:
            raise SnapshotRefused(f"its chunk at offset {last} does not exist, the log ends at {end}")
        numbers = {place.offset: number for number, place in enumerate(manifest.chunks)}
        pieces: list[bytes | None] = [None] * len(manifest.chunks)
        self.consumer.assign([partition])
        self.consumer.seek(partition, first)
        moved, position = asyncio.get_running_loop().time(), first
        while position <= last:
            fetched = await self.consumer.getmany(partition, timeout_ms=1_000)
            for record in fetched.get(partition, []):
                number = numbers.get(record.offset)
                if number is not None:
                    pieces[number] = checked_piece(manifest, number, record.value)
                    failpoints.reach("restore-chunk-read")
            now, before = asyncio.get_running_loop().time(), position
            position = await self.consumer.position(partition)
            if position > before:
                moved = now
            elif now - moved > STALLED_SECONDS:
                raise SnapshotRefused(f"no chunk came for {STALLED_SECONDS:g} s")
        missing = pieces.count(None)
        if missing:
            raise SnapshotRefused(f"{missing} of its {len(pieces)} chunks are gone")
        return [piece for piece in pieces if piece is not None]

    @property
    def producer(self) -> AIOKafkaProducer:
        """The connected producer."""
        if self._producer is None:
            raise RuntimeError("snapshots are used before start")
        return self._producer

    @property
    def consumer(self) -> AIOKafkaConsumer:
        """The connected consumer."""
        if self._consumer is None:
            raise RuntimeError("snapshots are used before start")
        return self._consumer


def checked_piece(manifest: SnapshotManifest, number: int, value: bytes | None) -> bytes:
    """Take a chunk's data if it is the one that the manifest means.

    Raises
    ------
    SnapshotRefused
        It is of another snapshot, or damaged.

    """
    try:
        chunk = SnapshotChunk.model_validate_json(value or b"")
    except ValidationError as error:
        raise SnapshotRefused(f"chunk {number} breaks its contract: {error.title}") from error
    if (chunk.snapshot_id, chunk.number) != (manifest.snapshot_id, number):
        raise SnapshotRefused(f"chunk {number} was overwritten by another snapshot")
    if crc32(chunk.data) != manifest.chunks[number].crc32:
        raise SnapshotRefused(f"chunk {number} is not what was written")
    return chunk.data
