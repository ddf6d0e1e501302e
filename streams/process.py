"""What the agents of one process share."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from mode import Service

from schemas.topics import TRANSACTIONS, Topic
from streams.app import TillwatchApp
from streams.batch import Input
from streams.batch_source import BatchSource, nothing
from streams.ordered_source import OrderedSource
from streams.outputs import Outputs
from streams.scoring_run import ScoringRun
from streams.settings import StreamSettings
from streams.snapshots.of_broadcasts import BroadcastSnapshots, Kept
from streams.snapshots.of_partitions import Snapshots
from streams.snapshots.of_whole import WholeSnapshots
from streams.snapshots.state_format import StateFormat, Written
from streams.snapshots.store import SnapshotStore

__all__ = ["Process"]

State = TypeVar("State")
Source = TypeVar("Source", bound=BatchSource[Any])


@dataclass(frozen=True)
class Process:
    """One worker or trainer process.

    Parameters
    ----------
    app
        Its Faust app.
    bootstrap_servers
        Kafka.
    topic_ids
        Kafka's id of each topic.
    settings
        What the operator set.
    outputs
        The producer that all agents share.
    snapshots
        Where agents that can write their state down do so.
    run
        Which generation of scores it makes.

    Attributes
    ----------
    services
        What runs beside the agents, in the order of starting.
    sources
        Of each agent, for its status.

    """

    app: TillwatchApp
    bootstrap_servers: str
    topic_ids: dict[str, str]
    settings: StreamSettings
    outputs: Outputs
    snapshots: SnapshotStore
    run: ScoringRun = field(default_factory=ScoringRun)
    services: list[Service] = field(default_factory=list)
    sources: list[BatchSource[Any]] = field(default_factory=list)

    def generation(self, topic: Topic) -> str:
        """Name the generation of a topic: its id in Kafka, and for payments the number of the run."""
        return f"{self.topic_ids[topic.name]}:{self.run.number if topic is TRANSACTIONS else 0}"

    def broadcast_snapshots(
        self, agent: str, topic: Topic, state: Written, version: int
    ) -> BroadcastSnapshots:
        """Make what writes down and restores the state that a broadcast topic fills.

        It is written while the agent owns every partition that it reads: with some of them the state may lack
        what only those of other workers, farther behind, still need.
        """
        name = self.run.agent(agent)
        return BroadcastSnapshots(
            self._snapshots_started(),
            name,
            topic.name,
            Kept(state, version, self.generation(topic)),
            every_seconds=self.settings.snapshot_seconds,
            is_writer=lambda: any(one.agent == name and one.owns_all() for one in self.sources),
        )

    def whole_snapshots(
        self,
        agent: str,
        whole: Written,
        version: int,
        *,
        inputs: Sequence[Topic],
        broadcasts: Sequence[Topic],
    ) -> WholeSnapshots[Any]:
        """Make what writes down and restores a state over all partitions and broadcasts of an agent."""
        return WholeSnapshots(
            self._snapshots_started(),
            self.run.agent(agent),
            whole,
            version,
            inputs=inputs,
            broadcasts=broadcasts,
            generations={topic.name: self.generation(topic) for topic in (*inputs, *broadcasts)},
            bootstrap_servers=self.bootstrap_servers,
            every_seconds=self.settings.snapshot_seconds,
        )

    def source(
        self,
        agent: str,
        topics: Collection[Topic],
        make_state: Callable[[Input], State],
        *,
        before_round: Callable[[], Awaitable[None]] = nothing,
        state_format: StateFormat[State] | None = None,
        **more: Any,
    ) -> BatchSource[State]:
        """Add the source of an agent; the agent listens to its channel.

        With a format its state is per partition: snapshots of it are kept, and a record that breaks the agent
        is set aside. What is more is as in `BatchSource`.
        """
        if state_format is None:
            return self._add(BatchSource[State], agent, topics, make_state, before_round, **more)
        snapshots = Snapshots(
            self._snapshots_started(),
            self.run.agent(agent),
            state_format,
            every_seconds=self.settings.snapshot_seconds,
        )
        return self._add(
            BatchSource[State], agent, topics, make_state, before_round, snapshots=snapshots, **more
        )

    def _snapshots_started(self) -> SnapshotStore:
        """Connect to snapshots only where an agent has some."""
        if self.snapshots not in self.services:
            self.services.append(self.snapshots)
        return self.snapshots

    def ordered_source(
        self,
        agent: str,
        topics: Collection[Topic],
        make_state: Callable[[Input], State],
        *,
        before_round: Callable[[], Awaitable[None]] = nothing,
        **more: Any,
    ) -> OrderedSource[State]:
        """Add the source of an agent that reads what was there before in the order of writing.

        What is more is as in `BatchSource`.
        """
        return self._add(OrderedSource[State], agent, topics, make_state, before_round, **more)

    def _add(
        self,
        kind: Callable[..., Source],
        agent: str,
        topics: Collection[Topic],
        make_state: Callable[[Input], State],
        before_round: Callable[[], Awaitable[None]],
        **more: Any,
    ) -> Source:
        source = kind(
            self.app,
            self.run.agent(agent),
            topics=topics,
            make_state=make_state,
            bootstrap_servers=self.bootstrap_servers,
            generations={topic.name: self.generation(topic) for topic in topics},
            outputs=self.outputs,
            before_round=before_round,
            max_refused_ratio=self.settings.max_refused_ratio,
            **more,
        )
        self.services.append(source)
        self.sources.append(source)
        return source
