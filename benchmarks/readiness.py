"""Waiting until workers say that they are at work."""

import time
from collections.abc import Callable, Iterable, Mapping

from benchmarks.errors import BenchmarkError
from benchmarks.kafka_log import read_values
from schemas.topics import WORKER_STATUS
from schemas.worker_status import WorkerStatus

__all__ = ["at_work", "wait_until_at_work"]

START_SECONDS = 90.0


def at_work(statuses: Iterable[WorkerStatus], agents: Mapping[str, int]) -> bool:
    """Say whether so many workers run each agent and share its partitions, by the newest status of each."""
    newest = {status.key: status for status in statuses}
    for agent, workers in agents.items():
        running = [one for one in newest.values() if one.agent == agent and one.state == "running"]
        owned = [partition for one in running for partition in one.partitions]
        if (
            len(running) != workers
            or len(owned) != len(set(owned))
            or not all(one.partitions for one in running)
        ):
            return False
    return True


def wait_until_at_work(
    bootstrap_servers: str, agents: Mapping[str, int], still_runs: Callable[[], bool]
) -> None:
    """Wait until so many workers run each agent.

    Raises
    ------
    BenchmarkError
        A process ended, or 90 s have passed.

    """
    deadline = time.monotonic() + START_SECONDS
    while True:
        values = read_values(bootstrap_servers, WORKER_STATUS.name, WORKER_STATUS.partitions)
        if at_work([WorkerStatus.model_validate_json(value) for _, value in values], agents):
            return
        if not still_runs() or time.monotonic() > deadline:
            raise BenchmarkError(f"{', '.join(agents)}: not at work after all")
        time.sleep(0.2)
