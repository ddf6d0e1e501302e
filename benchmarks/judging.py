"""Where each microsecond of the judge goes, from the bytes that it reads to the alerts, without Kafka.

The question: the CPU that the judge spends on a payment, by what it reads of it: the score, its share of the
figures per minute, and of the counts per source. The rules: payments of `latency` at 2,000 a second, an alert
for each hundredth; a fiftieth of a second a round and a batch per partition, as the judge gets them. A run
begins with a judge that knows a model and nothing else; per step the lowest of all runs counts, for others
disturb only upwards. Validation is timed once more alone.
"""

import asyncio
import gc
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from benchmarks.errors import BenchmarkError
from benchmarks.judge_rounds import GENERATION, ROUND_SECONDS, JudgeInput, Records, judge_input
from benchmarks.live_payments import ALERT_EVERY
from benchmarks.workload import START
from detectors.watch.desk import Desk
from detectors.watch.paid import READ_OF_SCORES
from schemas.arrival_partial import ArrivalPartial
from schemas.decode import own_decoder
from schemas.metric_partial import MetricPartial
from schemas.score import Score
from schemas.topics import ARRIVALS, METRICS, SCORES
from streams.batch import Batch, Input
from streams.dense_reader import DenseReader
from streams.desk_records import found, take_records
from streams.keyed_records import keyed_records

__all__ = ["Judging", "measure_judging", "report_judging"]

STEPS = {
    SCORES.name: "scores: validate, look at cards, terminals, prices",
    METRICS.name: "figures per minute: validate, add up",
    ARRIVALS.name: "counts per source: validate, compare",
    "due": "look for what is new after each batch, write alerts",
}
VALIDATE: dict[str, Callable[[bytes], object]] = {
    SCORES.name: own_decoder(Score, READ_OF_SCORES),
    METRICS.name: own_decoder(MetricPartial),
    ARRIVALS.name: own_decoder(ArrivalPartial),
}


@dataclass
class Judging:
    """The lowest cost of each step, µs a payment, and how many records and alerts there were."""

    payments: int
    runs: int
    alerts: int
    records: Counter[str]
    lowest: dict[str, float] = field(default_factory=dict)

    def note(self, spent: dict[str, float]) -> None:
        """Take in one run."""
        for step, seconds in spent.items():
            cost = seconds / self.payments * 1e6
            self.lowest[step] = min(cost, self.lowest.get(step, cost))


def measure_judging(payments: int, runs: int, announce: Callable[[str], None]) -> Judging:
    """Judge the same payments as often as asked, each time from the beginning.

    Raises
    ------
    BenchmarkError
        Not every person who tests cards was found.

    """
    announce(f"making what the judge reads of {payments:,} payments")
    given = judge_input(payments)
    gc.collect()
    gc.freeze()  # as a judge does before it begins: what was loaded is not looked at again
    records: Counter[str] = Counter()
    for one in (one for some in given.rounds for one in some):
        records[one.topic.name] += len(one.values)
    judging = Judging(payments, runs, 0, records)
    for run in range(1, runs + 1):
        announce(f"run {run} of {runs}")
        spent, judging.alerts = asyncio.run(judge(given))
        judging.note({**spent, "validation": validated(given)})
        if judging.alerts < payments // ALERT_EVERY:
            raise BenchmarkError(f"{judging.alerts} alerts for {payments // ALERT_EVERY} who test cards")
    return judging


async def judge(given: JudgeInput) -> tuple[dict[str, float], int]:
    """Do what the agent does with all rounds; CPU seconds per step, and the number of alerts."""
    desk, reader = Desk(), DenseReader()
    desk.take_model(given.model)
    spent, alerts = dict.fromkeys(STEPS, 0.0), 0
    for number, records in enumerate(given.rounds, 1):
        at = START + timedelta(seconds=number * ROUND_SECONDS)
        for one in records:
            begin = time.thread_time()
            batch = batch_of(one, reader)
            batch.taken_at = at
            with batch:
                take_records(batch, desk)
                taken = time.thread_time()
                due = found(batch, desk, settled=False)
                alerts += len(keyed_records(due.alerts))
            spent[one.topic.name] += taken - begin
            spent["due"] += time.thread_time() - taken
    return spent, alerts


def batch_of(records: Records, reader: DenseReader) -> Batch[DenseReader]:
    """Make the batch that the source would make."""
    return Batch(
        Input(records.topic, records.partition, GENERATION),
        offsets=records.offsets,
        records=records.values,
        append_ms=[0] * len(records.values),
        emit=True,
        state=reader,
    )


def validated(given: JudgeInput) -> float:
    """Validate all records and do nothing else; CPU seconds."""
    begin = time.thread_time()
    for records in given.rounds:
        for one in records:
            validate_all(VALIDATE[one.topic.name], one.values)
    return time.thread_time() - begin


def validate_all(validate: Callable[[bytes], object], values: Sequence[bytes]) -> list[object]:
    """Validate records as a batch of them is."""
    return [validate(value) for value in values]


def report_judging(result: Judging) -> tuple[str, dict[str, float | None]]:
    """Write the table and the flat record."""
    total = sum(result.lowest[step] for step in STEPS)
    lines = [
        f"{result.payments:,} payments, {result.alerts:,} alerts, the lowest of {result.runs} runs",
        f"{'step':10}{'µs a payment':>14}{'records':>10}  what",
    ]
    for step, what in STEPS.items():
        share = f"{result.records[step] / result.payments:.2f}" if step in result.records else ""
        lines.append(f"{step:10}{result.lowest[step]:14.1f}{share:>10}  {what}")
    lines.append(f"{'all':10}{total:14.1f}")
    lines.append(f"{'validation':10}{result.lowest['validation']:14.1f}{'':>10}  of all: validation alone")
    record: dict[str, float | None] = {
        f"{step}_us": round(result.lowest[step], 2) for step in (*STEPS, "validation")
    }
    return "\n".join(lines), {**record, "all_us": round(total, 2)}
