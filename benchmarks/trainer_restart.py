"""How soon a trainer that was stopped is back at work; see `restart`.

Payments are those of `throughput`, 5,000 a day, each with a label seven days later; their features are noise,
and amounts. Every payment of the last week waits for its label in the snapshot.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from random import Random

import numpy as np

from benchmarks.kafka_log import fill, pour
from benchmarks.restart import AFTER, Restart, measure_restart
from benchmarks.workload import labelled_payments, partition_of, score_record
from detectors.fraud.features import FEATURE_NAMES
from producers.administration import create_topics
from schemas.label import Label
from schemas.topics import LABELS, MODELS, SCORES, TRANSACTIONS
from schemas.transaction import Transaction
from tillwatch.stack.broker import running_broker

__all__ = ["measure_trainer_restart"]

SEED = 20_260_303
PER_DAY = 5_000
AMOUNT = FEATURE_NAMES.index("amount")

Paid = tuple[Transaction, Label]


def measure_trainer_restart(events: int, announce: Callable[[str], None]) -> Restart:
    """Let a trainer read so many payments before its snapshot; see `measure_restart`."""
    with (
        tempfile.TemporaryDirectory(prefix="tillwatch-benchmark-") as folder,
        running_broker(Path(folder), announce=announce) as broker,
    ):
        server = broker.bootstrap_servers
        create_topics(server)
        announce(f"making {events:,} payments, a tenth more, and their labels")
        paid = list(labelled_payments(Random(SEED), events + events // AFTER, PER_DAY))  # noqa: S311  # no secret
        begin, edge, end = (paid[place][0].occurred_at for place in (0, events - 1, -1))
        offsets: Counter[int] = Counter()
        fill_part = (
            partial(fill_scores, server, paid[:events], known_between(paid, begin, edge), offsets),
            partial(fill_scores, server, paid[events:], known_between(paid, edge, end), offsets),
        )
        return measure_restart(
            server, Path(folder), "trainer", MODELS, fill_part, payments=events, announce=announce
        )


def known_between(paid: Sequence[Paid], since: datetime, until: datetime) -> list[Label]:
    """Pick the labels that became known in a span."""
    return [label for _, label in paid if since < label.known_at <= until]


def fill_scores(server: str, paid: Sequence[Paid], labels: Sequence[Label], offsets: Counter[int]) -> int:
    """Write scores as the fraud agent does, and labels; count both. `offsets` is where partitions end."""

    def records() -> Iterator[tuple[int, bytes | None, bytes]]:
        random = np.random.default_rng(SEED)
        for payment, _ in paid:
            partition = partition_of(TRANSACTIONS, payment.key)
            features = random.normal(0, 1, len(FEATURE_NAMES))
            features[AMOUNT] = payment.amount_minor / 100
            score = score_record(payment, tuple(features.tolist()))
            origin = score.origin.model_copy(update={"partition": partition, "offset": offsets[partition]})
            offsets[partition] += 1
            yield partition, None, score.model_copy(update={"origin": origin}).model_dump_json().encode()

    pour(server, SCORES, records())
    fill(server, LABELS, labels)
    return len(paid) + len(labels)
