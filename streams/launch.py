"""Starting a process of agents: only on topics that are as the contract says."""

import gc
from collections.abc import Callable, Sequence
from typing import NoReturn

from producers.administration import ask_kafka, require_topics, topic_ids
from schemas.topics import TRANSACTIONS
from streams.app import build_app, run_worker
from streams.broadcasts import Broadcasts
from streams.health import HealthServer, HealthService
from streams.outputs import Outputs
from streams.process import Process
from streams.scoring_run import ScoringRun, live_run
from streams.settings import HealthSettings, StreamSettings
from streams.snapshots.store import SnapshotStore
from streams.status import StatusReporter
from streams.watched import Watched

__all__ = ["keep_what_is_loaded", "launch"]


def launch(
    name: str,
    add_agents: Sequence[Callable[[Process], None]],
    *,
    bootstrap_servers: str,
    settings: StreamSettings,
    health: HealthSettings,
    announce: Callable[[str], None],
    young_objects: int = 200_000,
) -> NoReturn:
    """Wait for Kafka, check the topics, and run agents until a signal or an error.

    Parameters
    ----------
    name, add_agents
        Of the process, and what it runs.
    bootstrap_servers, settings, health
        What the operator set.
    announce
        Is told what is waited for.
    young_objects
        As in `keep_what_is_loaded`.

    Raises
    ------
    Stop
        If a topic is missing or differs from the contract: state and dense outputs go by partition, so
        going on would count into the wrong one. Or if `scores` holds a newer generation than is live.
    Exception
        What ended it; `Signalled` after a signal.

    """
    ids, run = ask_kafka(bootstrap_servers, lambda: contract(bootstrap_servers), announce=announce)
    outputs = Outputs(bootstrap_servers)
    process = Process(
        build_app(f"tillwatch-{name}", bootstrap_servers),
        bootstrap_servers,
        ids,
        settings,
        outputs,
        SnapshotStore(bootstrap_servers),
        run,
    )
    watched: list[Watched] = []
    process.services.extend([HealthService(HealthServer(health, watched)), outputs])
    for add in add_agents:
        add(process)
    watched += [*process.sources, *(one for one in process.services if isinstance(one, Broadcasts))]
    process.services.append(StatusReporter(process.sources, outputs))
    keep_what_is_loaded(young_objects)
    run_worker(process.app, process.services)


def contract(bootstrap_servers: str) -> tuple[dict[str, str], ScoringRun]:
    """Give the id of each topic, and which generation is live, if all is as the contract says.

    Raises
    ------
    Stop
        It is not.

    """
    require_topics(bootstrap_servers)
    ids = topic_ids(bootstrap_servers)
    return ids, live_run(bootstrap_servers, ids[TRANSACTIONS.name])


def keep_what_is_loaded(young_objects: int = 200_000) -> None:
    """Spare the garbage collector what a process keeps until it ends.

    Parameters
    ----------
    young_objects
        It looks at young objects once there are so many more. A round of a worker makes hundreds of thousands
        that all live until it ends; looking at them every 700 found nothing and cost a quarter of the time
        per payment (75 µs against 55). Where many of them stay, as in the judge, a look at 200,000 stops the
        process for 53 to 86 ms.

    """
    # What is loaded by now stays: not looking at it again makes decoding large batches up to twice as fast.
    gc.collect()
    gc.freeze()
    gc.set_threshold(young_objects, 20, 100)
