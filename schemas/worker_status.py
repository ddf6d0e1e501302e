"""What a worker says about itself, every second or two."""

from typing import Literal

from pydantic import Field

from schemas.event import Contract, EventTime

__all__ = ["WorkerStatus"]


class WorkerStatus(Contract):
    """Progress of one agent in one worker process. Counters start at 0 with the process."""

    worker: str = Field(description="host and process id")
    agent: str
    at: EventTime = Field(description="wall clock")
    state: Literal["waiting", "restoring", "running"]
    partitions: tuple[int, ...] = ()
    events: int = Field(ge=0, description="processed, restored ones not counted")
    repeats: int = Field(ge=0)
    refused: int = Field(ge=0)
    lag: int = Field(ge=0, description="records waiting in the partitions it owns")
    oldest_unprocessed_seconds: float = Field(ge=0, description="age of the oldest waiting record")
    latency_p50_ms: float | None = Field(
        default=None, ge=0, description="Kafka append to output acknowledged"
    )
    latency_p99_ms: float | None = Field(default=None, ge=0)
    schema_version: Literal[1] = 1

    @property
    def key(self) -> str:
        """Kafka's key: worker and agent."""
        return f"{self.worker}|{self.agent}"
