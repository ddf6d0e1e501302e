"""What is written to Kafka as a snapshot is read as it was, or refused."""

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from detectors.errors import SnapshotRefused
from detectors.snapshot import Parts
from producers.snapshot_removal import delete_snapshots
from schemas.snapshot import SnapshotManifest
from schemas.topics import SNAPSHOT_CHUNKS, SNAPSHOTS
from streams.snapshots.codec import ArraysCopied
from streams.snapshots.store import SLOTS, SnapshotStore, Unit
from tests.support.topic_log import read_raw, send_raw

pytestmark = pytest.mark.services

UNIT = Unit("fraud", "transactions/3")
LARGE: Parts = {"noise": np.random.default_rng(1).random(200_000), "small": np.arange(3)}


@pytest.fixture
async def store(kafka_topics: str) -> AsyncIterator[SnapshotStore]:
    store = SnapshotStore(kafka_topics)
    await store.start()
    yield store
    await store.stop()


async def write(store: SnapshotStore, parts: Parts, offset: int, unit: Unit = UNIT) -> SnapshotManifest:
    return await store.write(
        unit,
        ArraysCopied(parts),
        state_version=1,
        generations={"transactions": "g:0"},
        offsets={unit.name: offset},
    )


async def test_another_process_reads_what_was_written(kafka_topics: str, store: SnapshotStore) -> None:
    await write(store, {"other": np.zeros(5)}, 7, Unit("fraud", "transactions/4"))
    written = await write(store, LARGE, 10)
    assert len(written.chunks) > 1
    other = SnapshotStore(kafka_topics)
    await other.start()
    (found,) = await other.found(UNIT)
    assert found == written
    parts = await other.read(found)
    await other.stop()
    assert list(parts) == list(LARGE)
    for name, array in LARGE.items():
        assert np.array_equal(parts[name], array)


async def test_the_two_before_the_newest_are_kept(store: SnapshotStore) -> None:
    for number in range(7):
        await write(store, {"number": np.array([number])}, number)
    found = await store.found(UNIT)
    assert [one.offsets[UNIT.name] for one in found] == [6, 5, 4, 3]
    assert len({one.slot for one in found}) == SLOTS
    assert [(await store.read(one))["number"].tolist() for one in found[:3]] == [[6], [5], [4]]


async def test_an_empty_state_is_a_snapshot_too(store: SnapshotStore) -> None:
    written = await write(store, {"nothing": np.zeros(0)}, 1)
    assert len((await store.read(written))["nothing"]) == 0


async def test_a_manifest_whose_chunks_are_not_its_own_is_refused(
    kafka_topics: str, store: SnapshotStore
) -> None:
    """Torn: of two writers in one slot, or chunks that compaction or a lost disk took."""
    first, second = await write(store, LARGE, 1), await write(store, LARGE, 2)
    mixed = first.model_copy(update={"chunks": (first.chunks[0], *second.chunks[1:])})
    with pytest.raises(SnapshotRefused, match="overwritten by another snapshot"):
        await store.read(mixed)
    end = max(raw.offset for raw in read_raw(kafka_topics, SNAPSHOT_CHUNKS)) + 1
    gone = first.chunks[-1].model_copy(update={"offset": end + 5})
    with pytest.raises(SnapshotRefused, match="does not exist"):
        await store.read(first.model_copy(update={"chunks": (*first.chunks[:-1], gone)}))
    changed = first.chunks[0].model_copy(update={"crc32": 1})
    with pytest.raises(SnapshotRefused, match="not what was written"):
        await store.read(first.model_copy(update={"chunks": (changed, *first.chunks[1:])}))


async def test_a_chunk_that_was_deleted_is_refused(kafka_topics: str, store: SnapshotStore) -> None:
    written = await write(store, LARGE, 1)
    chunk = written.chunks[-1].model_copy(update={"offset": written.chunks[-1].offset + 1})
    send_raw(kafka_topics, SNAPSHOT_CHUNKS, [(b"key", None)], written.chunk_partition)
    with pytest.raises(SnapshotRefused, match="breaks its contract"):
        await store.read(written.model_copy(update={"chunks": (*written.chunks[:-1], chunk)}))


async def test_a_manifest_that_breaks_its_contract_is_left_out(
    kafka_topics: str, store: SnapshotStore
) -> None:
    written = await write(store, LARGE, 1)
    send_raw(kafka_topics, SNAPSHOTS, [(b"x", b"{}"), (b"y", None), (b"z", b"\xff")], 0)
    assert await store.found(UNIT) == [written]


async def test_snapshots_of_an_agent_that_is_dropped_are_gone(
    kafka_topics: str, store: SnapshotStore
) -> None:
    written = await write(store, LARGE, 1)
    dropped = Unit("reprocess-new", "transactions/3")
    for number in range(2):
        await write(store, LARGE, number, dropped)
    assert await asyncio.to_thread(delete_snapshots, kafka_topics, "reprocess-new") == 2
    assert await store.found(dropped) == []
    assert await store.found(UNIT) == [written]
    assert len(await store.read(written)) == len(LARGE)
    chunks = {raw.value for raw in read_raw(kafka_topics, SNAPSHOT_CHUNKS) if raw.value is None}
    assert chunks == {None}
