"""Serve the Alerts page over made-up data: python -m tests.support_console.look_alerts FOLDER PORT."""

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from producers.clock import Clock, write_clock
from tests.support_console.alerts import every_kind, write
from tests.support_console.courses import write_courses
from tests.support_console.looking import CLOCK_FILE, console_over
from tests.support_console.parts import write_parts
from tests.support_console.shop import ZONE, Shop


def main(folder: Path, port: int) -> None:
    """Write alerts and what they rest on, then live on at 60 times real time until Ctrl-C."""
    with console_over(folder, port) as client:
        shop, now = Shop(client), datetime(2026, 11, 17, 14, 0, tzinfo=ZONE).astimezone(UTC)
        shop.open_stores()
        write(client, "alerts", every_kind(now))
        write_courses(client, now)
        write_parts(client, now)
        while True:
            wall = datetime.now(UTC)
            clock = Clock(phase="live", progress=1, anchor_wall=wall, anchor_simulated=now, speed=60)
            write_clock(folder / CLOCK_FILE, clock)
            shop.insert_scores([shop.score_row(now, received_at=wall) for _ in range(5)])
            shop.signs_of_life(wall)
            now += timedelta(minutes=1)
            time.sleep(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
