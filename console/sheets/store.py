"""One store: what it takes beside before, its alerts, its tills, how people pay, and what runs out there."""

from collections.abc import Sequence
from typing import Literal
from urllib.parse import quote

from console.language import N_, _
from console.panels.open_alerts import OPEN_ALERTS, AlertRow
from console.panels.stores import STORES as KNOWN
from console.sheets.alert_rows import ALERT_COLUMNS, alert_row
from console.sheets.blocks import Body, Chart, Column, Figure, Row, Table, row
from console.sheets.cells import (
    ago_cell,
    change_cell,
    count_cell,
    money_cell,
    share_cell,
    share_of,
)
from console.sheets.sheet import Scene, Sheet
from console.sheets.store_rows import METHODS, ONE, SOURCES, MethodRow, OneRow, SourceRow
from console.sheets.stores import compared_lines, step_text
from console.status import COMPLETE_ENOUGH
from console.wording import UNKNOWN, count, money, percent, symbol
from streams.reporting_currency import minor_digits

__all__ = ["STORE"]

SOURCE_COLUMNS = (
    Column("source", N_("Source")),
    Column("topic", N_("Topic")),
    Column("complete", N_("Complete"), "number"),
    Column("missing", N_("Missing"), "number"),
    Column("spooled", N_("Spooled"), "number"),
    Column("heard", N_("Heard"), "number"),
)
METHOD_COLUMNS = (
    Column("method", N_("Paid by")),
    Column("orders", N_("Orders"), "number"),
    Column("revenue", N_("Revenue"), "number"),
    Column("declined", N_("Declined"), "number"),
)


def compose(scene: Scene) -> Body:
    """Write the sheet."""
    subject, readings = scene.asked.subject, scene.readings
    store = next((one for one in readings.of(KNOWN) if one.store_id == subject), None)
    rows = readings.of(ONE)
    known = store is not None or bool(rows) or ONE.name not in readings.read_at
    alerts = [one for one in readings.of(OPEN_ALERTS) if one.store_id == subject]
    says = ""
    if store is not None:
        state = _("open") if store.is_open(scene.day) else _("closed")
        says = _(
            "{region}, {state} now, id {store_id}.",
            region=store.region.capitalize(),
            state=state,
            store_id=store.store_id,
        )
    return Body(
        title=scene.name_of(subject),
        says=says,
        missing="" if known else _("There is no store “{subject}”.", subject=subject),
        figures=figures(rows, scene) if known else {},
        charts={"revenue": revenue(rows, scene)} if known else {},
        tables=tables(alerts, scene) if known else {},
    )


def figures(rows: Sequence[OneRow], scene: Scene) -> dict[str, Figure]:
    """Write the six figures of the tiles on Now, of this store and range."""
    asked = ONE.name in scene.readings.read_at

    def total(name: str, *, current: bool = True) -> int | None:
        found = [getattr(one, name) for one in rows if one.current == current]
        return sum(found) if found or (asked and current) else None

    def against(name: str, good: Literal["up", "down", ""]) -> str:
        return change_cell(total(name), total(name, current=False), scene, good=good)[1]

    revenue, orders, declined = total("revenue_minor"), total("orders"), total("declined")
    basket = share_of(total("sales_minor"), orders)
    tried = None if orders is None or declined is None else orders + declined
    refused = share_of(declined, tried)
    currency = scene.currency
    return {
        "revenue": Figure(
            _("Revenue"), revenue, money(revenue, currency), _("minor units"), against("revenue_minor", "up")
        ),
        "orders": Figure(_("Orders"), orders, count(orders), "orders", against("orders", "up")),
        "basket": Figure(
            _("Basket"),
            None if basket is None else round(basket),
            UNKNOWN if basket is None else money(round(basket), currency, whole=False),
            _("minor units"),
            _("mean"),
        ),
        "declined": Figure(
            _("Declined"),
            refused,
            UNKNOWN if refused is None else percent(refused),
            "share",
            _("of payments"),
        ),
        "refunds": Figure(
            _("Refunds"),
            total("refunded_minor"),
            money(total("refunded_minor"), currency),
            _("minor units"),
            against("refunded_minor", "down"),
        ),
        "reviewed": Figure(
            _("Under review"),
            total("reviewed_minor"),
            money(total("reviewed_minor"), currency),
            _("minor units"),
            _("{number} payments", number=count(total("reviewed"))),
        ),
    }


def revenue(rows: Sequence[OneRow], scene: Scene) -> Chart:
    """Draw the revenue of the range and of the one before."""
    units = 10 ** minor_digits(scene.currency)
    values = [(one.current, one.at, round(one.revenue_minor / units, 2)) for one in rows]
    times, lines = compared_lines(values, scene)
    step = step_text(scene.span.step)
    return Chart(
        _("Revenue"),
        _("Revenue per {step}, beside {before}", step=step, before=scene.span.against or _("nothing")),
        symbol(scene.currency),
        scene.zone.key,
        times,
        lines,
        scene.note(_("per {step}", step=step), ONE),
    )


def tables(alerts: Sequence[AlertRow], scene: Scene) -> dict[str, Table]:
    """Write the alerts, how people pay, and the tills."""
    readings = scene.readings
    return {
        "alerts": Table(
            _("Alerts"),
            ALERT_COLUMNS,
            tuple(alert_row(one, scene) for one in alerts),
            _("Nothing open here, and nothing since yesterday."),
            scene.note(_("open ones, and all since yesterday"), OPEN_ALERTS),
        ),
        "methods": Table(
            _("How people pay"),
            METHOD_COLUMNS,
            tuple(method_row(one, scene) for one in readings.of(METHODS)),
            _("No payment within the range."),
            scene.note(_("within the range"), METHODS),
            half=True,
        ),
        "sources": Table(
            _("Tills and other sources"),
            SOURCE_COLUMNS,
            tuple(source_row(one, scene) for one in readings.of(SOURCES)),
            _("No source of this store has sent a heartbeat in 24 hours."),
            scene.note(_("what they say they sent, and what is here"), SOURCES),
            half=True,
        ),
    }


def method_row(one: MethodRow, scene: Scene) -> Row:
    """Write a method of payment."""
    return row(
        one.method,
        METHOD_COLUMNS,
        one.method or _("not said"),
        count_cell(one.orders),
        money_cell(one.revenue_minor, scene),
        share_cell(one.declined, one.orders + one.declined),
    )


def source_row(one: SourceRow, scene: Scene) -> Row:
    """Write a source."""
    share = share_of(one.arrived, one.sent)
    return row(
        f"{one.source}|{one.topic}",
        SOURCE_COLUMNS,
        one.source,
        one.topic,
        share_cell(one.arrived, one.sent, 2),
        count_cell(one.sent - one.arrived),
        count_cell(one.spooled),
        ago_cell(one.heard_at, scene),
        level="silent" if share is not None and share < COMPLETE_ENOUGH else "",
        address=f"/live?source={quote(one.source)}",
    )


STORE = Sheet(
    name="store",
    path="/stores/{subject}",
    title=N_("Store"),
    purpose=N_("One store: what it takes, its alerts, how people pay there, and its tills."),
    queries=(ONE, METHODS, SOURCES, OPEN_ALERTS),
    compose=compose,
    lengths=("today", "1h", "24h", "7d", "28d"),
    compares=True,
)
