"""Goods: which categories sell how much beside before, where, and which have an alert."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from console.language import N_, _
from console.panels.open_alerts import OPEN_ALERTS, AlertRow, worst_first
from console.panels.stores import store_address
from console.query import Query
from console.reader import Readings
from console.selection import Choice
from console.sheets.alert_rows import ALERT_COLUMNS, alert_row
from console.sheets.blocks import Body, Chart, Column, Figure, Row, Table, row
from console.sheets.cells import bar_cell, change_cell, count_cell, count_figure, money_cell
from console.sheets.sheet import Filter, Scene, Sheet
from console.sheets.stores import CHANNEL_FILTER, REGION_FILTER, compared_lines, step_text
from console.wording import UNKNOWN, count, money, symbol
from streams.reporting_currency import minor_digits

__all__ = ["GOODS"]

WELL_BELOW = 0.8
"""Of before, as on Stores."""

CATEGORY_COLUMNS = (
    Column("category", N_("Category")),
    Column("sold", N_("Sold"), "number"),
    Column("bar", "", "bar"),
    Column("change", N_("Change"), "number"),
    Column("pieces", N_("Pieces"), "number"),
    Column("alerts", N_("Open alerts"), "number"),
)
STORE_COLUMNS = (
    Column("store", N_("Store")),
    Column("sold", N_("Sold"), "number"),
    Column("bar", "", "bar"),
    Column("change", N_("Change"), "number"),
    Column("pieces", N_("Pieces"), "number"),
)


@dataclass(frozen=True)
class CategoryRow:
    """What was sold of a category within the range; None before = none then. Money in minor units."""

    category: str
    sold_minor: int
    pieces: int
    lines: int
    before_minor: int | None


@dataclass(frozen=True)
class PlaceRow:
    """What a store sold of the chosen category within the range; None before = none then."""

    store: str
    sold_minor: int
    pieces: int
    before_minor: int | None


@dataclass(frozen=True)
class CourseRow:
    """What was sold from `at` for one step, within the range (`current`) or the one before."""

    current: bool
    at: int
    sold_minor: int


CATEGORIES = Query("goods/categories", CategoryRow, every_seconds=2)
PLACES = Query("goods/stores", PlaceRow, every_seconds=2)
COURSE = Query("goods/course", CourseRow, every_seconds=2)


def categories(readings: Readings) -> tuple[Choice, ...]:
    """List the categories that were sold within the range or the one before."""
    return tuple(Choice(name, name) for name in sorted(one.category for one in readings.of(CATEGORIES)))


def compose(scene: Scene) -> Body:
    """Write the sheet. The table of categories is about all, the rest about the chosen one."""
    chosen = scene.asked.of("category")
    rows = scene.readings.of(CATEGORIES)
    about = [one for one in scene.readings.of(OPEN_ALERTS) if one.entity_type == "category"]
    return Body(
        figures=figures([one for one in rows if chosen in ("", one.category)], scene, known=bool(rows)),
        charts={"sold": sold_chart(scene.readings.of(COURSE), scene)},
        tables={
            "categories": categories_table(rows, [one for one in about if one.open], scene),
            "alerts": alerts_table([one for one in about if chosen in ("", one.entity)], scene),
            "stores": stores_table(scene.readings.of(PLACES), scene),
        },
    )


def figures(rows: Sequence[CategoryRow], scene: Scene, *, known: bool) -> dict[str, Figure]:
    """Write the sums. Where no line names a category nothing is known, which is not 0."""
    sold = sum(one.sold_minor for one in rows) if known else None
    before = [one.before_minor for one in rows if one.before_minor is not None]
    fewer = sum(one.sold_minor < WELL_BELOW * one.before_minor for one in rows if one.before_minor)
    change = change_cell(sold, sum(before) if before else None, scene, good="up")[1]
    found = {
        "sold": Figure(_("Goods sold"), sold, money(sold, scene.currency), "minor units", change),
        "pieces": count_figure(_("Pieces"), sum(one.pieces for one in rows) if known else None, "pieces"),
        "lines": count_figure(
            _("Lines of receipts"), sum(one.lines for one in rows) if known else None, "lines"
        ),
    }
    if scene.asked.of("category"):
        return found
    selling = sum(one.sold_minor > 0 for one in rows) if known else None
    return found | {
        "categories": count_figure(_("Categories that sell"), selling, "categories"),
        "fewer": count_figure(
            _("Well below before"), fewer if before else None, "categories", _("a fifth or more")
        ),
    }


def sold_chart(rows: Sequence[CourseRow], scene: Scene) -> Chart:
    """Draw what was sold of the chosen category in the range and in the one before, per step."""
    units = 10 ** minor_digits(scene.currency)
    values = [(one.current, one.at, round(one.sold_minor / units, 2)) for one in rows]
    times, lines = compared_lines(values, scene)
    chosen, step = scene.asked.of("category"), step_text(scene.span.step)
    return Chart(
        _("Goods sold: {category}", category=chosen) if chosen else _("Goods sold"),
        _("Goods sold per {step}, beside {before}", step=step, before=scene.span.against or _("nothing")),
        symbol(scene.currency),
        scene.zone.key,
        times,
        lines,
        scene.note(_("per {step}", step=step), COURSE),
    )


def categories_table(rows: Sequence[CategoryRow], alerts: Sequence[AlertRow], scene: Scene) -> Table:
    """Rank the categories; each leads to this page about it."""
    worst: dict[str, AlertRow] = {}
    for one in worst_first(alerts):
        worst.setdefault(one.entity, one)
    tally = Counter(one.entity for one in alerts)
    largest = max((one.sold_minor for one in rows), default=0)

    def line(one: CategoryRow) -> Row:
        return row(
            one.category,
            CATEGORY_COLUMNS,
            (one.category, one.category),
            money_cell(one.sold_minor, scene),
            bar_cell(one.sold_minor, largest),
            change_cell(one.sold_minor, one.before_minor, scene, good="up"),
            count_cell(one.pieces),
            (tally[one.category], count(tally[one.category]) if tally[one.category] else ""),
            level=worst[one.category].level if one.category in worst else "",
            address=address_of(one.category, scene),
        )

    return Table(
        _("Categories"),
        CATEGORY_COLUMNS,
        tuple(line(one) for one in rows),
        _("No payment within the range names a category of goods; tills may name it with each line."),
        scene.note(_("all of them; one that is chosen narrows the rest of the page"), CATEGORIES),
        half=True,
    )


def address_of(category: str, scene: Scene) -> str:
    """Say where the page is about one category, with the range and the other filters as they are."""
    filters = tuple((name, category if name == "category" else value) for name, value in scene.asked.filters)
    return GOODS.path + GOODS.query_string(replace(scene.asked, filters=filters))


def alerts_table(alerts: Sequence[AlertRow], scene: Scene) -> Table:
    """List the alerts about categories."""
    return Table(
        _("Alerts about goods"),
        ALERT_COLUMNS,
        tuple(alert_row(one, scene) for one in alerts),
        _("Nothing open here, and nothing since yesterday."),
        scene.note(_("of all stores; open ones, and all since yesterday"), OPEN_ALERTS),
        half=True,
    )


def stores_table(rows: Sequence[PlaceRow], scene: Scene) -> Table:
    """Rank the stores by what they sold of the chosen category."""
    largest = max((one.sold_minor for one in rows), default=0)

    def line(one: PlaceRow) -> Row:
        return row(
            one.store,
            STORE_COLUMNS,
            (one.store, scene.name_of(one.store) or UNKNOWN),
            money_cell(one.sold_minor, scene),
            bar_cell(one.sold_minor, largest),
            change_cell(one.sold_minor, one.before_minor, scene, good="up"),
            count_cell(one.pieces),
            address=store_address(one.store) if one.store else "",
        )

    chosen = scene.asked.of("category")
    return Table(
        _("Stores by {category} sold", category=chosen) if chosen else _("Stores by goods sold"),
        STORE_COLUMNS,
        tuple(line(one) for one in rows),
        _("No store has sold any of it within the range."),
        scene.note(_("beside {against}", against=scene.span.against) if scene.span.against else "", PLACES),
    )


GOODS = Sheet(
    name="goods",
    path="/goods",
    title=N_("Goods"),
    purpose=N_("Which categories of goods sell, beside before, where, and what is wrong with one."),
    queries=(CATEGORIES, COURSE, PLACES, OPEN_ALERTS),
    compose=compose,
    lengths=("today", "1h", "24h", "7d"),
    compares=True,
    filters=(
        Filter("category", N_("Category"), N_("All categories"), categories),
        REGION_FILTER,
        CHANNEL_FILTER,
    ),
)
