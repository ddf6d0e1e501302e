"""Stores: who sells how much, beside before, and where something is wrong."""

from collections.abc import Mapping, Sequence

from console.language import N_, _
from console.panels.open_alerts import OPEN_ALERTS, AlertRow
from console.panels.stores import RANKING, RankingRow, StoreRow, store_address, worst_by_store
from console.panels.stores import STORES as KNOWN
from console.reader import Readings
from console.selection import CHANNEL_NAMES, Choice
from console.sheets.blocks import Body, Chart, Column, Figure, Line, Row, Table, row
from console.sheets.cells import bar_cell, change_cell, count_cell, money_cell, points, share_cell, share_of
from console.sheets.sheet import Filter, Scene, Sheet
from console.sheets.store_rows import COURSE, CourseRow
from console.wording import UNKNOWN, count, money, percent, symbol
from streams.reporting_currency import minor_digits

__all__ = [
    "CHANNEL_FILTER",
    "REGION_FILTER",
    "STORES",
    "compared_lines",
    "step_text",
]

COLUMNS = (
    Column("store", N_("Store")),
    Column("region", N_("Region")),
    Column("opening", N_("Now")),
    Column("revenue", N_("Revenue"), "number"),
    Column("bar", "", "bar"),
    Column("change", N_("Change"), "number"),
    Column("orders", N_("Orders"), "number"),
    Column("basket", N_("Basket"), "number"),
    Column("declined", N_("Declined"), "number"),
    Column("refunds", N_("Refunds"), "number"),
    Column("alerts", N_("Open alerts"), "number"),
)


def regions(readings: Readings) -> tuple[Choice, ...]:
    """List the regions."""
    return tuple(
        Choice(name, name.capitalize()) for name in sorted({one.region for one in readings.of(KNOWN)})
    )


def channels(readings: Readings) -> tuple[Choice, ...]:
    """List the channels that stores sell through."""
    known = {one.channel for one in readings.of(KNOWN)}
    return tuple(Choice(name, label) for name, label in CHANNEL_NAMES.items() if name in known)


REGION_FILTER = Filter("region", N_("Region"), N_("All regions"), regions)
CHANNEL_FILTER = Filter("channel", N_("Channel"), N_("All channels"), channels)


def compared_lines(
    rows: Sequence[tuple[bool, int, float]], scene: Scene, *, name: str = N_("in the range")
) -> tuple[tuple[int, ...], tuple[Line, ...]]:
    """Lay what was before over what is: (current, seconds since 1970, value)."""
    times = scene.span.times()
    shift = int((scene.span.begin - scene.span.before_begin).total_seconds())
    current = {at: value for is_current, at, value in rows if is_current}
    before = {at + shift: value for is_current, at, value in rows if not is_current}
    lines = [Line(_(name), "actual", points(current, times, from_first=True))]
    if scene.span.against:
        lines.append(Line(scene.span.against, "before", points(before, times, from_first=True)))
    return times, tuple(lines)


def revenue_chart(rows: Sequence[CourseRow], scene: Scene) -> Chart:
    """Draw the revenue of the range and of the one before, per step."""
    units = 10 ** minor_digits(scene.currency)
    values = [(one.current, one.at, round(one.revenue_minor / units, 2)) for one in rows]
    times, lines = compared_lines(values, scene)
    return Chart(
        _("Revenue"),
        _(
            "Revenue per {step}, beside {before}",
            step=step_text(scene.span.step),
            before=scene.span.against or _("nothing"),
        ),
        symbol(scene.currency),
        scene.zone.key,
        times,
        lines,
        scene.note(_("per {step}", step=step_text(scene.span.step)), COURSE),
    )


