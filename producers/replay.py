"""Stream the card-fraud data set through Kafka as if its payments happened now, with labels a week later.

Causality holds in the topics themselves, not only in the events' times. Event time is cut into slices; for
each one, all labels that become known within or before it are sent and acknowledged first, then its
payments are sent and acknowledged. So no label comes after a payment that should have known it, and no
label comes more than a slice before the payments have reached its time. After the last payment the time of
the file is over, and all labels that are left are sent: every payment gets one.

A replay is repeatable: event ids come from time and transaction_id, `run` from the file's content, `seq`
from the position in it. A replay that was stopped, or one with a smaller limit, is a beginning of the whole;
what it sent is recognised as a repeat when the file is replayed again.
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from producers.card_fraud_file import Payments
from producers.client import EventProducer
from producers.simulator.calendar import TIME_ZONE
from schemas.store import OpeningHours, Store
from schemas.topics import LABELS, STORES, TRANSACTIONS

__all__ = ["LABEL_DELAY_DAYS", "SOURCE", "Replay", "ReplayState", "run_of", "slice_ms"]

SOURCE = "replay-card-fraud"
LABEL_DELAY_DAYS = 7
STORE_COUNT = 40
DAY_MS = 86_400_000
LABEL_DELAY_MS = LABEL_DELAY_DAYS * DAY_MS
# Two acknowledgements (about 20 ms) per slice of some 2,400 payments: an eighth of the time at full speed.
FULL_SPEED_SLICE_MS = DAY_MS // 4
PACED_SLICE_SECONDS = 0.25
PAUSE_SECONDS = 0.2

# Templates and not models: 4 us a payment instead of 20. Tests decode the result with the contract.
PAYMENT = (
    '{"event_id":"%s","source":"' + SOURCE + '","run":"%s","seq":%d,"occurred_at":"%sZ",'
    '"payment_id":"card-fraud-%d","status":"authorised","amount_minor":%d,"currency":"EUR","channel":"pos",'
    '"payment_method":"card","customer_id":"cardholder-%d","terminal_id":"terminal-%d",'
    '"store_id":"replay-store-%02d","schema_version":1}'
)
LABEL = (
    '{"event_id":"%s","customer_id":"cardholder-%d","terminal_id":"terminal-%d","occurred_at":"%sZ",'
    '"known_at":"%sZ","verdict":"%s","said_by":"%s","schema_version":1}'
)


@dataclass(frozen=True)
class ReplayState:
    """How far a replay has come: payments and labels acknowledged, and the event time reached."""

    payments: int
    labels: int
    reached: datetime


class Replay:
    """Sends a file's payments and labels.

    Parameters
    ----------
    producer
        Where they go.
    payments, run
        What is sent, and the id of the file.
    speed
        Event seconds per second; None = as fast as it goes.
    report
        Called after every slice.

    """

    def __init__(
        self,
        producer: EventProducer,
        payments: Payments,
        *,
        run: str,
        speed: float | None,
        report: Callable[[ReplayState], None],
    ) -> None:
        self._producer = producer
        self._payments = payments
        self._run = run
        self._speed = speed
        self._report = report
        self._ids = event_ids(payments)
        self._payments_sent = 0
        self._labels_sent = 0

    def run(self, stopping: Callable[[], bool]) -> ReplayState:
        """Send everything, or what can be sent until told to stop; all of it is acknowledged on return.

        Raises
        ------
        NotDelivered
            Kafka was away too long. Replay again: what was sent before is recognised.

        """
        times = self._payments.times_ms
        for store in replay_stores():
            self._producer.send(STORES, store)
        started = time.monotonic()
        for begin, end in slices(times, slice_ms(self._speed)):
            if not self._wait(started, int(begin - times[0]), stopping):
                return self._state()
            self._send_labels(int(np.searchsorted(times + LABEL_DELAY_MS, end)))
            self._producer.flush()
            self._send_payments(int(np.searchsorted(times, end)))
            self._producer.flush()
            self._report(self._state())
        while self._labels_sent < len(times) and not stopping():
            self._send_labels(min(self._labels_sent + 10_000, len(times)))
            self._producer.flush()
            self._report(self._state())
        return self._state()

    def _wait(self, started: float, event_ms: int, stopping: Callable[[], bool]) -> bool:
        """Wait until a slice is due; False if the replay is to stop."""
        while not stopping():
            if self._speed is None:
                return True
            left = event_ms / 1000 / self._speed - (time.monotonic() - started)
            if left <= 0:
                return True
            time.sleep(min(left, PAUSE_SECONDS))
        return False

    def _send_payments(self, until: int) -> None:
        part = slice(self._payments_sent, until)
        payments, send, run = self._payments, self._producer.send_encoded, self._run
        rows = zip(
            self._ids[part],
            range(part.start, part.stop),
            time_texts(payments.times_ms[part]),
            payments.ids[part].tolist(),
            payments.amounts_minor[part].tolist(),
            payments.customers[part].tolist(),
            payments.terminals[part].tolist(),
            strict=True,
        )
        for event_id, seq, at, number, amount, customer, terminal in rows:
            store = terminal % STORE_COUNT + 1
            value = PAYMENT % (event_id, run, seq, at, number, amount, customer, terminal, store)
            line = f"transactions {event_id} {amount}\n"
            send(TRANSACTIONS, b"cardholder-%d" % customer, value.encode(), line.encode())
        self._payments_sent = until

    def _send_labels(self, until: int) -> None:
        part = slice(self._labels_sent, until)
        payments, send = self._payments, self._producer.send_encoded
        rows = zip(
            self._ids[part],
            payments.customers[part].tolist(),
            payments.terminals[part].tolist(),
            time_texts(payments.times_ms[part]),
            time_texts(payments.times_ms[part] + LABEL_DELAY_MS),
            payments.frauds[part].tolist(),
            strict=True,
        )
        for event_id, customer, terminal, at, known, fraud in rows:
            verdict, said_by = ("fraud", "chargeback") if fraud else ("genuine", "matured")
            value = LABEL % (event_id, customer, terminal, at, known, verdict, said_by)
            send(LABELS, b"cardholder-%d" % customer, value.encode(), f"labels {event_id} 0\n".encode())
        self._labels_sent = until

    def _state(self) -> ReplayState:
        reached = int(self._payments.times_ms[max(self._payments_sent - 1, 0)])
        return ReplayState(
            self._payments_sent, self._labels_sent, datetime.fromtimestamp(reached / 1000, UTC)
        )


def run_of(path: Path) -> str:
    """Name the run after the file's content, whatever part of it is sent."""
    with path.open("rb") as content:
        return f"file-{hashlib.file_digest(content, 'sha256').hexdigest()[:16]}"


