"""Serve the Alerts page over made-up data: python -m tests.support_console.look_alerts FOLDER PORT."""

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
from tests.support_console.alerts import every_kind, write
from tests.support_console.courses import write_courses
from tests.support_console.shop import ZONE, Shop


def main(folder: Path, port: int) -> None:
    """Write alerts and what they rest on, then live on at 60 times real time until Ctrl-C."""
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
        shop, now = Shop(client), datetime(2026, 11, 17, 14, 0, tzinfo=ZONE).astimezone(UTC)
        shop.open_stores()
        write(client, "alerts", every_kind(now))
        write_courses(client, now)
        while True:
            wall = datetime.now(UTC)
            clock = Clock(phase="live", progress=1, anchor_wall=wall, anchor_simulated=now, speed=60)
            write_clock(clock_file, clock)
            shop.insert_scores([shop.score_row(now, received_at=wall) for _ in range(5)])
            shop.signs_of_life(wall)
            now += timedelta(minutes=1)
            time.sleep(1)
    finally:
        console.terminate()
        store.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
