"""Stock: how long it lasts, what runs out next, what moved, and where a count found something else."""

from dataclasses import dataclass
from datetime import datetime

from console.language import N_, _
from console.panels.open_alerts import OPEN_ALERTS, AlertRow
from console.panels.stores import store_address
from console.query import Query
from console.sheets.blocks import Body, Chart, Column, Figure, Level, Line, Row, Table, row
from console.sheets.cells import bar_cell, count_cell, moment_cell, points, share_cell
from console.sheets.sheet import STORE_FILTER, Scene, Sheet
from console.sheets.stores import step_text
from console.wording import age, count

__all__ = ["STOCK"]


@dataclass(frozen=True)
class CoverRow:
    """Articles that last about as long; `rank` is an index of `CLASSES`."""

    rank: int
    articles: int
    pieces: int


@dataclass(frozen=True)
class ToComeRow:
    """An article at a place that sells and has little left; `days` at the pace it sells."""

    place: str
    sku: str
    level: int
    pieces_a_day: float
    days: float
    last_receipt_at: datetime | None
    counted_at: datetime | None


@dataclass(frozen=True)
class CountRow:
    """The last count of an article: pieces found less pieces expected, and when."""

    place: str
    sku: str
    level: int
    counted_at: datetime
    difference: int


@dataclass(frozen=True)
class MovedRow:
    """Pieces of one kind of movement from `at` for one step."""

    at: int
    kind: str
    pieces: int
    movements: int


COVER = Query("stock/cover", CoverRow, every_seconds=10)
TO_COME = Query("stock/to_come", ToComeRow, every_seconds=5)
COUNTS = Query("stock/counts", CountRow, every_seconds=10)
MOVED = Query("stock/moved", MovedRow, every_seconds=2)

CLASSES = (
    N_("sold out"), N_("less than a day"), N_("1 to 3 days"),
    N_("3 to 7 days"), N_("1 to 2 weeks"), N_("2 to 4 weeks"),
    N_("more than a month"), N_("no demand known"),
)  # fmt: skip
DAY = 86_400
COVER_COLUMNS = (
    Column("lasts", N_("Lasts")),
    Column("articles", N_("Articles"), "number"),
    Column("share", N_("Share"), "number"),
    Column("bar", "", "bar"),
    Column("pieces", N_("Pieces"), "number"),
)
TO_COME_COLUMNS = (
    Column("sku", N_("Article")),
    Column("place", N_("Store")),
    Column("lasts", N_("Lasts"), "number"),
    Column("level", N_("Left"), "number"),
    Column("pace", N_("Sold a day"), "number"),
    Column("receipt", N_("Last delivery"), "number"),
    Column("counted", N_("Counted"), "number"),
)
COUNT_COLUMNS = (
    Column("sku", N_("Article")),
    Column("place", N_("Store")),
    Column("difference", N_("Found less expected"), "number"),
    Column("level", N_("Level now"), "number"),
    Column("counted", N_("Counted"), "number"),
)


def compose(scene: Scene) -> Body:
    """Write the sheet."""
    return Body(
        figures=figures(scene),
        charts={"moved": moved(scene)},
        tables={"to_come": to_come(scene), "cover": cover(scene), "counts": counts(scene)},
    )


def figures(scene: Scene) -> dict[str, Figure]:
    """Write how many articles are out or nearly, and what counts found."""
    by_class = {one.rank: one for one in scene.readings.of(COVER)}
    known = COVER.name in scene.readings.read_at
    watched = sum(one.articles for one in by_class.values()) if known else None

    def of(rank: int) -> int | None:
        if not known:
            return None
        return by_class[rank].articles if rank in by_class else 0

    short = scene.readings.of(COUNTS)
    missing = -sum(min(0, one.difference) for one in short) if COUNTS.name in scene.readings.read_at else None
    out, soon = of(0), of(1)
    return {
        "watched": Figure(
            _("Articles counted"), watched, count(watched), "articles", _("an article at a store")
        ),
        "out": Figure(_("Sold out"), out, count(out), "articles", _("now"), "soon" if out else ""),
        "soon": Figure(_("Gone within a day"), soon, count(soon), "articles", _("at the pace they sell")),
        "missing": Figure(_("Pieces missing"), missing, count(missing), "pieces", _("by counts of 28 days")),
    }


