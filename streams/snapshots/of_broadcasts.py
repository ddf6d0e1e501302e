"""The state that a broadcast fills, written down where it is whole."""

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from streams.snapshots.of_partitions import SHARE_OF_TIME, WORTH_WRITING_RECORDS
from streams.snapshots.state_format import StateFormat, Written
from streams.snapshots.store import SnapshotStore, Unit
from streams.snapshots.writing import SnapshotWriting, fitting_offsets

__all__ = ["BroadcastSnapshots", "Kept"]


class Kept(NamedTuple):
    """What of a broadcast is written down.

    Parameters
    ----------
    state
        What the records were taken into.
    version
        Of its arrays' meaning.
    generation
        Of the topic.

    """

    state: Written
    version: int
    generation: str


class BroadcastSnapshots:
    """Snapshots of one broadcast topic.

    Parameters
    ----------
    store
        Where they are.
    agent, topic, kept
        Whose state of which topic it is.
    every_seconds
        How often it is written.
    is_writer
        Whether this process may write now.

    """

    def __init__(
        self,
        store: SnapshotStore,
        agent: str,
        topic: str,
        kept: Kept,
        *,
        every_seconds: float,
        is_writer: Callable[[], bool],
    ) -> None:
        self._unit = Unit(agent, topic)
        self._kept = kept
        self._every_seconds = every_seconds
        self._is_writer = is_writer
        self._writing = SnapshotWriting(
            store,
            # Restored in place, for everybody holds it: a refusal must leave it as it was.
            StateFormat[Written](
                kept.version, lambda state: state.snapshot(), lambda state, parts: state.restore(parts)
            ),
        )
        self._due = time.monotonic() + every_seconds
        self._written = 0

    async def restore(self, bounds: Mapping[str, tuple[int, int]]) -> Mapping[str, int]:
        """Take up the newest state that fits; give the offsets that are in it, none if there is none.

        Parameters
        ----------
        bounds
            Per partition, written topic/number: where the log begins and ends.

        """
        found = await self._writing.newest(
            self._unit,
            lambda: self._kept.state,
            lambda manifest: fitting_offsets(manifest, {self._unit.name: self._kept.generation}, bounds),
        )
        offsets = {} if found is None else found[1]
        self._written = sum(offsets.values())
        return offsets

    def consider(self, offsets: Mapping[str, int]) -> None:
        """Begin to write the state if it is due; `offsets` are the first that are not in it."""
        total = sum(offsets.values())
        if (
            self._writing.busy
            or time.monotonic() < self._due
            or total - self._written < WORTH_WRITING_RECORDS
            or not self._is_writer()
        ):
            return
        self._due = time.monotonic() + self._every_seconds

        def written(seconds: float) -> None:
            self._written = total
            self._due = time.monotonic() + max(self._every_seconds, seconds / SHARE_OF_TIME)

        generations = {self._unit.name: self._kept.generation}
        self._writing.begin(self._unit, self._kept.state, generations, offsets, written)

    async def stop(self) -> None:
        """Give up what is being written."""
        await self._writing.stop()
