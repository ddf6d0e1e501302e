"""Scoring the log of payments again, beside the live worker and into a topic of its own."""

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, NoReturn

from mode import Service

from producers.administration import topic_ids
from producers.group_offsets import committed_by, log_bounds
from schemas.errors import Retry
from schemas.generation import Generation
from schemas.topics import SCORES, TRANSACTIONS, Topic, scores_of
from streams.app import build_app, run_worker
from streams.batch import KeyedRecord
from streams.fraud import add_fraud_agent
from streams.launch import keep_what_is_loaded
from streams.outputs import Outputs
from streams.process import Process
from streams.scoring_run import ScoringRun
from streams.settings import StreamSettings
from streams.snapshots.store import SnapshotStore

__all__ = ["LIVE_GROUP", "Reached", "reached", "reprocess", "reprocess_group"]

LIVE_GROUP = "tillwatch-fraud"
EVERY_SECONDS = 1.0

log = logging.getLogger(__name__)


class Reached(NamedTuple):
    """How far a reprocess has come, in payments over all partitions."""

    done: int
    wanted: int

    @property
    def is_there(self) -> bool:
        """Whether every payment up to the live position is scored."""
        return self.done >= self.wanted


class ReprocessOutputs(Outputs):
    """Scores go to a topic of their own; dead letters were written when the payments were live."""

    def __init__(self, bootstrap_servers: str, scores: Topic) -> None:
        super().__init__(bootstrap_servers)
        self._scores = scores

    async def write_dense(self, topic: Topic, partition: int, values: Sequence[bytes]) -> None:
        """Write scores beside the live ones."""
        await super().write_dense(self._scores if topic is SCORES else topic, partition, values)

    async def write_keyed(self, topic: Topic, records: Sequence[KeyedRecord]) -> None:
        """Write nothing else: every other topic is the live worker's."""


class ReprocessProgress(Service):
    """Reports how far the group has come; ends the process once it has reached the live position."""

    def __init__(
        self,
        bootstrap_servers: str,
        generation: Generation,
        *,
        follow: bool,
        report: Callable[[Reached], None],
        **service: Any,
    ) -> None:
        super().__init__(**service)
        self._bootstrap_servers = bootstrap_servers
        self._generation = generation
        self._follow = follow
        self._report = report

    @Service.task
    async def _watch(self) -> None:
        while not self.should_stop:
            try:
                now = await asyncio.to_thread(reached, self._bootstrap_servers, self._generation)
            except Retry as error:
                log.warning("asking again how far it is", extra={"cause": repr(error)})
            else:
                self._report(now)
                if now.is_there and not self._follow:
                    os.kill(os.getpid(), signal.SIGTERM)  # the way in which a worker ends well
                    return
            await self.sleep(EVERY_SECONDS)


def reprocess_group(name: str) -> str:
    """Name the consumer group of a reprocess."""
    return f"tillwatch-reprocess-{name}"


def reached(bootstrap_servers: str, generation: Generation) -> Reached:
    """Compare what a reprocess has committed with what the live worker has.

    A partition of which the live worker has committed nothing counts to its end.

    Cost: four round trips on new connections.
    """
    live = committed_by(bootstrap_servers, LIVE_GROUP, TRANSACTIONS)
    done = committed_by(bootstrap_servers, reprocess_group(generation.name), TRANSACTIONS)
    _, ends = log_bounds(bootstrap_servers, TRANSACTIONS)
    total = Reached(0, 0)
    for partition, first in enumerate(generation.offsets):
        wanted = max(0, live.get(partition, ends[partition]) - first)
        come = max(0, done.get(partition, first) - first)
        total = Reached(total.done + min(come, wanted), total.wanted + wanted)
    return total


def reprocess(
    generation: Generation,
    *,
    bootstrap_servers: str,
    settings: StreamSettings,
    follow: bool,
    report: Callable[[Reached], None],
) -> NoReturn:
    """Score from the committed offsets of the reprocess on, until the live position is reached.

    The state is built from the start of the log, as in a worker that starts again, without a score coming
    out. Several processes of the same name share the partitions.

    Raises
    ------
    Exception
        What ended it; `Signalled` once it is there or after a signal.

    """
    outputs = ReprocessOutputs(bootstrap_servers, scores_of(generation.name))
    process = Process(
        build_app(reprocess_group(generation.name), bootstrap_servers),
        bootstrap_servers,
        topic_ids(bootstrap_servers),
        settings,
        outputs,
        SnapshotStore(bootstrap_servers),
        ScoringRun.of(generation),
    )
    process.services.append(outputs)
    add_fraud_agent(process)
    process.services.append(ReprocessProgress(bootstrap_servers, generation, follow=follow, report=report))
    keep_what_is_loaded()
    run_worker(process.app, process.services)
