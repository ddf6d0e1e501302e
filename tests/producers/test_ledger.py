"""The list of what Kafka acknowledged."""

import logging
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from producers.ledger import Ledger, LedgerTotals, ledger_line, read_ledgers
from schemas.heartbeat import Heartbeat
from schemas.stock_movement import StockMovement
from tests.support.events import payment

MOMENT = datetime(2026, 10, 1, tzinfo=UTC)


def test_totals_count_names_and_add_amounts(tmp_path: Path) -> None:
    first = Ledger(tmp_path / "one.ledger")
    for line in (b"transactions a 100\n", b"transactions b 250\n", b"transactions b 250\n", b"clicks c 0\n"):
        first.acknowledged(line)
    first.close()
    second = Ledger(tmp_path / "two.ledger")
    second.acknowledged(b"transactions d 1\n")
    second.close()
    assert read_ledgers(tmp_path) == {
        "transactions": LedgerTotals(count=4, distinct=3, amount=601, distinct_amount=351),
        "clicks": LedgerTotals(count=1, distinct=1, amount=0, distinct_amount=0),
    }


def test_a_later_run_appends(tmp_path: Path) -> None:
    for name in (b"a", b"b"):
        ledger = Ledger(tmp_path / "x.ledger")
        ledger.acknowledged(b"labels " + name + b" 0\n")
        ledger.close()
    assert read_ledgers(tmp_path)["labels"].distinct == 2


def test_lines_are_held_until_there_are_enough(tmp_path: Path) -> None:
    path = tmp_path / "x.ledger"
    ledger = Ledger(path, lines_held=2)
    ledger.acknowledged(b"labels a 0\n")
    assert path.stat().st_size == 0
    ledger.acknowledged(b"labels b 0\n")
    assert path.stat().st_size == 22
    ledger.close()


@pytest.mark.parametrize("torn", [b"transactions b 25", b"transactions b", b"tra", b"transactions b 250"])
def test_a_torn_line_is_never_counted(tmp_path: Path, torn: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """Also not after a later run has written behind it: 25 could be the beginning of 250."""
    path = tmp_path / "x.ledger"
    path.write_bytes(b"transactions a 100\n" + torn)
    with caplog.at_level(logging.WARNING):
        assert read_ledgers(tmp_path)["transactions"] == LedgerTotals(1, 1, 100, 100)
    assert "ledger line is torn" in caplog.text
    ledger = Ledger(path)
    ledger.acknowledged(b"transactions c 7\n")
    ledger.close()
    assert read_ledgers(tmp_path)["transactions"] == LedgerTotals(2, 2, 107, 107)


def test_other_files_are_no_ledgers(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("transactions a 1\n")
    assert read_ledgers(tmp_path) == {}


def test_a_line_says_what_each_kind_of_event_adds() -> None:
    paid = payment(amount_minor=1_234)
    assert ledger_line("transactions", paid) == f"transactions {paid.event_id} 1234\n".encode()
    movement = StockMovement(
        event_id=UUID(int=1),
        source="s",
        run="r",
        seq=0,
        occurred_at=MOMENT,
        place_id="p",
        sku="A",
        kind="sale",
        quantity=3,
    )
    assert ledger_line("stock-movements", movement).endswith(b" 3\n")
    heartbeat = Heartbeat(source="till-1", run="r", at=MOMENT, next_seq={})
    assert ledger_line("heartbeats", heartbeat) == b"heartbeats till-1 0\n"
