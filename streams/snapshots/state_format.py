"""How an agent's state becomes flat arrays and comes back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from detectors.errors import SnapshotRefused
from detectors.snapshot import Parts, prefixed, unprefixed

__all__ = ["StateFormat", "Written", "format_of_fields"]

State = TypeVar("State")


class Written(Protocol):
    """What can be copied into arrays and restored from them."""

    def snapshot(self) -> Parts:
        """Copy the state."""

    def restore(self, parts: Parts) -> None:
        """Go on from a copy; raises SnapshotRefused if it does not fit together."""


@dataclass(frozen=True)
class StateFormat(Generic[State]):
    """What the snapshots of one agent need to know of its state.

    Parameters
    ----------
    version
        Of the arrays' meaning; goes up with every change of it.
    take
        Copies a state into arrays; the stream stands still meanwhile, so it must do no more than that.
    restore
        Fills a new state from arrays; raises SnapshotRefused if they do not fit together.
    migrations
        Per older version, what makes its arrays those of the next.

    """

    version: int
    take: Callable[[State], Parts]
    restore: Callable[[State, Parts], None]
    migrations: Mapping[int, Callable[[Parts], Parts]] = field(default_factory=dict)

    def restore_from(self, state: State, version: int, parts: Parts) -> None:
        """Fill a new state from arrays of this version or an older one.

        Raises
        ------
        SnapshotRefused
            A version that is newer or too old, or arrays that do not fit together.

        """
        if version > self.version:
            raise SnapshotRefused(
                f"its state has version {version}, this program knows up to {self.version}: "
                "a newer program wrote it"
            )
        for older in range(version, self.version):
            if older not in self.migrations:
                raise SnapshotRefused(
                    f"its state has version {version}, this program knows {self.version} and no way from "
                    f"{older} to {older + 1}"
                )
            parts = self.migrations[older](parts)
        self.restore(state, parts)


def format_of_fields(
    version: int, migrations: Mapping[int, Callable[[Parts], Parts]] | None = None
) -> "StateFormat[Any]":
    """Make the format of a state that is a named tuple of things that can be written.

    The arrays of the field `seen` are named `seen.…`.
    """

    def take(state: Any) -> Parts:
        parts: Parts = {}
        for field_name, part in zip(state._fields, state, strict=True):
            parts |= prefixed(field_name, part.snapshot())
        return parts

    def restore(state: Any, parts: Parts) -> None:
        for field_name, part in zip(state._fields, state, strict=True):
            part.restore(unprefixed(field_name, parts))

    return StateFormat(version, take, restore, migrations or {})
