"""Objects that write themselves as arrays, where a reference for each thing they hold would cost too much."""

from abc import ABC, abstractmethod
from typing import Self

from detectors.snapshot import Parts

__all__ = ["Packing"]


class Packing(ABC):
    """Holds many things of one form, and nothing that others refer to."""

    @abstractmethod
    def pack(self) -> Parts:
        """Copy everything into flat arrays."""

    @classmethod
    @abstractmethod
    def unpack(cls, parts: Parts) -> Self:
        """Make the object that was packed.

        Raises
        ------
        SnapshotRefused
            Arrays that do not fit together.

        """
