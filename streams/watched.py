"""What the loop of an agent, or the sink's, tells about itself."""

from collections.abc import Mapping
from typing import Literal, NamedTuple, Protocol

from schemas.metrics import OddLabel

__all__ = ["Phase", "Reading", "Watched"]

Phase = Literal["waiting", "restoring", "running"]


class Reading(NamedTuple):
    """How it stands at one moment.

    Parameters
    ----------
    agent
        Whose loop it is.
    phase
        Waiting for partitions, restoring their state, or running.
    partitions
        Owned now.
    events, repeats, refused
        Since the process started.
    lag
        Records that wait.
    last_pass_seconds
        Since the loop came round; None until it did.
    oldest_unprocessed_seconds, latency_p50_seconds, latency_p99_seconds
        None where nobody measures it, or nothing was there to measure.
    odd_labels
        Labels by what is wrong with them; None where nobody learns from labels.

    """

    agent: str
    phase: Phase
    partitions: int
    events: int
    repeats: int
    refused: int
    lag: int
    last_pass_seconds: float | None
    oldest_unprocessed_seconds: float | None = None
    latency_p50_seconds: float | None = None
    latency_p99_seconds: float | None = None
    odd_labels: Mapping[OddLabel, int] | None = None


class Watched(Protocol):
    """Whoever has a loop."""

    def reading(self) -> Reading:
        """Tell how it stands now; cheap, and never waits."""
