"""What a payment costs on its whole way through real Kafka.

The question: CPU of the whole worker process, with its threads, per payment: fetch, decode, validate by
pydantic, features, score with a trained model, write the score, commit. The rules: at least 200,000 payments
of at least 600 bytes and their labels are in Kafka before the worker starts; measured from a tenth of the
outputs to the last one, so that starting up does not count; every output is checked against the same
detectors run in one plain loop. The rivals, in the same run: the same detectors in stock Faust and in
quixstreams, each in every variant that we could think of, and bare aiokafka (fetch and write, no work: the
floor), beside it Tillwatch's source and outputs with an agent that does as little.
"""

import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.errors import BenchmarkError
from benchmarks.kafka_log import EndOffsets, fill, fresh_topics, make_output_topic, read_values
from benchmarks.process_cpu import Cost, measure_between, running
from benchmarks.rivals.bare_aiokafka import SCORE_BYTES
from benchmarks.rivals.variants import QUIXSTREAMS, STOCK_FAUST
from benchmarks.workload import MIN_RECORD_BYTES, Expected, expected_scores, make_workload
from producers.administration import create_topics, delete_groups
from schemas.decode import decode_batch
from schemas.score import Score
from schemas.topics import LABELS, MODELS, SCORES, TRANSACTIONS
from tillwatch.stack.broker import running_broker

__all__ = ["Throughput", "check_scores", "measure_throughput", "report_throughput"]

SEED = 20_260_301
WARM_UP = 0.1
"""Share of the outputs that come before the measurement begins."""


@dataclass(frozen=True)
class Throughput:
    """All costs that were measured, per contestant; the first is Tillwatch's worker."""

    events: int
    smallest_bytes: int
    mean_bytes: float
    mean_score_bytes: float
    costs: dict[str, list[Cost]]

    def best(self, prefix: str) -> tuple[str, float]:
        """Give the contestant of this kind with the lowest median cost, and that cost in µs."""
        medians = {
            name: median(cost.us_per_event for cost in costs)
            for name, costs in self.costs.items()
            if name.startswith(prefix)
        }
        name = min(medians, key=lambda one: medians[one])
        return name, medians[name]


def measure_throughput(
    events: int, runs: int, faust_events: int, announce: Callable[[str], None]
) -> Throughput:
    """Fill Kafka and let each contestant work through it, one after the other, as often as asked.

    Parameters
    ----------
    events
        Payments, at least.
    runs
        Of each contestant.
    faust_events
        Outputs after which stock Faust is stopped: it takes ten times as long as the others.
    announce
        Is told what is happening.

    """
    announce(f"making {events:,} payments, their labels and a model")
    workload = make_workload(events, SEED)
    expected = expected_scores(workload)
    costs: dict[str, list[Cost]] = {}
    with (
        tempfile.TemporaryDirectory(prefix="tillwatch-benchmark-") as folder,
        running_broker(Path(folder), announce=announce) as broker,
    ):
        server = broker.bootstrap_servers
        create_topics(server)
        announce("filling Kafka")
        fill(server, LABELS, workload.labels)
        fill(server, MODELS, [workload.model])
        smallest, total = fill(server, TRANSACTIONS, workload.payments)
        if smallest < MIN_RECORD_BYTES:
            raise BenchmarkError(f"a payment has {smallest} bytes, at least {MIN_RECORD_BYTES} are promised")
        del workload
        score_bytes = 0

        def contest(name: str, module: str, output: str, arguments: list[str], last: int) -> None:
            announce(f"{name}, run {run} of {runs}")
            log = Path(folder) / f"{output}.log"
            with (
                closing(EndOffsets(server, output)) as ends,
                running(f"benchmarks.rivals.{module}", [server, *arguments], log) as process,
            ):
                cost = measure_between([process], ends.count, int(last * WARM_UP), last, log)
            costs.setdefault(name, []).append(cost)

        for run in range(1, runs + 1):
            delete_groups(server)
            fresh_topics(server, [SCORES])
            contest("tillwatch", "tillwatch_worker", SCORES.name, [], events)
            score_bytes = check_scores(server, SCORES.name, expected, events)
            fresh_topics(server, [SCORES])
            contest("source and emit", "source_and_emit", SCORES.name, [], events)
            check_echoes(server, SCORES.name)
            output = f"bare-{run}"
            make_output_topic(server, output)
            contest("aiokafka", "bare_aiokafka", output, [output], events)
            check_echoes(server, output)
            for rival, module, variants, last, more in (
                ("quixstreams", "quixstreams", QUIXSTREAMS, events, []),
                ("stock faust", "stock_faust", STOCK_FAUST, min(faust_events, events), [folder]),
            ):
                for variant in variants:
                    output = f"{module}-{variant}-{run}"
                    make_output_topic(server, output)
                    contest(f"{rival}, {variant}", module, output, [output, variant, *more], last)
                    check_scores(server, output, expected, last)
    return Throughput(events, smallest, total / events, score_bytes / events, costs)


