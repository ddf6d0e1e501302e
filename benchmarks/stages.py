"""Where each microsecond of a payment goes, from its bytes to its score record, in one process without Kafka.

The question: the CPU of each step that the fraud agent takes with a batch, as `streams/fraud.py` takes them.
The rules: the payments, labels and model of `throughput`; batches as large as the agent's; the
records of a batch were just copied, as if the network had just brought them. Every run begins with fresh
state and works through 35 days that do not count, for customers and terminals cost what is known of them, in
a process of its own that holds nothing else, as a worker does. Per step the lowest of all runs counts, for
others disturb only upwards.
The search for card numbers and the reading of structs are timed once more alone.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from multiprocessing import get_context
from typing import NamedTuple

from benchmarks.workload import PAYMENTS_PER_DAY, make_workload
from detectors.fraud.champions import Champions
from detectors.fraud.detector import FraudDetector
from detectors.fraud.label_book import LabelBook
from schemas.card_numbers import looks_suspicious
from schemas.decode import decode_structs
from schemas.label import Label
from schemas.model import Model
from schemas.structs import struct_decoder
from schemas.topics import TRANSACTIONS, Topic
from schemas.transaction import Transaction
from streams.batch import CACHED_RECORDS
from streams.launch import keep_what_is_loaded
from streams.repeats import mark_payments
from streams.reporting_currency import ReportingCurrency
from streams.resend_filter import ResendFilter
from streams.score_records import judged_payments, score_records

__all__ = ["Stages", "measure_stages", "report_stages"]

SEED = 20_260_301
FILLED_DAYS = 35
"""Payments of 22 days and labels of 30 are looked at, and labels come after 7."""
STEPS = {
    "decode": "search for card numbers, validate, note what is refused",
    "repeats": "recognise what was sent before",
    "columns": "pick the columns that are judged by",
    "features": "what is known of customers and terminals",
    "score": "score and reasons",
    "records": "write the score records",
}
WITHIN_DECODE = {
    "card_numbers": "of decode: the search for card numbers",
    "structs": "of decode: reading and checking as structs",
}


@dataclass
class Stages:
    """The lowest cost of each step, µs per payment."""

    events: int
    runs: int
    lowest: dict[str, float] = field(default_factory=dict)

    def note(self, spent: dict[str, float]) -> None:
        """Take in one run."""
        for step, seconds in spent.items():
            cost = seconds / self.events * 1e6
            self.lowest[step] = min(cost, self.lowest.get(step, cost))


@dataclass
class Read:
    """Where the payments were read, for their score records."""

    offsets: Sequence[int]
    append_ms: Sequence[int]
    topic: Topic = TRANSACTIONS
    partition: int = 0
    generation: str = "stages:0"
    taken_at: datetime = datetime(2026, 3, 1, tzinfo=UTC)


def measure_stages(events: int, runs: int, announce: Callable[[str], None]) -> Stages:
    """Work through the payments as often as asked, each time with fresh state."""
    announce(f"making {events:,} payments, those of {FILLED_DAYS} days before, their labels and a model")
    workload = make_workload(FILLED_DAYS * PAYMENTS_PER_DAY + events, SEED)
    work = Work(
        [payment.model_dump_json(exclude_none=True).encode() for payment in workload.payments],
        workload.labels,
        workload.model,
    )
    stages = Stages(events, runs)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        for run in range(1, runs + 1):
            announce(f"run {run} of {runs}")
            stages.note(apart.submit(work_through, work).result())
    return stages


class Work(NamedTuple):
    """What a run begins with."""

    records: Sequence[bytes]
    labels: Sequence[Label]
    model: Model


def work_through(work: Work) -> dict[str, float]:
    """Do what the agent does with all records; CPU seconds per step, of those after the filling days."""
    keep_what_is_loaded()
    records = work.records
    spent = dict.fromkeys((*STEPS, *WITHIN_DECODE), 0.0)

    @contextmanager
    def step(name: str) -> Iterator[None]:
        begin = time.thread_time()
        yield
        spent[name] += time.thread_time() - begin

    known, champions = LabelBook(), Champions()
    known.learn(work.labels)
    known.prepare()
    champions.add(work.model)
    known.take_table(work.model)
    detector, seen, currency = FraudDetector(known), ResendFilter(), ReportingCurrency("EUR", {})
    validate = struct_decoder(Transaction)
    filled = FILLED_DAYS * PAYMENTS_PER_DAY
    for start, end in chain(pieces(0, filled), pieces(filled, len(records))):
        if start == filled:
            spent.update(dict.fromkeys(spent, 0.0))
        batch = [bytes(bytearray(record)) for record in records[start:end]]
        read = Read(range(start, start + len(batch)), [1_772_323_200_000 + start] * len(batch))
        with step("card_numbers"):
            for record in batch:
                looks_suspicious(record)
        with step("structs"):
            for record in batch:
                validate(record)
        with step("decode"):
            decoded = decode_structs(Transaction, batch).events
        with step("repeats"):
            outcomes, _ = mark_payments(decoded, seen, detector.odd)
        with step("columns"):
            judged = judged_payments(outcomes)
        with step("features"):
            features = detector.observe_batch(judged)
        with step("score"):
            scored = champions.score_batch(judged.seconds, features)
        with step("records"):
            score_records(read, outcomes, features, scored, currency)
    return spent


def pieces(first: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut a range into batches as the agent gets them, the last of which may be smaller."""
    for start in range(first, end, CACHED_RECORDS):
        yield start, min(end, start + CACHED_RECORDS)


def report_stages(result: Stages) -> tuple[str, dict[str, float | None]]:
    """Write the table and the flat record."""
    total = sum(result.lowest[step] for step in STEPS)
    lines = [
        f"{result.events:,} payments, the lowest of {result.runs} runs; seed {SEED}",
        f"{'step':14}{'µs':>6}  what",
        *(f"{step:14}{result.lowest[step]:6.2f}  {what}" for step, what in STEPS.items()),
        f"{'all':14}{total:6.2f}",
        *(f"{step:14}{result.lowest[step]:6.2f}  {what}" for step, what in WITHIN_DECODE.items()),
    ]
    record: dict[str, float | None] = {
        f"{step}_us": round(result.lowest[step], 2) for step in (*STEPS, *WITHIN_DECODE)
    }
    return "\n".join(lines), {**record, "all_us": round(total, 2)}
