"""What a process says about itself, every second."""

import logging
import os
import socket
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from aiokafka.errors import KafkaError
from mode import Service

from schemas.topics import WORKER_STATUS
from schemas.worker_status import WorkerStatus
from streams.batch_source import BatchSource
from streams.closing import close_within
from streams.keyed_records import keyed_records
from streams.outputs import Outputs

__all__ = ["StatusReporter"]

EVERY_SECONDS = 1.0
LAST_WORD_SECONDS = 0.5

log = logging.getLogger(__name__)


class StatusReporter(Service):
    """Writes the status of each agent. While Kafka is away nothing is written: silence says so too."""

    def __init__(self, sources: Sequence[BatchSource[Any]], outputs: Outputs, **service: Any) -> None:
        super().__init__(**service)
        self._sources = sources
        self._outputs = outputs
        self._worker = f"{socket.gethostname()}-{os.getpid()}"

    @Service.task
    async def _report(self) -> None:
        while not self.should_stop:
            await self._write()
            await self.sleep(EVERY_SECONDS)

    async def _write(self) -> None:
        statuses = [self._status(source) for source in self._sources]
        try:
            await self._outputs.write_keyed(WORKER_STATUS, keyed_records(statuses))
        except (KafkaError, RuntimeError) as error:
            log.warning("the status was not written", extra={"cause": repr(error)})

    async def on_stop(self) -> None:
        """Say how it stood at the end, so that what is counted is whole."""
        await close_within(LAST_WORD_SECONDS, self._write, "the last status")

    def _status(self, source: BatchSource[Any]) -> WorkerStatus:
        p50, p99 = source.progress.take_latencies()
        owned = source.owned.values()
        return WorkerStatus(
            worker=self._worker,
            agent=source.agent,
            at=datetime.now(UTC),
            state=source.phase,
            partitions=tuple(sorted({own.source.partition for own in owned})),
            events=source.progress.events,
            repeats=source.progress.repeats,
            refused=source.progress.refused,
            lag=source.lag(),
            oldest_unprocessed_seconds=source.oldest_waiting_seconds(time.time()),
            latency_p50_ms=p50,
            latency_p99_ms=p99,
        )
