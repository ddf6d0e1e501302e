"""The backlog of the overload benchmark is made of real payments, and its report subtracts."""

from itertools import pairwise

from benchmarks.overload import Overload, payments, report_overload
from benchmarks.workload import MIN_RECORD_BYTES, PAYMENTS_PER_DAY
from schemas.decode import decode_batch
from schemas.topics import TRANSACTIONS
from schemas.transaction import Transaction


def test_every_payment_is_new_large_enough_and_later_than_the_one_before() -> None:
    made = list(payments(2 * PAYMENTS_PER_DAY + 10))
    assert min(len(value) for _, value in made) >= MIN_RECORD_BYTES
    assert {partition for partition, _ in made} == set(range(TRANSACTIONS.partitions))
    events = decode_batch(Transaction, [value for _, value in made]).events
    paid = [event for event in events if isinstance(event, Transaction)]
    assert len(paid) == len({(one.source, one.run, one.seq) for one in paid}) == len(made)
    assert all(one.occurred_at < two.occurred_at for one, two in pairwise(paid))


def test_the_report_gives_the_growth() -> None:
    table, record = report_overload(Overload(100_000, 750.0, 100_000_000, 180_500_000, 12.0))
    assert record["rss_growth_mb"] == 80.5
    assert "growth" in table
