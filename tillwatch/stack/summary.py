"""Does ClickHouse hold what Kafka acknowledged? One line per stream, and an exit code.

The one side are the producers' own ledgers, written at each acknowledgement. The other is what the store
answers. They share no code.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rich.table import Table

from producers.ledger import LedgerTotals
from schemas.synthetic_answer import SYNTHETIC_SOURCE
from schemas.topics import CLICKS, HEARTBEATS, LABELS, SCORES, STOCK_MOVEMENTS, TRANSACTIONS

__all__ = ["SummaryLine", "Totals", "exit_code", "summarise", "summary_table"]

Ask = Callable[[str], tuple[int, int, int]]
"""Runs a query that returns count, distinct ids and sum of amounts."""

QUERIES = {
    TRANSACTIONS.name: "SELECT count(), uniqExact(event_id), sum(amount_minor) FROM transactions"
    f" WHERE source != '{SYNTHETIC_SOURCE}'",  # they are in no ledger
    CLICKS.name: "SELECT count(), uniqExact(event_id), 0 FROM clicks",
    STOCK_MOVEMENTS.name: "SELECT count(), uniqExact(event_id), sum(quantity) FROM stock_movements",
    # what people answer becomes labels too; the judge writes those, and it keeps no ledger
    LABELS.name: "SELECT count(), uniqExact(event_id), 0 FROM labels WHERE said_by != 'analyst'",
    HEARTBEATS.name: "SELECT count(), uniqExact(source), 0 FROM heartbeats",
}

ONCE = (CLICKS.name, STOCK_MOVEMENTS.name)
"""Streams of which the store holds each event once, however often its source sent it."""
SCORED = """
SELECT count(), uniqExact(event_id), sum(amount_minor)
FROM scores WHERE disposition IN ('scored', 'followed')
"""


@dataclass(frozen=True)
class Totals:
    """Records, distinct ids, and the sum of amounts: minor units, pieces of stock, or 0 if there are none."""

    count: int
    distinct: int
    amount: int


@dataclass(frozen=True)
class SummaryLine:
    """One stream: what was acknowledged, or is owed, and what the store holds."""

    stream: str
    acknowledged: Totals
    held: Totals

    @property
    def is_equal(self) -> bool:
        """All three figures are equal, and something was sent at all."""
        return self.acknowledged == self.held and self.acknowledged.count > 0


def summarise(ledgers: Mapping[str, LedgerTotals], ask: Ask) -> list[SummaryLine]:
    """Compare each stream, and the scores with the payments that were acknowledged."""
    nothing = LedgerTotals(0, 0, 0, 0)
    lines = []
    for topic, query in QUERIES.items():
        said = ledgers.get(topic, nothing)
        owed = once(said) if topic in ONCE else Totals(said.count, said.distinct, said.amount)
        lines.append(SummaryLine(topic, owed, Totals(*ask(query))))
    paid = once(ledgers.get(TRANSACTIONS.name, nothing))
    lines.append(SummaryLine(SCORES.name, paid, Totals(*ask(SCORED))))
    return lines


def once(said: LedgerTotals) -> Totals:
    """Count each event once."""
    return Totals(said.distinct, said.distinct, said.distinct_amount)


def exit_code(lines: list[SummaryLine]) -> int:
    """0 only if every stream is equal and not empty."""
    return 0 if lines and all(line.is_equal for line in lines) else 1


def summary_table(lines: list[SummaryLine]) -> Table:
    """Lay the lines out for people."""
    table = Table(title="What Kafka acknowledged, by the producers' ledgers, and what ClickHouse holds")
    table.add_column("stream", no_wrap=True)
    for heading in ("acknowledged", "distinct", "sum", "held", "distinct", "sum"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for line in lines:
        figures = [
            f"{figure:,}"
            for totals in (line.acknowledged, line.held)
            for figure in (totals.count, totals.distinct, totals.amount)
        ]
        verdict = "equal" if line.is_equal else "none sent" if line.acknowledged.count == 0 else "DIFFERENT"
        table.add_row(line.stream, *figures, verdict)
    return table