def slice_ms(speed: float | None) -> int:
    """Return the length of a slice in milliseconds of event time, for a speed."""
    if speed is None:
        return FULL_SPEED_SLICE_MS
    return min(max(int(speed * PACED_SLICE_SECONDS * 1000), 1), FULL_SPEED_SLICE_MS)


def slices(times_ms: NDArray[np.int64], length_ms: int) -> Iterator[tuple[int, int]]:
    """Yield begin and end of each slice of event time that holds a payment."""
    begin = int(times_ms[0]) // length_ms * length_ms
    for number in np.unique((times_ms - begin) // length_ms).tolist():
        yield begin + number * length_ms, begin + (number + 1) * length_ms


def time_texts(times_ms: NDArray[np.int64]) -> list[str]:
    """Write times as RFC 3339 without the zone's letter."""
    texts: list[str] = np.datetime_as_string(times_ms.astype("datetime64[ms]"), unit="ms").tolist()
    return texts


def event_ids(payments: Payments) -> list[str]:
    """Make a UUIDv7 of each payment's time and transaction_id; different payments get different ids."""
    # SplitMix64's finaliser is a bijection, so 64 bits of noise never collide for different numbers
    noise = payments.ids.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    noise = (noise ^ (noise >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    noise = (noise ^ (noise >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    noise ^= noise >> np.uint64(31)
    texts = []
    for at, bits in zip(payments.times_ms.tolist(), noise.tolist(), strict=True):
        text = f"{at << 80 | 7 << 76 | (bits >> 52) << 64 | 2 << 62 | bits & ((1 << 62) - 1):032x}"
        texts.append(f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}")
    return texts


def replay_stores() -> Iterator[Store]:
    """Yield master data for the stores that terminals are dealt out to; the data set has none."""
    always = tuple(OpeningHours(weekday=day, opens="00:00", closes="24:00") for day in range(7))
    for number in range(1, STORE_COUNT + 1):
        yield Store(
            store_id=f"replay-store-{number:02d}",
            name=f"Replay {number}",
            channel="pos",
            region="Replay",
            time_zone=TIME_ZONE,
            hours=always,
        )
