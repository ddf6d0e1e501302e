"""Writing a state down beside the stream, and finding the newest one that is whole."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from aiokafka.errors import KafkaError

from detectors.errors import SnapshotRefused
from schemas.generation import topic_id_of
from schemas.snapshot import SnapshotManifest
from streams.snapshots.codec import ArraysCopied, Copied
from streams.snapshots.forked import CopyFailed, ForkedCopy
from streams.snapshots.state_format import StateFormat
from streams.snapshots.store import SnapshotStore, Unit

__all__ = ["SnapshotWriting", "fitting_offsets"]

State = TypeVar("State")

log = logging.getLogger(__name__)


class SnapshotWriting(Generic[State]):
    """The snapshots of one kind of state.

    Parameters
    ----------
    store
        Where they are.
    state_format
        How the state becomes arrays.
    forks
        Whether another process does that: for a state that is no arrays, of which a copy takes long.

    """

    def __init__(
        self, store: SnapshotStore, state_format: StateFormat[State], *, forks: bool = False
    ) -> None:
        self._store = store
        self._format = state_format
        self._forks = forks
        self._writing: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether one is being written: one at a time, so that little memory and bandwidth is taken."""
        return self._writing is not None and not self._writing.done()

    async def newest(
        self,
        unit: Unit,
        make_state: Callable[[], State],
        fits: Callable[[SnapshotManifest], Mapping[str, int]],
    ) -> tuple[State, Mapping[str, int]] | None:
        """Restore the newest snapshot of a unit that is whole and fits.

        Parameters
        ----------
        unit
            What it is the state of.
        make_state
            Makes an empty state.
        fits
            Gives the offsets to go on from, or raises SnapshotRefused.

        Returns
        -------
        tuple or None
            The state and the offsets; None = begin with an empty state.

        """
        for manifest in await self._store.found(unit):
            began = time.monotonic()
            try:
                offsets = fits(manifest)
                parts = await self._store.read(manifest)
                state = make_state()
                self._format.restore_from(state, manifest.state_version, parts)
            except SnapshotRefused as refused:
                log.warning(
                    "a snapshot is refused, the one before is tried",
                    extra={"agent": unit.agent, "unit": unit.name, "cause": str(refused)},
                )
                continue
            log.info(
                "state restored from a snapshot",
                extra={
                    "agent": unit.agent,
                    "unit": unit.name,
                    "offsets": dict(offsets),
                    "state_bytes": manifest.state_bytes,
                    "seconds": round(time.monotonic() - began, 3),
                },
            )
            return state, offsets
        return None

    def begin(
        self,
        unit: Unit,
        state: State,
        generations: Mapping[str, str],
        offsets: Mapping[str, int],
        written: Callable[[float], None],
    ) -> None:
        """Copy a state and begin to write it; the stream stands still for the copy alone.

        Parameters
        ----------
        unit
            What it is the state of.
        state
            The state, not copied yet.
        generations, offsets
            Of the inputs: which, and up to where they are in the state.
        written
            Is told how many seconds it took, once Kafka has all of it; not called if it failed.

        """
        began = time.perf_counter()
        copied = self._copied(state)
        stood_still_ms = (time.perf_counter() - began) * 1_000
        self._writing = asyncio.ensure_future(
            self._write(unit, copied, generations, offsets, stood_still_ms=stood_still_ms, written=written)
        )

    def _copied(self, state: State) -> Copied:
        if self._forks:
            return ForkedCopy(lambda: self._format.take(state))
        return ArraysCopied(self._format.take(state))

    async def _write(
        self,
        unit: Unit,
        copied: Copied,
        generations: Mapping[str, str],
        offsets: Mapping[str, int],
        *,
        stood_still_ms: float,
        written: Callable[[float], None],
    ) -> None:
        began = time.monotonic()
        try:
            manifest = await self._store.write(
                unit, copied, state_version=self._format.version, generations=generations, offsets=offsets
            )
        except (KafkaError, CopyFailed) as error:
            log.warning(
                "a snapshot was not written",
                extra={"agent": unit.agent, "unit": unit.name, "cause": repr(error)},
            )
            return
        finally:
            copied.close()
        seconds = time.monotonic() - began
        log.info(
            "snapshot written",
            extra={
                "agent": unit.agent,
                "unit": unit.name,
                "offsets": dict(offsets),
                "state_bytes": manifest.state_bytes,
                "chunks": len(manifest.chunks),
                "stood_still_ms": round(stood_still_ms, 1),
                "seconds": round(seconds, 3),
            },
        )
        written(seconds)

    async def stop(self) -> None:
        """Give up what is being written: without its manifest it does not exist."""
        if self._writing is not None and self.busy:
            self._writing.cancel()
            await asyncio.wait({self._writing})


def fitting_offsets(
    manifest: SnapshotManifest,
    generations: Mapping[str, str],
    bounds: Mapping[str, tuple[int, int]],
) -> dict[str, int]:
    """Give the first offset of each partition that is not in a snapshot, if the log can go on from there.

    Parameters
    ----------
    manifest
        Of the snapshot.
    generations
        Of each topic that is read now.
    bounds
        Per partition, written topic/number: where the log begins, and what the state may hold at most.

    Raises
    ------
    SnapshotRefused
        Another generation, other partitions, older than the log's start, or too far ahead.

    """
    for topic, generation in generations.items():
        found = manifest.generations.get(topic, "")
        # The number of a reprocess does not count: the state is of the log, whatever scores are made of it.
        if topic_id_of(found) != topic_id_of(generation):
            raise SnapshotRefused(f"it is of generation {found}, the topic {topic} has {generation}")
    if manifest.offsets.keys() != bounds.keys():
        raise SnapshotRefused(f"it is of {sorted(manifest.offsets)}, expected {sorted(bounds)}")
    for partition, (start, limit) in bounds.items():
        offset = manifest.offsets[partition]
        if offset < start:
            raise SnapshotRefused(f"{partition} ends at offset {offset} in it, the log begins at {start}")
        if offset > limit:
            raise SnapshotRefused(f"{partition} ends at offset {offset} in it, outputs exist up to {limit}")
    return manifest.offsets