def moved(scene: Scene) -> Chart:
    """Draw what left and what came."""
    times, rows = scene.span.times(), scene.readings.of(MOVED)

    def of(kind: str) -> tuple[float | None, ...]:
        known = {one.at: float(abs(one.pieces)) for one in rows if one.kind == kind}
        return points(known, times, from_first=True)

    step = step_text(scene.span.step)
    return Chart(
        _("Pieces moved"),
        _("Pieces sold, delivered and brought back per {step}", step=step),
        "",
        scene.zone.key,
        times,
        (
            Line(_("sold"), "actual", of("sale")),
            Line(_("delivered"), "second", of("receipt")),
            Line(_("brought back"), "third", of("return")),
        ),
        scene.note(_("per {step}", step=step), MOVED),
    )


def cover(scene: Scene) -> Table:
    """Write how many articles last how long."""
    rows = scene.readings.of(COVER)
    articles = sum(one.articles for one in rows)
    largest = max((one.articles for one in rows), default=0)
    return Table(
        _("Days of cover"),
        COVER_COLUMNS,
        tuple(
            row(
                str(one.rank),
                COVER_COLUMNS,
                _(CLASSES[one.rank]),
                count_cell(one.articles),
                share_cell(one.articles, articles),
                bar_cell(one.articles, largest),
                count_cell(one.pieces),
            )
            for one in rows
        ),
        _("No article has been counted yet, so nobody knows how long anything lasts."),
        scene.note(_("counted articles, at the pace of a usual day"), COVER),
        half=True,
    )


def to_come(scene: Scene) -> Table:
    """Write what runs out next, and whether somebody has been told."""
    warned = {
        (one.store_id, one.entity): one
        for one in scene.readings.of(OPEN_ALERTS)
        if one.open and one.kind == "stock_running_out"
    }
    rows = scene.readings.of(TO_COME)
    return Table(
        _("Running out next"),
        TO_COME_COLUMNS,
        tuple(to_come_row(one, warned.get((one.place, one.sku)), scene) for one in rows),
        _("Nothing that sells is about to run out within a week."),
        scene.note(_("within a week, at the pace of a usual day or of the last hour"), TO_COME),
    )


def to_come_row(one: ToComeRow, alert: AlertRow | None, scene: Scene) -> Row:
    """Write an article."""
    level: Level = "" if alert is None else alert.level
    if one.level <= 0:
        lasts, level = _("sold out"), level or "soon"
    else:
        lasts = age(one.days * DAY)
    return row(
        f"{one.place}|{one.sku}",
        TO_COME_COLUMNS,
        one.sku,
        (one.place, scene.name_of(one.place)),
        (round(one.days, 3), lasts),
        count_cell(one.level),
        (round(one.pieces_a_day, 2), f"{one.pieces_a_day:,.1f}"),
        moment_cell(one.last_receipt_at, scene),
        moment_cell(one.counted_at, scene),
        level=level,
        address=store_address(one.place) if alert is None else alert.address,
    )


def counts(scene: Scene) -> Table:
    """Write where a count found something else than movements said."""
    return Table(
        _("Counts against movements"),
        COUNT_COLUMNS,
        tuple(
            row(
                f"{one.place}|{one.sku}",
                COUNT_COLUMNS,
                one.sku,
                (one.place, scene.name_of(one.place)),
                (one.difference, f"+{one.difference:,}" if one.difference > 0 else count(one.difference)),
                count_cell(one.level),
                moment_cell(one.counted_at, scene),
                level="soon" if one.difference < 0 else "",
            )
            for one in scene.readings.of(COUNTS)
        ),
        _("No count of the last 28 days found anything else than movements said."),
        scene.note(_("pieces found less pieces expected, most missing first; 28 days"), COUNTS),
        half=True,
    )


STOCK = Sheet(
    name="stock",
    path="/stock",
    title=N_("Stock"),
    purpose=N_("What runs out next, how long the rest lasts, and where counts disagree with movements."),
    queries=(COVER, TO_COME, COUNTS, MOVED, OPEN_ALERTS),
    compose=compose,
    lengths=("today", "1h", "24h", "7d"),
    filters=(STORE_FILTER,),
)
