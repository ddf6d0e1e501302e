"""Send the chain's events at a steady rate through the real client until SIGTERM; a process of its own.

    python -m benchmarks.chaos.load BOOTSTRAP LEDGER SEED BEGINS_AT RATE

Killed and started again, it goes on a little before the first payment that the ledger does not name, as a
till whose spool learns late what was acknowledged: Kafka has some events twice.
"""

import os
import signal
import sys
import threading
import time
from datetime import datetime
from itertools import count
from pathlib import Path

from benchmarks.chaos.answering import answer_alerts
from benchmarks.chaos.chain import Chain
from producers.administration import wait_for_kafka
from producers.client import MAX_UNACKNOWLEDGED, EventProducer
from producers.ledger import Ledger
from schemas.topics import TRANSACTIONS

__all__ = ["Begun", "first_unacknowledged", "send"]

TURN_SECONDS = 0.02
SENT_AGAIN = 50
MOST_BEHIND_SECONDS = 0.5
"""After Kafka was away the rate is not made up for: a burst would only hide what a steady stream shows."""


def send(bootstrap_servers: str, ledger: Path, chain: Chain, rate: float, stop: threading.Event) -> int:
    """Send until told to stop and everything is acknowledged; give the number of payments in all.

    Also what a predecessor had begun to send is sent, for Kafka may have it although nobody knows.
    """
    begun = Begun(ledger.with_suffix(".begun"))
    least = begun.number
    number = max(0, first_unacknowledged(ledger, chain) - SENT_AGAIN)
    acknowledged = Ledger(ledger, lines_held=1)
    producer = EventProducer(bootstrap_servers, source="chaos", ledger=acknowledged)
    print(f"sending from payment {number}", flush=True)
    answering = threading.Thread(
        target=answer_alerts, args=(bootstrap_servers, lambda: chain.at(number), stop)
    )
    answering.start()
    due = time.monotonic()
    while number <= least or not stop.is_set():
        due = max(due, time.monotonic() - MOST_BEHIND_SECONDS)
        while due <= time.monotonic():
            begun.note(number)
            for topic, event in chain.events(number):
                producer.send(topic, event)
            number += 1
            due += 1 / rate
        time.sleep(TURN_SECONDS)
    answering.join()
    producer.flush()
    producer.close()
    acknowledged.close()
    return number


class Begun:
    """The last payment that any sender has begun to send; −1 for none. It survives the sender's death."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self.number = int(os.pread(self._file, 20, 0) or b"-1")

    def note(self, number: int) -> None:
        """Note that a payment is about to be sent; in one call, so that it is never half a number."""
        if number > self.number:
            os.pwrite(self._file, b"%d" % number, 0)
            self.number = number


def first_unacknowledged(ledger: Path, chain: Chain) -> int:
    """Find the first payment that the ledger does not name."""
    if not ledger.exists():
        return 0
    lines = [line.split(" ") for line in ledger.read_text().splitlines()]
    named = {line[1] for line in lines if line[0] == TRANSACTIONS.name and line[2:] != ["torn"]}
    # all before are named, but for the sender's last ones: it never has more in flight than so many
    before = max(0, len(named) - MAX_UNACKNOWLEDGED)
    return next(number for number in count(before) if str(chain.payment(number).event_id) not in named)


def main() -> None:
    """Send until SIGTERM."""
    bootstrap_servers, ledger, seed, begins_at, rate = sys.argv[1:]
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    wait_for_kafka(bootstrap_servers, announce=print)
    chain = Chain(int(seed), datetime.fromisoformat(begins_at))
    sent = send(bootstrap_servers, Path(ledger), chain, float(rate), stop)
    print(f"sent {sent} payments", flush=True)


if __name__ == "__main__":
    main()
