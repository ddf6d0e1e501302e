"""Serve sheets over made-up data: python -m tests.support_console.look_sheets FOLDER PORT."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.support_console.looking import console_over
from tests.support_console.sheet_data import write_sheets
from tests.support_console.shop import Shop


def main(folder: Path, port: int) -> None:
    """Write a day and its like a week before, then go on until Ctrl-C."""
    with console_over(folder, port) as client:
        write_sheets(client, datetime.now(UTC), hours=8)
        shop = Shop(client, seed=2)
        while True:
            now = datetime.now(UTC)
            shop.insert_scores([shop.score_row(now) for _ in range(3)])
            shop.insert_clicks(shop.session(now))
            shop.signs_of_life(now)
            time.sleep(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
