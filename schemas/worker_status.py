"""What a worker says about itself, every second or two."""

from typing import Literal

from pydantic import Field

from schemas.event import Contract, EventTime

__all__ = ["WorkerStatus"]


class WorkerStatus(Contract):
    """Progress of one agent in one worker process. Counters start at 0 with the process."""

    worker: str = Field(description="host and process id")
    agent: str = Field(description="fraud, series, stock, judge or trainer")
    at: EventTime = Field(description="wall clock")
    state: Literal["waiting", "restoring", "running"] = Field(
        description="waiting for Kafka, rebuilding its state from the log, or at work"
    )
    partitions: tuple[int, ...] = Field(default=(), description="of the input, owned now")
    events: int = Field(ge=0, description="processed, restored ones not counted")
    repeats: int = Field(ge=0, description="resends recognised and dropped")
    refused: int = Field(ge=0, description="set aside as dead letters")
    lag: int = Field(ge=0, description="records waiting in the partitions it owns")
    oldest_unprocessed_seconds: float = Field(ge=0, description="age of the oldest waiting record")
    latency_p50_ms: float | None = Field(
        default=None, ge=0, description="Kafka append to output acknowledged"
    )
    latency_p99_ms: float | None = Field(default=None, ge=0, description="the same, one in a hundred")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @property
    def key(self) -> str:
        """Kafka's key: worker and agent."""
        return f"{self.worker}|{self.agent}"
