"""The comparison of what was acknowledged with what is stored."""

from collections.abc import Callable
from io import StringIO

import pytest
from rich.console import Console

from producers.ledger import LedgerTotals
from tillwatch.stack.summary import exit_code, summarise, summary_table

LEDGERS = {
    "transactions": LedgerTotals(count=10, distinct=9, amount=5_000, distinct_amount=4_500),
    "clicks": LedgerTotals(count=22, distinct=20, amount=0, distinct_amount=0),
    "stock-movements": LedgerTotals(count=6, distinct=5, amount=-5, distinct_amount=-3),
    "labels": LedgerTotals(count=4, distinct=4, amount=0, distinct_amount=0),
    "heartbeats": LedgerTotals(count=8, distinct=2, amount=0, distinct_amount=0),
}
HELD = {
    "transactions": (10, 9, 5_000),
    "clicks": (20, 20, 0),
    "stock_movements": (5, 5, -3),
    "labels": (4, 4, 0),
    "heartbeats": (8, 2, 0),
    "scores": (9, 9, 4_500),
}


def store_that_holds(held: dict[str, tuple[int, int, int]]) -> Callable[[str], tuple[int, int, int]]:
    def ask(query: str) -> tuple[int, int, int]:
        table = query.split("FROM ", 1)[1].strip()
        return next(figures for name, figures in held.items() if table.startswith(name))

    return ask


def test_equal_figures_give_exit_code_0() -> None:
    """A payment was sent twice by its source: ten records, nine payments, nine scores. So were two clicks."""
    lines = summarise(LEDGERS, store_that_holds(HELD))
    assert [line.stream for line in lines] == [*LEDGERS, "scores"]
    assert exit_code(lines) == 0


@pytest.mark.parametrize("stream", HELD)
@pytest.mark.parametrize("figure", range(3))
def test_any_unequal_figure_gives_exit_code_1(stream: str, figure: int) -> None:
    wrong = list(HELD[stream])
    wrong[figure] += 1
    lines = summarise(LEDGERS, store_that_holds(HELD | {stream: (wrong[0], wrong[1], wrong[2])}))
    assert exit_code(lines) == 1
    assert sum(not line.is_equal for line in lines) == 1


def test_score_written_twice_is_seen() -> None:
    lines = summarise(LEDGERS, store_that_holds(HELD | {"scores": (10, 9, 4_500)}))
    assert [line.stream for line in lines if not line.is_equal] == ["scores"]


def test_stream_without_events_gives_exit_code_1() -> None:
    ledgers = {name: totals for name, totals in LEDGERS.items() if name != "clicks"}
    lines = summarise(ledgers, store_that_holds(HELD | {"clicks": (0, 0, 0)}))
    assert exit_code(lines) == 1
    assert exit_code([]) == 1


def test_table_names_the_stream_that_differs() -> None:
    lines = summarise(LEDGERS, store_that_holds(HELD | {"labels": (3, 3, 0)}))
    out = Console(width=96, file=StringIO())
    with out.capture() as text:
        out.print(summary_table(lines))
    rows = [row for row in text.get().splitlines() if "DIFFERENT" in row]
    assert len(rows) == 1
    assert "labels" in rows[0]
