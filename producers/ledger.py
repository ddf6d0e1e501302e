"""What Kafka acknowledged, as the producers saw it: the figure that every later count must equal.

A ledger is a text file with one line per acknowledged event: topic, event id, amount. It is only ever
appended to. Lines are written in groups, so a process killed with SIGKILL may leave out its last
acknowledged events (at most `lines_held`, none after a flush); it never names one that was not acknowledged.
A line torn by a kill is closed with a mark when the file is opened again, is never counted, and is reported.
"""

import logging
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from pydantic import BaseModel

from schemas.stock_movement import StockMovement
from schemas.transaction import Transaction

__all__ = ["Ledger", "LedgerTotals", "ledger_line", "read_ledgers"]

LINES_HELD = 512  # one write per 512 lines costs .1 µs a line; chosen, not tuned
SUFFIX = ".ledger"
TORN = b" torn\n"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class LedgerTotals:
    """What all ledgers of a folder say about one topic.

    `count` acknowledgements, of `distinct` event ids; `amount` sums minor units (transactions) or pieces
    (stock-movements) over all acknowledgements, `distinct_amount` over the first of each id; both are 0 for
    other topics.
    """

    count: int
    distinct: int
    amount: int
    distinct_amount: int


class Ledger:
    """Append-only file of acknowledged events.

    Parameters
    ----------
    path
        File to append to, by convention `PROGRAM.ledger`; its folder is made.
    lines_held
        Lines written at once; 1 where every event counts more than the time it takes.

    """

    def __init__(self, path: Path, *, lines_held: int = LINES_HELD) -> None:
        self._lines_held = lines_held
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        self._lines: list[bytes] = []
        self._lock = threading.Lock()
        size = os.fstat(self._file).st_size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            os.write(self._file, TORN)

    def acknowledged(self, line: bytes) -> None:
        """Note one acknowledged event; `line` is from `ledger_line`.

        Cost: .4 µs.
        """
        with self._lock:
            self._lines.append(line)
            if len(self._lines) >= self._lines_held:
                self._write()

    def flush(self) -> None:
        """Hand all lines to the operating system."""
        with self._lock:
            self._write()

    def close(self) -> None:
        """Flush and close."""
        self.flush()
        os.close(self._file)

    def _write(self) -> None:
        text = memoryview(b"".join(self._lines))
        self._lines.clear()
        while text:
            text = text[os.write(self._file, text) :]


def ledger_line(topic: str, event: BaseModel) -> bytes:
    """Say in one line what an event adds to its topic.

    Records without an `event_id` (stores, heartbeats) are named by their key.
    """
    # Spaces separate the columns.
    name = getattr(event, "event_id", None) or quote(event.key)  # type: ignore[attr-defined]  # all have one
    amount = 0
    if isinstance(event, Transaction):
        amount = event.amount_minor
    elif isinstance(event, StockMovement):
        amount = event.quantity
    return f"{topic} {name} {amount}\n".encode()


def read_ledgers(directory: Path) -> dict[str, LedgerTotals]:
    """Add up every ledger in a folder, by topic.

    A last line without its end, and a line marked as torn, are left out and logged: their event was
    acknowledged, but which one is not known, so the totals are then a lower bound.
    """
    counts: dict[str, int] = {}
    amounts: dict[str, int] = {}
    once: dict[str, int] = {}
    names: dict[str, set[bytes]] = {}
    for path in sorted(directory.glob(f"*{SUFFIX}")):
        with path.open("rb") as lines:
            for line in lines:
                parts = line.split(b" ")
                if not line.endswith(b"\n") or line.endswith(TORN):
                    logger.warning("ledger line is torn", extra={"file": str(path)})
                    continue
                topic = parts[0].decode()
                counts[topic] = counts.get(topic, 0) + 1
                amount = int(parts[2])
                amounts[topic] = amounts.get(topic, 0) + amount
                known = names.setdefault(topic, set())
                once[topic] = once.get(topic, 0) + (0 if parts[1] in known else amount)
                known.add(parts[1])
    return {
        topic: LedgerTotals(count, len(names[topic]), amounts[topic], once[topic])
        for topic, count in counts.items()
    }
