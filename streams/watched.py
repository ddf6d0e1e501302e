"""What the loop of an agent, the sink's or the explainer's tells about itself."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol

from schemas.metrics import MetricName

__all__ = ["Odd", "Phase", "Reading", "Watched"]

Phase = Literal["waiting", "restoring", "running"]
Odd = Mapping[MetricName, Mapping[str, int]]


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
    read_again
        Records since the newest snapshots; None where there are none.
    synthetic_score_seconds, synthetic_answer_seconds, synthetic_silent_seconds
        Of synthetic payments: how long the last one took to its score and to the judge's answer, and since
        when none came through.
    odd
        Counters by what is odd, with the names of their metrics.

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
    read_again: int | None = None
    synthetic_score_seconds: float | None = None
    synthetic_answer_seconds: float | None = None
    synthetic_silent_seconds: float | None = None
    odd: Odd = MappingProxyType({})


class Watched(Protocol):
    """Whoever has a loop."""

    def reading(self) -> Reading:
        """Tell how it stands now; cheap, and never waits."""
