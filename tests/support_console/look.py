"""Serve the page over made-up data, to look at it: python -m tests.support_console.look FOLDER PORT."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from producers.clock import Clock, write_clock
from sinks.connection import connect
from sinks.migrate import migrate
from tests.support.store_process import READER_PASSWORD, StoreProcess
from tests.support_console.shop import ZONE, Shop


def main(folder: Path, port: int) -> None:
    """Write a week, then live on at 60 times real time until Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder.mkdir(parents=True, exist_ok=True)
    store = StoreProcess(folder / "data").start()
    client = connect(store.settings())
    migrate(client)
    clock_file = folder / "clock.json"
    environment = os.environ | {
        "TILLWATCH_CLICKHOUSE_PORT": str(store.port),
        "TILLWATCH_CLICKHOUSE_USER": "reader",
        "TILLWATCH_CLICKHOUSE_PASSWORD": READER_PASSWORD,
        "TILLWATCH_CONSOLE_PORT": str(port),
        "TILLWATCH_CONSOLE_PASSWORD": "look-at-it",
        "TILLWATCH_CLOCK_FILE": str(clock_file),
    }
    console = subprocess.Popen([sys.executable, "-m", "tillwatch", "console"], env=environment)
    try:
        live(Shop(client), clock_file)
    finally:
        console.terminate()
        store.stop()


def live(shop: Shop, clock_file: Path) -> None:
    """Let simulated Tuesday start at 14:00."""
    shop.open_stores()
    now = datetime(2026, 11, 17, 14, 0, tzinfo=ZONE).astimezone(UTC)
    midnight = now - timedelta(hours=14)
    shop.payments(midnight - timedelta(days=7), midnight - timedelta(days=6))
    shop.payments(midnight - timedelta(hours=3), now, scale=0.96)
    shop.heartbeat(datetime.now(UTC), sent=2000, arrived=1998)
    while True:
        wall = datetime.now(UTC)
        write_clock(
            clock_file,
            Clock(phase="live", progress=1, anchor_wall=wall, anchor_simulated=now, speed=60),
        )
        shop.insert_scores(
            [shop.score_row(now, received_at=wall) for _ in range(shop.poisson(shop.pace(now)))]
        )
        shop.insert_clicks(
            [row for _ in range(shop.poisson(shop.pace(now) / 2)) for row in shop.session(now)]
        )
        shop.signs_of_life(datetime.now(UTC))
        now += timedelta(minutes=1)
        time.sleep(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
