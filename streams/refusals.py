"""What becomes of a record that cannot be used: its place, the reason and a masked copy."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from schemas.card_numbers import masked_start
from schemas.dead_letter import DeadLetter
from schemas.errors import Refused
from schemas.origin import Origin
from streams.batch import Batch, KeyedRecord
from streams.isolation import SEEN_BEFORE

__all__ = ["dead_letter", "dead_letters", "letters_of_aside"]

MAX_PAYLOAD_BYTES = 65_536


def dead_letters(batch: Batch[Any], outcomes: Sequence[object]) -> list[KeyedRecord]:
    """Make the dead letters of a batch: one for each outcome that the door refused.

    Those of records that broke the agent are written by its source, for every topic alike.
    """
    if not batch.refused:
        return []
    return [
        dead_letter(origin_of(batch, offset), record, outcome, batch.taken_at)
        for offset, record, outcome in zip(batch.offsets, batch.records, outcomes, strict=True)
        if isinstance(outcome, Refused) and offset not in batch.aside
    ]


def letters_of_aside(batch: Batch[Any]) -> list[KeyedRecord]:
    """Make the dead letters of the records of a batch that broke the agent, if nobody has written them."""
    if not batch.aside:
        return []
    return [
        dead_letter(origin_of(batch, offset), record, batch.aside[offset], batch.taken_at)
        for offset, record in zip(batch.offsets, batch.records, strict=True)
        if batch.aside.get(offset, SEEN_BEFORE) is not SEEN_BEFORE
    ]


def origin_of(batch: Batch[Any], offset: int) -> Origin:
    """Name the place of a record."""
    return Origin(
        generation=batch.generation, topic=batch.topic.name, partition=batch.partition, offset=offset
    )


def dead_letter(origin: Origin, record: bytes, refused: Refused, now: datetime) -> KeyedRecord:
    """Make one dead letter; the same record always has the same key."""
    letter = DeadLetter(
        origin=origin,
        kind=refused.kind,
        reason=refused.reason[:2_000],
        payload=masked_start(record, MAX_PAYLOAD_BYTES),
        payload_bytes=len(record),
        payload_sha256=sha256(record).hexdigest(),
        refused_at=now,
    )
    return KeyedRecord(letter.key.encode(), letter.model_dump_json().encode())
