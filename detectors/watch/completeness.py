"""What a judge of figures must know about the sources: how far everything has arrived."""

from typing import Protocol

__all__ = ["Completeness"]


class Completeness(Protocol):
    """How far event time has come, and how far all events are here. Times: seconds since 1970."""

    @property
    def now(self) -> float:
        """Event time reached; −inf before anything is known."""

    def complete_until(self, store_id: str) -> float:
        """Give the moment before which every event of the store is here.

        −inf where nothing is known, or while one of its sources is silent that should not be. Empty = all
        stores that are neither silent nor closed.
        """

    def completeness(self, store_id: str) -> float | None:
        """Give arrived ÷ sent of the current runs, 0 to 1; None if not known. Empty = all stores."""
