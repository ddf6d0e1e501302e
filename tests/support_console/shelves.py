"""Stock that runs out or vanished, and visits by device, campaign and page, straight into a store."""

from datetime import datetime, timedelta
from random import Random

from clickhouse_connect.driver.client import Client

from schemas.identifiers import uuid7

__all__ = ["write_stock", "write_visits"]

STEPS = ("view", "product", "add_to_cart", "checkout", "pay")
PAGES = ("/", "/article", "/cart", "/checkout", "/paid")


def write_stock(client: Client, at: datetime, *, articles: int = 60, seed: int = 1) -> None:
    """Write counted levels of articles in three stores, of which some are short, and an hour of movements."""
    draw, levels, moves = Random(seed), [], []
    for number in range(articles):
        demand = draw.choice([0.0, 0.5, 2.0, 8.0, 20.0])
        level = draw.choice([0, 3, 12, 40, 200])
        short = -draw.randint(1, 9) if number % 7 == 0 else 0
        counted = at - timedelta(days=draw.randint(1, 9))
        place = f"store-0{number % 3 + 1}"
        levels.append(
            [
                place,
                f"sku-{number:04}",
                level,
                counted,
                at,
                demand,
                None,
                int(demand / 10),
                counted,
                short,
                at,
            ]
        )
    names = (
        "place_id sku level counted_at as_of daily_demand days_of_cover sold_last_hour last_receipt_at "
        "count_difference received_at"
    )
    client.insert("stock_levels", levels, column_names=names.split())
    for number in range(120):
        moment = at - timedelta(seconds=30 * number)
        kind = "receipt" if number % 25 == 0 else "return" if number % 11 == 0 else "sale"
        moves.append([uuid7(moment, draw), "till-store-01", "r", number, moment, "store-01", "sku-0001", kind,
                      40 if kind == "receipt" else draw.randint(1, 3), moment])  # fmt: skip
    names = "event_id source run seq occurred_at place_id sku kind quantity received_at"
    client.insert("stock_movements", moves, column_names=names.split())


def write_visits(client: Client, end: datetime, *, broken: bool = False, seed: int = 1) -> None:
    """Write 400 visits of the hour before `end`; where the checkout is broken, Android never pays."""
    draw, rows = Random(seed), []
    for number in range(400):
        moment = end - timedelta(seconds=draw.uniform(60, 3_500))
        device = draw.choice(["desktop", "ios", "android"])
        depth = min(len(STEPS), 1 + int(draw.expovariate(0.4)))
        if broken and device == "android":
            depth = min(depth, 4)
        clicks: list[tuple[str, str, str | None]] = [
            (PAGES[step], STEPS[step], None) for step in range(depth)
        ]
        if broken and depth == 4:
            clicks.append(("/checkout", "error", "E42 <b>"))
        campaign = draw.choice(["spring <i>", None])
        who = [f"v{seed}-{number}", f"s{seed}-{number}", "app"]
        for step, (page, action, error) in enumerate(clicks):
            at = moment + timedelta(seconds=4 * step)
            event = [uuid7(at, draw), "web", "v", 9_000 + number, at]
            rows.append([*event, *who, page, action, campaign, device, "5.3.0", error, at])
    names = (
        "event_id source run seq occurred_at visitor_id session_id store_id page action campaign device "
        "app_version error received_at"
    )
    client.insert("clicks", rows, column_names=names.split())
