"""Whether anything is lost or doubled while every process dies at the worst moments, again and again.

The question: payments, labels, clicks and movements of goods are sent at a steady rate while two workers,
a judge, a trainer, two sinks, the store, the broker and the sender itself are killed and frozen; once all
has been read, does each acknowledged event count exactly once, in what readers of the topics keep and in
every table and rollup of ClickHouse? The rules: processes die at armed failpoints, drawn by seed over the
whole table, and from outside; a run in which no score was written twice proves nothing and fails; who checks
shares no code with who is checked (`evidence.py`, `check.py`). No rival publishes such a run.
"""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.chaos.check import check
from benchmarks.chaos.crew import AGENTS, SINKS, Crew
from benchmarks.chaos.evidence import gather
from benchmarks.chaos.faults import Draw
from benchmarks.chaos.verdict import Verdict
from benchmarks.errors import BenchmarkError
from producers.administration import create_topics, wait_for_kafka
from tillwatch.stack.drain import drain

__all__ = ["Chaos", "measure_chaos"]

BEGINS_BEFORE = timedelta(days=14)
"""The first payment's event time; the last one's stays in the past for any run of a few hours."""

TURN_SECONDS = 0.05
LEAST_LEDGER_BYTES = 50_000
"""About a thousand acknowledged events before the first fault."""

START_SECONDS = 120.0
FLUSH_SECONDS = 120.0
"""For what was sent to be acknowledged by a broker that was perhaps killed a moment ago."""

DRAIN_SECONDS = 600.0
SAY_EVERY_SECONDS = 10.0


@dataclass(frozen=True)
class Chaos:
    """What happened and what came out.

    Parameters
    ----------
    faults
        How often (process kind, point, action) happened; no point = from outside.
    own_ends
        Last words of processes that ended by themselves.
    drained_seconds
        From the last fault until everything was read.

    """

    verdict: Verdict
    kills: int
    faults: Mapping[tuple[str, str, str], int]
    own_ends: Mapping[str, int]
    seconds: float
    drained_seconds: float

    @property
    def proven(self) -> bool:
        """Whether nothing is lost, doubled or wrong, though something was written twice."""
        return not self.verdict.differences and self.verdict.raw_duplicates > 0


def measure_chaos(
    kills: int, seed: int, rate: float, say: Callable[[str], None], *, draw: Draw | None = None
) -> Chaos:
    """Let processes die until there were enough kills and freezes, drain, and check.

    The folder with logs and data is kept where something is not as it must be.

    Parameters
    ----------
    kills
        At least so many kills and freezes together.
    seed
        Of payments and faults. When a fault comes about depends on the machine, too.
    rate
        Payments a second.
    say
        Is told what happens.
    draw
        Which faults; by the seed if none is given.

    Raises
    ------
    BenchmarkError
        The system did not come up, or did not come to rest.

    """
    folder = Path(tempfile.mkdtemp(prefix="tillwatch-chaos-"))
    begins_at = datetime.now(UTC).replace(microsecond=0) - BEGINS_BEFORE
    crew = Crew(folder, draw or Draw(seed), [str(seed), begins_at.isoformat(), str(rate)], say)
    proven = False
    try:
        result = run(crew, kills, say)
        proven = result.proven
        return result
    except KeyboardInterrupt:
        proven = True  # nobody will look at the logs
        raise
    finally:
        crew.kill()
        if proven:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            say(f"logs and data are kept in {folder}")


def run(crew: Crew, kills: int, say: Callable[[str], None]) -> Chaos:
    """Start everything, let it die, bring it to rest, and look."""
    begun = time.monotonic()
    start(crew, say)
    while crew.kills < kills:
        crew.tend()
        time.sleep(TURN_SECONDS)
    calmed = time.monotonic()
    say("no more faults; everything is read to its end")
    come_to_rest(crew, say)
    drained = time.monotonic()
    say("checking")
    verdict = check(gather(crew.broker.bootstrap_servers, crew.ledger, crew.store))
    for one in verdict.differences:
        say(f"{one.kind}: {one.sentence}")
    return Chaos(verdict, crew.kills, crew.faults, crew.own_ends, drained - begun, drained - calmed)


def start(crew: Crew, say: Callable[[str], None]) -> None:
    """Bring everything up and wait until the first payments are through."""
    say("starting Kafka, the store, two workers, a judge, a trainer, two sinks, and what sends")
    crew.start(["broker", "store"])
    servers = crew.broker.bootstrap_servers
    wait_for_kafka(servers, announce=lambda _: None, deadline_seconds=START_SECONDS)
    create_topics(servers)
    crew.start()
    deadline = time.monotonic() + START_SECONDS
    while not crew.ledger.exists() or crew.ledger.stat().st_size < LEAST_LEDGER_BYTES:
        crew.tend()
        if time.monotonic() > deadline:
            raise BenchmarkError(f"nothing was sent within {START_SECONDS:g} s")
        time.sleep(TURN_SECONDS)


def come_to_rest(crew: Crew, say: Callable[[str], None]) -> None:
    """Restart what is armed, send no more, wait until all is read, and stop all but Kafka and the store."""
    crew.calm()
    crew.stop(["load"], FLUSH_SECONDS)
    said_at = 0.0

    def tend(behind: str) -> None:
        nonlocal said_at
        crew.tend()
        if time.monotonic() - said_at > SAY_EVERY_SECONDS:
            said_at = time.monotonic()
            say(behind)

    asyncio.run(drain(crew.broker.bootstrap_servers, deadline_seconds=DRAIN_SECONDS, announce=tend))
    crew.stop([name for name, _ in (*AGENTS, *SINKS)])