def step_text(seconds: int) -> str:
    """Write the step of a chart: 5 min, 3 h."""
    if seconds < 3_600:
        return (
            _("{minutes} min", minutes=seconds // 60) if seconds >= 60 else _("{seconds} s", seconds=seconds)
        )
    return _("{hours} h", hours=seconds // 3_600) if seconds < 86_400 else _("day")


def compose(scene: Scene) -> Body:
    """Write the sheet."""
    rows, known = scene.readings.of(RANKING), {one.store_id: one for one in scene.readings.of(KNOWN)}
    alerts = [one for one in scene.readings.of(OPEN_ALERTS) if one.open]
    return Body(
        figures=figures(rows, known, scene),
        charts={"revenue": revenue_chart(scene.readings.of(COURSE), scene)},
        tables={"ranking": ranking(rows, known, alerts, scene)},
    )


def figures(rows: Sequence[RankingRow], known: Mapping[str, StoreRow], scene: Scene) -> dict[str, Figure]:
    """Write the sums, and how many stores sell less than before."""
    asked = RANKING.name in scene.readings.read_at
    revenue = sum(one.revenue_minor for one in rows) if asked else None
    orders = sum(one.orders for one in rows) if asked else None
    sales = sum(one.sales_minor for one in rows)
    compared = [one for one in rows if one.before_minor]
    before = sum(one.before_minor or 0 for one in compared) if compared else None
    fewer = sum(one.revenue_minor < 0.8 * (one.before_minor or 0) for one in compared)
    open_now = sum(one.is_open(scene.day) for one in known.values())
    basket = round(sales / orders) if orders else None
    return {
        "revenue": Figure(
            _("Revenue"), revenue, money(revenue, scene.currency), _("minor units"),
            change_cell(revenue, before, scene, good="up")[1],
        ),
        "orders": Figure(_("Orders"), orders, count(orders), "orders"),
        "basket": Figure(_("Basket"), basket, money(basket, scene.currency,
        whole=False), _("minor units"), _("mean")),
        "open": Figure(
            _("Open now"), open_now if known else None, count(open_now) if known else UNKNOWN, "stores",
            _("of {known}", known=count(len(known))) if known else "",
        ),
        "fewer": Figure(
            _("Well below before"), fewer if compared else None,
            count(fewer) if compared else UNKNOWN, "stores",
            _("a fifth or more"),
        ),
    }  # fmt: skip


def ranking(
    rows: Sequence[RankingRow], known: Mapping[str, StoreRow], alerts: Sequence[AlertRow], scene: Scene
) -> Table:
    """Rank the stores, those without any payment last."""
    worst = worst_by_store(alerts)
    tally: dict[str, int] = {}
    for one in alerts:
        tally[one.store_id] = tally.get(one.store_id, 0) + 1
    chosen = [one for one in known.values() if fits(one, scene)]
    sold = {one.store for one in rows}
    nothing = [
        RankingRow(one.store_id, 0, 0, 0, 0, 0, 0, None, None) for one in chosen if one.store_id not in sold
    ]
    largest = max((one.revenue_minor for one in rows), default=0)
    lines = tuple(
        store_row(one, known.get(one.store), worst.get(one.store), tally.get(one.store, 0), largest, scene)
        for one in [*rows, *nothing]
    )
    return Table(
        _("Stores by revenue"),
        COLUMNS,
        lines if RANKING.name in scene.readings.read_at else (),
        _("No store is known yet. Stores come with the topic stores, or with their first payment."),
        scene.note(_("beside {against}", against=scene.span.against) if scene.span.against else "", RANKING),
    )


def fits(one: StoreRow, scene: Scene) -> bool:
    """Whether a store is among those that are asked for."""
    region, channel = scene.asked.of("region"), scene.asked.of("channel")
    return region in ("", one.region) and channel in ("", one.channel)


def store_row(  # noqa: PLR0917  # one line of one table
    one: RankingRow, store: StoreRow | None, alert: AlertRow | None, alerts: int, largest: int, scene: Scene
) -> Row:
    """Write a store."""
    opening = UNKNOWN if store is None else "open" if store.is_open(scene.day) else "closed"
    declined = share_of(one.declined, one.orders + one.declined)
    basket = round(one.sales_minor / one.orders) if one.orders else None
    return row(
        one.store,
        COLUMNS,
        (one.store, scene.name_of(one.store)),
        (store.region if store else "", store.region.capitalize() if store else UNKNOWN),
        opening,
        money_cell(one.revenue_minor, scene),
        bar_cell(one.revenue_minor, largest),
        change_cell(one.revenue_minor, one.before_minor, scene, good="up"),
        count_cell(one.orders),
        money_cell(basket, scene, whole=False),
        (declined, UNKNOWN if declined is None else percent(declined)),
        share_cell(one.refunds, one.orders),
        (alerts, count(alerts) if alerts else ""),
        level=alert.level if alert else "",
        address=store_address(one.store),
    )


STORES = Sheet(
    name="stores",
    path="/stores",
    title=N_("Stores"),
    purpose=N_("Every store by revenue, beside before, with what is wrong there."),
    queries=(RANKING, COURSE, OPEN_ALERTS),
    compose=compose,
    lengths=("today", "1h", "24h", "7d", "28d"),
    compares=True,
    filters=(REGION_FILTER, CHANNEL_FILTER),
)
