"""A store with something for every sheet to show."""

from datetime import datetime, timedelta

from clickhouse_connect.driver.client import Client

from console.query import Parameter
from console.sheets.sheet import Asked
from console.sheets.span import span_of
from console.trading_day import trading_day
from tests.support_console.decisions import write_customer, write_models, write_rules
from tests.support_console.machinery import write_arrivals, write_refused, write_series, write_sources
from tests.support_console.serving import parameters_now, settings
from tests.support_console.shelves import write_stock, write_visits
from tests.support_console.shop import Shop
from tests.support_console.watched import write_alert

__all__ = ["SUBJECTS", "sheet_parameters", "write_sheets"]

SUBJECTS = {"store": "store-01", "customer": "c-watched"}
"""What the sheets of one thing are looked at with."""
FILTERS = ("store", "region", "channel", "category", "device", "source", "id")


def write_sheets(client: Client, now: datetime, *, hours: int = 3) -> None:
    """Write a chain of 40 stores that has been selling for so many hours, and a week ago."""
    shop = Shop(client)
    shop.open_stores()
    for days in (7, 0):
        end = now - timedelta(days=days)
        shop.payments(end - timedelta(hours=hours), end)
    # At night, when stores are closed, the one that is looked at has sold something too.
    late = [shop.score_row(now - timedelta(minutes=minutes)) for minutes in (5, 10)]
    shop.insert_scores([one | {"store_id": SUBJECTS["store"], "channel": "pos"} for one in late])
    shop.signs_of_life(now)
    write_arrivals(client, now)
    write_refused(client, now)
    write_sources(client, now)
    write_series(client, now)
    write_stock(client, now)
    write_visits(client, now, broken=True)
    write_visits(client, now - timedelta(days=7), seed=2)
    write_models(client, now)
    write_rules(shop, now)
    write_customer(shop, now)
    write_alert(client, "a-store", now - timedelta(minutes=20), entity="store-01", store_id="store-01")
    write_alert(
        client, "a-toys", now - timedelta(minutes=30), kind="sales_fallen", severity="soon",
        entity_type="category", entity="toys", store_id=None,
        sentence="Sales of toys have fallen since 13:40. EUR 210 in 20 min, usually 800.",
    )  # fmt: skip


def sheet_parameters(subject: str = "") -> dict[str, Parameter]:
    """The parameters of every query of sheets at this moment."""
    moments = parameters_now()
    now = datetime.now(settings().zone)
    day, usual = trading_day(now, now, settings().zone), Asked()
    span = span_of(usual.length, (None, None), usual.comparison, day=day, until=now)
    filters: dict[str, Parameter] = dict.fromkeys(FILTERS, "")
    return moments | span.parameters() | filters | {"subject": subject}
