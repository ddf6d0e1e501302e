"""Contracts with a key, as records of a keyed topic."""

from collections.abc import Iterable
from typing import Protocol
from zlib import crc32

import msgspec

from schemas.topics import Topic
from streams.batch import KeyedRecord

__all__ = ["Keyed", "keyed_partition", "keyed_records"]


class Keyed(Protocol):
    """A contract that names its key."""

    @property
    def key(self) -> str:
        """Kafka's key."""

    def model_dump_json(self) -> str:
        """Write it as JSON; a struct that was derived for writing has no need of it."""


def keyed_records(values: Iterable[Keyed]) -> list[KeyedRecord]:
    """Encode values; a later one of the same key replaces an earlier one for whoever reads."""
    return [KeyedRecord(value.key.encode(), encoded(value)) for value in values]


def encoded(value: Keyed) -> bytes:
    """Write a model or a struct as JSON."""
    if isinstance(value, msgspec.Struct):
        return msgspec.json.encode(value)
    return value.model_dump_json().encode()


def keyed_partition(topic: Topic, key: bytes) -> int:
    """Give the partition of a key.

    A CRC, since Kafka's murmur2 costs 15 µs a key in Python and all writers of a keyed topic are ours.
    """
    return crc32(key) % topic.partitions
