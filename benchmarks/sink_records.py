"""What fills the topics before the sink is measured, and what the store must hold of it afterwards."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from benchmarks.judge_rounds import Chain
from benchmarks.kafka_log import Partitions
from benchmarks.workload import STORES, TERMINALS, made_payment, make_workload, partition_of
from schemas.click import Click, ClickAction
from schemas.identifiers import uuid7
from schemas.model import Model
from schemas.topics import CLICKS, SCORES, TRANSACTIONS, Topic
from schemas.transaction import Transaction

__all__ = ["QUESTIONS", "Sent", "make_records"]

SEED = 20_260_303
MODEL_SEED = 20_260_301
MODEL_PER_DAY = 1_000
RATE = 2_000
"""Payments, and clicks, a second."""
BEGINS = datetime(2026, 4, 1, 9, tzinfo=UTC)
BATCH = 200
"""Payments that are scored together, as the agent gets them."""
ACTIONS: tuple[ClickAction, ...] = ("view", "view", "product", "product", "add_to_cart", "checkout", "pay")

QUESTIONS = {
    "transactions": "SELECT count(), uniqExact(event_id), sum(amount_minor) FROM transactions",
    "scores": "SELECT count(), uniqExact(origin_partition, origin_offset), sum(amount_minor) FROM scores",
    "clicks": "SELECT count(), uniqExact(event_id), sum(seq) FROM clicks",
    "payments_minute": "SELECT sum(events), sum(orders), sum(revenue_minor) FROM payments_minute",
    "clicks_minute": "SELECT sum(clicks), sumIf(clicks, action = 'pay') FROM clicks_minute",
    "arrivals_second": "SELECT sumIf(events, topic = 'transactions'), sumIf(events, topic = 'clicks')"
    " FROM arrivals_second",
}
"""What the store is asked once every row is in; the first three are the tables of the topics."""


@dataclass(frozen=True)
class Sent:
    """Records of each topic, and the answer that each question must get."""

    records: dict[Topic, Partitions]
    answers: dict[str, tuple[int, ...]]

    def mean_bytes(self, topic: Topic) -> float:
        """Give the mean size of a topic's values."""
        sizes = [len(value) for some in self.records[topic].values() for _, value in some]
        return sum(sizes) / len(sizes)


def make_records(each: int) -> Sent:
    """Make so many payments, the score of each, and as many clicks; the same each time."""
    model = make_workload(1, MODEL_SEED, per_day=MODEL_PER_DAY).model
    random = Random(SEED)  # noqa: S311  # a workload that can be made again, no secret
    transactions: Partitions = defaultdict(list)
    sums: Counter[str] = Counter()
    for paid in made_payments(random, each):
        value = paid.model_dump_json(exclude_none=True).encode()
        transactions[partition_of(TRANSACTIONS, paid.key)].append((paid.key.encode(), value))
        authorised = paid.status == "authorised"
        sums.update(paid=paid.amount_minor, orders=authorised, revenue=paid.amount_minor * authorised)
    clicks: Partitions = defaultdict(list)
    for click in made_clicks(random, each):
        value = click.model_dump_json(exclude_none=True).encode()
        clicks[partition_of(CLICKS, click.key)].append((click.key.encode(), value))
        sums.update(seqs=click.seq, pays=click.action == "pay")
    return Sent(
        {TRANSACTIONS: transactions, SCORES: scores_of(model, transactions), CLICKS: clicks},
        {
            "transactions": (each, each, sums["paid"]),
            "scores": (each, each, sums["paid"]),
            "clicks": (each, each, sums["seqs"]),
            "payments_minute": (each, sums["orders"], sums["revenue"]),
            "clicks_minute": (each, sums["pays"]),
            "arrivals_second": (each, each),
        },
    )


def made_payments(random: Random, count: int) -> Iterator[Transaction]:
    """Make payments of the workload, at the rate of a busy hour."""
    for seq in range(count):
        amount = int(random.lognormvariate(8, 0.8)) + 50
        at = BEGINS + timedelta(seconds=seq / RATE)
        yield made_payment(random, seq, at, random.randrange(TERMINALS), amount)


def made_clicks(random: Random, count: int) -> Iterator[Click]:
    """Make clicks of visits that are seven actions long in the mean."""
    for seq in range(count):
        at = BEGINS + timedelta(seconds=seq / RATE)
        visit = random.randrange(max(1, count // len(ACTIONS)))
        yield Click(
            event_id=uuid7(at, random),
            source=f"shop-{visit % STORES}",
            run="run-1",
            seq=seq,
            occurred_at=at,
            visitor_id=f"visitor-{visit}",
            session_id=f"visit-{visit}",
            store_id=f"store-{visit % STORES}",
            page=f"/articles/{random.randrange(500)}",
            action=random.choice(ACTIONS),
            sku=f"sku-{random.randrange(5_000)}",
            campaign="spring" if visit % 5 == 0 else None,
            device="ios" if visit % 3 else "desktop",
            app_version=f"4.{visit % 6}.0",
            duration_ms=random.randrange(20, 900),
        )


def scores_of(model: Model, transactions: Partitions) -> Partitions:
    """Score payments as the fraud agent does; each score stands where its payment does."""
    chain = Chain(model)
    scores: Partitions = defaultdict(list)
    for part, records in transactions.items():
        values = [value for _, value in records]
        for first in range(0, len(values), BATCH):
            made = chain.scores_of(part, values[first : first + BATCH], BEGINS)
            scores[part] += [(b"", value) for value in made.values]
    return scores
