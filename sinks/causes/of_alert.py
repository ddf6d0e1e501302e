"""Why the total fell or rose that an alert is about."""

from collections.abc import Sequence
from datetime import timedelta

from clickhouse_connect.driver.client import Client

from detectors.causes.explain import SURE
from detectors.causes.measures import MEASURES
from detectors.causes.question import Scope
from detectors.causes.windows import LONGEST
from detectors.series.figures import PAID_SERIES
from detectors.series.goods import GOODS_SERIES
from schemas.alert import Alert
from schemas.causes import Explanation
from schemas.errors import Stop
from sinks.causes.asking import Asked, ask_why, newest_minute

__all__ = ["TOTAL_KINDS", "explain_alert", "measures_of"]

TOTAL_KINDS = frozenset({"sales_fallen", "figure_unusual", "checkout_broken"})
"""Alerts about a total, which can be taken apart."""

MINUTE = timedelta(minutes=1)


def measures_of(alert: Alert) -> Sequence[str]:
    """Name the figures that an alert may be explained by, the first choice first; empty if it is about none.

    A checkout that breaks shows errors, or lets payments stay away without showing any.
    """
    if alert.kind == "checkout_broken":
        return ("pay_errors", "orders")
    if alert.kind == "sales_fallen":
        counted = bool(alert.reasons) and alert.reasons[0].unit == "payments"
        if alert.entity_type == "category":
            return (GOODS_SERIES,)
        return ("orders", "revenue") if counted else ("revenue",)
    watched = alert.watched.series if alert.watched is not None else ""
    if alert.kind != "figure_unusual":
        return ()
    if watched in PAID_SERIES.values():
        return ("orders",)
    return (watched,) if watched in MEASURES else ()


def scope_of(alert: Alert) -> Scope:
    """Say what part of the business an alert is about: a store, a region, a way to pay, a kind of goods."""
    if alert.entity_type == "category" and alert.watched is not None:
        return Scope(channel=alert.watched.channel, category=alert.watched.category)
    watched = alert.watched.series if alert.watched is not None else ""
    return Scope(
        store_id=alert.store_id or "",
        region=alert.entity if alert.entity_type == "region" else "",
        payment_method=next((method for method, series in PAID_SERIES.items() if series == watched), ""),
    )


def explain_alert(client: Client, alert: Alert) -> Explanation | None:
    """Explain an alert from what the store holds; None if it is about no total that can be taken apart.

    Of its figures the first that names a cause is taken, else the first.

    Raises
    ------
    Stop
        Nothing of that time has come yet, or its store is not known yet.

    Cost: as `ask_why`, once or twice.
    """
    since = alert.since.replace(second=0, microsecond=0)
    newest = newest_minute(client) + MINUTE
    until = min(newest, since + LONGEST)
    if alert.until is not None:
        until = min(until, alert.until.replace(second=0, microsecond=0) + MINUTE)
    if until <= since:
        raise Stop(f"nothing is here yet from {since:%H:%M} UTC on")
    first: Explanation | None = None
    for name in measures_of(alert):
        asked = Asked(MEASURES[name], since, until, scope_of(alert), alert.alert_id)
        found = ask_why(client, asked)
        if found.causes and found.surprise >= SURE:
            return found
        first = first or found
    return first
