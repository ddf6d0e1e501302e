"""What looks at a series in its own ways: each way a channel, with a score in [0, 1] for each value."""

from typing import Protocol

from detectors.anomaly.detector import Floats, Places
from detectors.anomaly.rows import Rows

__all__ = ["Channels"]


class Channels(Protocol):
    """A family of channels.

    Parameters
    ----------
    name
        Of the family, in snapshots.
    groups
        Its channels by group, as the exponents by which each is habituated to. Groups weigh the same.
    rows
        What is known, by name.

    """

    name: str
    groups: tuple[tuple[float, ...], ...]
    rows: dict[str, Rows]

    def observe(self, places: Places, seconds: Floats, values: Floats, scores: Floats) -> None:
        """Fill in the scores, zeros of shape (n, channels), and learn the values."""
