"""Keeping a record that breaks an agent out of its state, so that all others count as if it never came.

The first attempt may have counted half of a batch, and no detector can take that back. What can is the log:
the partition's state is thrown away and rebuilt up to what was committed, as after a crash, and the records
of the batch come again one by one. The first that fails alone is set aside, and the state is rebuilt once
more, without it. So a record costs two restores; a batch that fails only as a whole costs one and loses
nothing. Halving would cost a restore for every half that fails. Of an agent with one state over all
partitions the restore is a restart: the process ends, and its successor knows where to look.

What was set aside, and what is suspected, is committed as metadata of the partition's offset: whoever
rebuilds the state later leaves out the same records, also with an agent that could take them.
"""

import logging
from collections.abc import Mapping
from typing import Any

from aiokafka import TopicPartition

from schemas.errors import Refused, Stop
from streams.agent_errors import refusal_of
from streams.batch import Batch

__all__ = ["SEEN_BEFORE", "Isolation"]

MAX_LATELY = 16
LATELY_RECORDS = 1_000
"""So many of the last thousand of a partition are no odd records: the agent is broken. Chosen, not tuned."""

MOST_NOTED = 200
"""Offsets in a commit: 200 of 19 digits fit into the 4,096 bytes that Kafka takes. Older ones would be found
again by failing again."""

ASIDE, SUSPECTS = "set-aside:", "suspects:"
SEEN_BEFORE = Refused("agent_error", "set aside by an earlier owner of the partition")

log = logging.getLogger(__name__)


class Isolation:
    """What one source has set aside, and where it is looking for more.

    Parameters
    ----------
    agent
        Whose errors they are, for messages.

    Cost: a look into two dictionaries per batch while nothing fails; with `RefusedShare` 4 µs a batch.

    """

    def __init__(self, agent: str) -> None:
        self._agent = agent
        self._aside: dict[TopicPartition, dict[int, Refused]] = {}
        self._suspects: dict[TopicPartition, range] = {}

    def owned(self, notes: Mapping[TopicPartition, str]) -> None:
        """Take over what was set aside before, as committed with the partitions that are ours now."""
        for partition in self._aside.keys() - notes.keys():
            del self._aside[partition]
        for partition in self._suspects.keys() - notes.keys():
            del self._suspects[partition]
        for partition, note in notes.items():
            for part in note.split(";"):
                if part.startswith(ASIDE):
                    aside = self._aside.setdefault(partition, {})
                    for offset in map(int, part.removeprefix(ASIDE).split(",")):
                        aside.setdefault(offset, SEEN_BEFORE)
                elif part.startswith(SUSPECTS):
                    first, last = map(int, part.removeprefix(SUSPECTS).split("-"))
                    self._suspects.setdefault(partition, range(first, last + 1))

    def note(self, partition: TopicPartition, offset: int) -> str:
        """Write the metadata of a commit: what was set aside below an offset, and what is suspected.

        Both are nothing as a rule. What is written here has its dead letter already.
        """
        aside = sorted(at for at in self._aside.get(partition, ()) if at < offset)
        suspects = self._suspects.get(partition)
        parts = [ASIDE + ",".join(map(str, aside[-MOST_NOTED:]))] if aside else []
        parts += [f"{SUSPECTS}{suspects.start}-{suspects.stop - 1}"] if suspects else []
        return ";".join(parts)

    def parts(self, batch: Batch[Any]) -> list[Batch[Any]]:
        """Give a batch as it may be worked on: as it is, or record by record while one of it is suspected.

        What was set aside is marked in it.
        """
        partition = TopicPartition(batch.topic.name, batch.partition)
        aside = self._aside.get(partition)
        if aside is not None:
            first, last = batch.offsets[0], batch.offsets[-1]
            batch.aside = {offset: refused for offset, refused in aside.items() if first <= offset <= last}
        suspects = self._suspects.get(partition)
        if suspects is None or batch.offsets[-1] < suspects.start:
            return [batch]
        if batch.offsets[0] >= suspects.stop:
            del self._suspects[partition]  # all of them have passed
            return [batch]
        return batch.cut([index for index, offset in enumerate(batch.offsets) if offset in suspects])

    def failed(self, batch: Batch[Any], error: Exception) -> None:
        """Take notice of an error: of a whole batch, or of one record, which is set aside.

        Raises
        ------
        Exception
            The error itself, where it is not about records: a `Stop`, no memory, one record after the other.

        """
        if isinstance(error, Stop | MemoryError):
            raise error
        partition = TopicPartition(batch.topic.name, batch.partition)
        place = {"agent": self._agent, "topic": batch.topic.name, "partition": batch.partition}
        if len(batch) > 1:
            self._suspects[partition] = range(batch.offsets[0], batch.offsets[-1] + 1)
            log.warning(
                "a batch breaks the agent; its records come again one by one",
                extra={
                    **place,
                    "offsets": f"{batch.offsets[0]}-{batch.offsets[-1]}",
                    "error": type(error).__name__,
                },
            )
            return
        offset = batch.offsets[0]
        aside = self._aside.setdefault(partition, {})
        if offset in aside or sum(offset - at <= LATELY_RECORDS for at in aside) >= MAX_LATELY:
            raise error
        refused = aside[offset] = refusal_of(error, self._agent)
        batch.aside = {offset: refused}
        log.error("a record breaks the agent", extra={**place, "offset": offset, "reason": refused.reason})
