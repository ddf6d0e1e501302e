"""Payments and clicks by part for three weeks: the app fails for Android, one store fell as a whole."""

from datetime import datetime, timedelta
from random import Random

from clickhouse_connect.driver.client import Client

__all__ = ["write_parts"]

PAID = [
    "minute",
    "store_id",
    "channel",
    "payment_method",
    "device",
    "bin_country",
    "revenue_minor",
    "orders",
    "events",
]
CLICKED = ["minute", "store_id", "device", "app_version", "pays", "errors", "clicks"]


def write_parts(client: Client, now: datetime) -> None:
    """Write the last three weeks' hours around this one, and what went wrong within the last half hour."""
    random, paid, clicked = Random(3), [], []
    for day in range(22):
        for number in range(240):
            minute = (now - timedelta(days=day, minutes=240 - number)).replace(second=0, microsecond=0)
            ago = 240 - number if day == 0 else 10_000
            for device in ("android", "android", "ios", "tablet"):
                broken = device == "android" and ago <= 30
                version = "5.3.0" if broken else "5.2.1"
                clicked.append([minute, "app", device, version, 1, int(broken or random.random() < 0.01), 1])
                if not broken:
                    method = random.choice(("card", "card", "wallet"))
                    paid.append(
                        [minute, "app", "app", method, device, "DE", random.randrange(500, 4_000), 1, 1]
                    )
            paid += [
                [minute, store_id, "pos", "card", "", "DE", random.randrange(500, 4_000), 1, 1]
                for store_id in ("store-02", "store-03", "store-04")
                if store_id != "store-03" or ago > 25 or random.random() < 0.2
            ]
    client.insert("payment_parts", paid, column_names=PAID)
    client.insert("click_parts", clicked, column_names=CLICKED)
