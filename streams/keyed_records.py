"""Contracts with a key, as records of a keyed topic."""

from collections.abc import Iterable
from typing import Protocol

from streams.batch import KeyedRecord

__all__ = ["Keyed", "keyed_records"]


class Keyed(Protocol):
    """A contract that names its key."""

    @property
    def key(self) -> str:
        """Kafka's key."""

    def model_dump_json(self) -> str:
        """Write it as JSON."""


def keyed_records(values: Iterable[Keyed]) -> list[KeyedRecord]:
    """Encode values; a later one of the same key replaces an earlier one for whoever reads."""
    return [KeyedRecord(value.key.encode(), value.model_dump_json().encode()) for value in values]
