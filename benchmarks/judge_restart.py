"""How soon a judge that was stopped is back at work; see `restart`.

Payments are those of `latency` at 2,000 a second, of which one in twenty is made by somebody who tests cards.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from benchmarks.judge_rounds import Records, judge_input
from benchmarks.kafka_log import pour
from benchmarks.restart import AFTER, Restart, measure_restart
from producers.administration import create_topics
from schemas.topics import ALERTS, ARRIVALS, METRICS, SCORES
from tillwatch.stack.broker import running_broker

__all__ = ["measure_judge_restart"]


def measure_judge_restart(events: int, announce: Callable[[str], None]) -> Restart:
    """Let a judge judge so many payments before its snapshot; see `measure_restart`."""
    with (
        tempfile.TemporaryDirectory(prefix="tillwatch-benchmark-") as folder,
        running_broker(Path(folder), announce=announce) as broker,
    ):
        server = broker.bootstrap_servers
        create_topics(server)
        announce(f"making what the judge reads of {events:,} payments and a tenth more")
        rounds = judge_input(events + events // AFTER).rounds
        edge = len(rounds) * AFTER // (AFTER + 1)
        fill_part = partial(fill, server, rounds[:edge]), partial(fill, server, rounds[edge:])
        return measure_restart(
            server, Path(folder), "judge", ALERTS, fill_part, payments=events, announce=announce
        )


def fill(server: str, rounds: Sequence[Sequence[Records]]) -> int:
    """Write what the judge reads to its topics; count the records."""
    count = 0
    for topic in (SCORES, METRICS, ARRIVALS):

        def records() -> Iterator[tuple[int, bytes | None, bytes]]:
            for one in (one for some in rounds for one in some if one.topic is topic):  # noqa: B023  # poured at once
                for value in one.values:
                    yield one.partition, None, value

        pour(server, topic, records())
        count += sum(len(one.values) for some in rounds for one in some if one.topic is topic)
    return count