def check_scores(server: str, topic: str, expected: dict[str, Expected], at_least: int) -> int:
    """Check every record of a topic of scores; give the bytes of all.

    Raises
    ------
    BenchmarkError
        A record breaks its contract, is missing, comes twice or in another order, or says something else
        than the detectors say in one plain loop.

    """
    offsets = [0] * SCORES.partitions
    values: list[bytes] = []
    partitions: list[int] = []
    for partition, value in read_values(server, topic):
        partitions.append(partition)
        values.append(value)
    seen: set[str] = set()
    for start in range(0, len(values), 1_000):
        decoded = decode_batch(Score, values[start : start + 1_000]).events
        for partition, score in zip(partitions[start : start + 1_000], decoded, strict=True):
            if not isinstance(score, Score) or score.payment is None:
                raise BenchmarkError(f"{topic}: a record is no score of a payment: {score}")
            if (score.origin.partition, score.origin.offset) != (partition, offsets[partition]):
                raise BenchmarkError(
                    f"{topic}[{partition}]: {score.origin} after {offsets[partition]} scores"
                )
            offsets[partition] += 1
            event = str(score.payment.event_id)
            if Expected(score.score or 0.0, score.model_version or "", score.features) != expected[event]:
                raise BenchmarkError(f"{topic}: payment {event} is scored otherwise than in one plain loop")
            seen.add(event)
    if len(seen) != len(values) or len(seen) < at_least:
        raise BenchmarkError(f"{topic}: {len(seen):,} payments scored in {len(values):,} records")
    return sum(map(len, values))


def check_echoes(server: str, topic: str) -> None:
    """Check that there is one record of the right size for each payment, in the payment's partition.

    Raises
    ------
    BenchmarkError
        Another number of records in a partition, or another size.

    """
    counts = [0] * SCORES.partitions
    for partition, value in read_values(server, topic):
        counts[partition] += 1
        if len(value) != SCORE_BYTES:
            raise BenchmarkError(f"{topic}[{partition}]: a record of {len(value)} bytes")
    with closing(EndOffsets(server, TRANSACTIONS.name)) as payments:
        expected = payments.each()
    if counts != expected:
        raise BenchmarkError(f"{topic}: {counts} records for {expected} payments")


def report_throughput(result: Throughput) -> tuple[str, dict[str, float | None]]:
    """Write the table and the flat record."""
    lines = [
        f"{result.events:,} payments of {result.smallest_bytes:,} to {result.mean_bytes:,.0f} (mean) bytes, "
        f"scores of {result.mean_score_bytes:,.0f} bytes, every score checked; seed {SEED}",
        f"{'CPU of the process per payment':32}{'median µs':>10}{'lowest':>8}{'highest':>9}{'per s':>10}"
        f"{'measured':>11}{'runs':>6}",
    ]
    for name, costs in result.costs.items():
        each = [cost.us_per_event for cost in costs]
        rate = median(cost.events_per_second for cost in costs)
        lines.append(
            f"{name:32}{median(each):10.1f}{min(each):8.1f}{max(each):9.1f}{rate:10,.0f}"
            f"{costs[0].events:11,}{len(costs):6}"
        )
    own_us, emit_us, floor_us = (
        result.best(name)[1] for name in ("tillwatch", "source and emit", "aiokafka")
    )
    faust, faust_us = result.best("stock faust")
    quix, quix_us = result.best("quixstreams")
    lines.append(
        f"tillwatch takes 1/{faust_us / own_us:.1f} of {faust} and {own_us / quix_us:.2f} of {quix}; "
        f"source and emit {emit_us / floor_us:.2f} of aiokafka"
    )
    return "\n".join(lines), {
        "us_per_event": round(own_us, 2),
        "stock_faust_us": round(faust_us, 2),
        "quixstreams_us": round(quix_us, 2),
        "aiokafka_us": round(floor_us, 2),
        "events_per_second": round(median(cost.events_per_second for cost in result.costs["tillwatch"])),
        "source_and_emit_us": round(emit_us, 2),
        "source_and_emit_ratio": round(emit_us / floor_us, 3),
    }
