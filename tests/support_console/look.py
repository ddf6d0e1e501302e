"""Serve the page over made-up data, to look at it: python -m tests.support_console.look FOLDER PORT."""

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clickhouse_connect.driver.client import Client

from producers.clock import Clock, write_clock
from producers.cue_sheet import Incident, IncidentKind, write_cue_sheet
from tests.support_console.looking import CLOCK_FILE, CUE_SHEET, console_over
from tests.support_console.shop import ZONE, Shop
from tests.support_console.watched import write_alert, write_context, write_expected, write_levels


def main(folder: Path, port: int) -> None:
    """Write a week, then live on at 60 times real time until Ctrl-C."""
    with console_over(folder, port) as client:
        now = datetime(2026, 11, 17, 14, 0, tzinfo=ZONE).astimezone(UTC)
        trouble(client, folder / CUE_SHEET, now)
        live(Shop(client), folder / CLOCK_FILE, now)


def trouble(client: Client, cue_sheet: Path, now: datetime) -> None:
    """Write what is wrong, what is usual and what runs out."""
    minutes = timedelta(minutes=1)
    midnight = now - timedelta(hours=14)
    calm = Shop(client)
    slots = [calm.pace(midnight + slot * 10 * minutes) * 10 * 4_200 for slot in range(144)]
    write_expected(client, midnight, slots)
    write_expected(client, midnight, slots, series="orders")
    write_expected(client, midnight, [slot * 0.02 for slot in slots], series="reviewed")
    write_alert(
        client, "a1", now - 15 * minutes, sentence="App checkout failing since 13:45, 2 of 61 went through."
    )
    write_alert(
        client, "a2", now - 40 * minutes, kind="source_silent", entity="store-03", store_id="store-03",
        sentence="Köln Süd 1 has been silent since 13:20: its 3 tills send nothing, usually 4 a minute.",
        money_at_risk_minor=0, per_hour_minor=35_000,
    )  # fmt: skip
    write_alert(
        client, "a3", now - 90 * minutes, kind="card_spree", severity="soon", entity="card-77",
        store_id="store-01", money_at_risk_minor=41_250, per_hour_minor=None,
        sentence="Card used 7 times in 12 minutes for 412.50 EUR, usually once a day.",
    )  # fmt: skip
    write_alert(
        client, "a4", now - 200 * minutes, kind="stock_running_out", severity="soon", entity="sku-0042",
        store_id="store-02", money_at_risk_minor=9_900, per_hour_minor=None,
        sentence="Article sku-0042 runs out in Leipzig 1 at about 18:00, next delivery Thursday.",
    )  # fmt: skip
    write_alert(client, "a5", now - 400 * minutes, until=now - 300 * minutes, kind="price_glitch",
                sentence="Article sku-0007 sold for 0.99, usually 99.00.")  # fmt: skip
    for number in range(4):
        write_alert(
            client, f"p{number}", now - (5 + 30 * number) * minutes, kind="payment_fraud", severity="soon",
            store_id=f"store-0{number + 3}", money_at_risk_minor=18_000 - number, per_hour_minor=None,
            sentence=f"Payment of {180 - number}.00 EUR, 12 times what the customer usually spends.",
        )  # fmt: skip
    levels = [
        ("store-02", "sku-0042", 2, 14.0),
        ("store-07", "sku-0311", 0, 6.5),
        ("store-11", "sku-0150", 5, 9.0),
    ]
    write_levels(client, [*levels, ("store-05", "sku-0003", 1, 3.2), ("store-09", "sku-0200", 80, 3.0)], now)
    write_context(client, "Release 5.3.0 of the app on Android", now - 17 * minutes, channel="app")
    write_context(
        client,
        "Shirts at half price",
        midnight + 120 * minutes,
        kind="promotion",
        ends_at=now + 600 * minutes,
    )
    write_context(client, "Campaign autumn", now + 90 * minutes, kind="campaign")
    write_cue_sheet(cue_sheet, [
        incident("broken_checkout", "App checkout breaks", now - 17 * minutes, store_id="app", entity="app"),
        incident("silent_store", "A store loses its network", now - 42 * minutes, store_id="store-03"),
        incident("shrinkage", "Goods vanish from a shelf", now + 3 * minutes, store_id="store-04"),
        incident("price_glitch", "A price loses a digit", now + 60 * minutes, store_id="store-04"),
    ])  # fmt: skip


def incident(kind: IncidentKind, title: str, begins_at: datetime, **where: str) -> Incident:
    """Script one incident of an hour."""
    ends_at = begins_at + timedelta(hours=1)
    about = {"entity_type": "store", "entity": where.get("store_id", "")} | where
    return Incident.model_validate(
        {"kind": kind, "title": title, "begins_at": begins_at, "ends_at": ends_at} | about
    )


def live(shop: Shop, clock_file: Path, now: datetime) -> None:
    """Let simulated Tuesday start at 14:00."""
    shop.open_stores()
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
