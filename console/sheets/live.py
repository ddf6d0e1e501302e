"""Live: the events of one source or id as they arrive, and why one was refused."""

from dataclasses import dataclass
from datetime import datetime

from console.language import N_, _
from console.panels.latest import score_text
from console.query import Query
from console.sheets.blocks import Body, Column, Figure, Level, Row, Table, row
from console.sheets.cells import ago_cell, count_cell, count_figure, moment_cell, share_of
from console.sheets.sheet import Filter, Scene, Sheet
from console.wording import UNKNOWN, age, count, money, percent

__all__ = ["LIVE"]


@dataclass(frozen=True)
class PaymentRow:
    """What became of a payment record; of one that was repeated or refused only its place is known."""

    part: str
    at_offset: int
    scored_at: datetime
    received_at: datetime | None
    disposition: str
    source: str
    payment_id: str
    status: str
    occurred_at: datetime
    amount_minor: int
    currency: str
    store_id: str
    terminal_id: str
    score: float | None
    decision: str


@dataclass(frozen=True)
class ClickRow:
    """A click."""

    event_id: str
    occurred_at: datetime
    received_at: datetime
    source: str
    store_id: str
    page: str
    action: str
    device: str
    error: str


@dataclass(frozen=True)
class StockRow:
    """A movement of goods."""

    event_id: str
    occurred_at: datetime
    received_at: datetime
    source: str
    place_id: str
    sku: str
    kind: str
    quantity: int


@dataclass(frozen=True)
class RefusedRow:
    """A record that could not be used."""

    refused_at: datetime
    topic: str
    part: int
    at_offset: int
    kind: str
    reason: str
    payload_bytes: int


@dataclass(frozen=True)
class SourceRow:
    """What a source says it sent, and what of it arrived."""

    source: str
    sent: int
    arrived: int
    spooled: int
    heard_at: datetime


PAYMENTS = Query("live/payments", PaymentRow)
CLICKS = Query("live/clicks", ClickRow)
STOCK = Query("live/stock", StockRow)
REFUSED = Query("live/refused", RefusedRow, every_seconds=2)
SOURCES = Query("live/sources", SourceRow, every_seconds=5)

EVENT_COLUMNS = (
    Column("what", N_("Event")),
    Column("arrived", N_("Arrived"), "number"),
    Column("occurred", N_("Happened"), "number"),
    Column("source", N_("Source")),
    Column("said", N_("Says"), "long"),
    Column("outcome", N_("Became"), "long"),
)
REFUSED_COLUMNS = (
    Column("reason", N_("Why"), "long", english=True),
    Column("refused_at", N_("Refused"), "number"),
    Column("topic", N_("Topic")),
    Column("place", N_("Stands at"), "long"),
    Column("bytes", N_("Bytes"), "number"),
)
KINDS: dict[str, Level] = {"refused": "soon"}
OUTCOMES = {
    "refused": N_("refused, see below"),
    "repeat": N_("a repeat, dropped"),
    "synthetic": N_("synthetic, counts nowhere"),
}


def compose(scene: Scene) -> Body:
    """Write the sheet."""
    return Body(
        figures=figures(scene),
        tables={"events": events(scene), "refused": refused(scene)},
    )


def figures(scene: Scene) -> dict[str, Figure]:
    """Write what the source says of itself, so that "nothing comes" and "nothing was sent" differ."""
    source, rows = scene.asked.of("source"), scene.readings.of(SOURCES)
    sent = sum(one.sent for one in rows) if rows else None
    arrived = sum(one.arrived for one in rows) if rows else None
    spooled = sum(one.spooled for one in rows) if rows else None
    heard = max((one.heard_at for one in rows), default=None)
    silent = (scene.wall - heard).total_seconds() if heard else None
    whose = _("of this source") if source else _("of all sources")
    share = share_of(arrived, sent)
    complete = "" if share is None else percent(share, 2)
    return {
        "sent": count_figure(_("Sent"), sent, "events", _("{whose}, by heartbeat", whose=whose)),
        "arrived": count_figure(
            _("Arrived"),
            arrived,
            "events",
            complete,
            level="silent" if share is not None and share < 1 else "",
        ),
        "spooled": count_figure(_("Spooled at the source"), spooled, "events", _("waiting on its disk")),
        "heard": Figure(
            _("Last heartbeat"),
            silent,
            UNKNOWN if silent is None else _("{age} ago", age=age(silent)),
            "s",
            whose if rows else _("none in 24 h"),
        ),
    }


def events(scene: Scene) -> Table:
    """Lay all kinds of events on one line, the newest arrival first."""
    moments = [
        (one.received_at or one.scored_at, payment_row(one, scene)) for one in scene.readings.of(PAYMENTS)
    ]
    moments += [(one.received_at, click_row(one, scene)) for one in scene.readings.of(CLICKS)]
    moments += [(one.received_at, stock_row(one, scene)) for one in scene.readings.of(STOCK)]
    looked_for = " ".join(value for _, value in scene.asked.filters if value)
    return Table(
        _("Events"),
        EVENT_COLUMNS,
        tuple(line for _, line in sorted(moments, key=lambda pair: pair[0], reverse=True)[:60]),
        _(
            "Nothing of {looked_for} arrived in the last 15 minutes. Look below for what was refused.",
            looked_for=looked_for,
        )
        if looked_for
        else _("Nothing arrived in the last 15 minutes."),
        scene.note(_("of the last 15 min, the newest arrival first"), PAYMENTS, CLICKS, STOCK),
    )


def payment_row(one: PaymentRow, scene: Scene) -> Row:
    """Write a payment, or what became of a record that is none."""
    key = f"{one.part}-{one.at_offset}"
    arrived = ago_cell(one.received_at or one.scored_at, scene)
    if one.disposition not in ("scored", "followed"):
        place = _("partition {partition}, offset {offset}", partition=one.part, offset=one.at_offset)
        outcome = OUTCOMES[one.disposition]
        level = KINDS.get(one.disposition, "")
        return row(
            key, EVENT_COLUMNS, _("Payment"), arrived, (None, UNKNOWN), one.source or UNKNOWN, place, outcome,
            level=level,
        )  # fmt: skip
    amount = money(one.amount_minor, one.currency, whole=False)
    scored = (
        _("score {score}, {decision}", score=score_text(one.score), decision=one.decision)
        if one.score is not None
        else one.disposition
    )
    return row(
        key,
        EVENT_COLUMNS,
        _("Payment {status}", status=one.status),
        arrived,
        moment_cell(one.occurred_at, scene, seconds=True),
        one.source,
        _(
            "{amount} at {store}, {terminal}, id {payment}",
            amount=amount,
            store=scene.name_of(one.store_id),
            terminal=one.terminal_id,
            payment=one.payment_id,
        ),
        scored,
    )


def click_row(one: ClickRow, scene: Scene) -> Row:
    """Write a click."""
    return row(
        one.event_id,
        EVENT_COLUMNS,
        _("Click {action}", action=one.action),
        ago_cell(one.received_at, scene),
        moment_cell(one.occurred_at, scene, seconds=True),
        one.source,
        ", ".join(filter(None, (one.page, _(one.device), scene.name_of(one.store_id), one.error))),
        _("counted"),
    )


def stock_row(one: StockRow, scene: Scene) -> Row:
    """Write a movement."""
    return row(
        one.event_id,
        EVENT_COLUMNS,
        _("Stock {movement}", movement=one.kind.replace("_", " ")),
        ago_cell(one.received_at, scene),
        moment_cell(one.occurred_at, scene, seconds=True),
        one.source,
        _(
            "{quantity} of {article} at {place}",
            quantity=count(one.quantity),
            article=one.sku,
            place=scene.name_of(one.place_id),
        ),
        _("counted"),
    )


def refused(scene: Scene) -> Table:
    """Write what was refused and why, but not the record: nobody knows what is in it."""
    return Table(
        _("Refused"),
        REFUSED_COLUMNS,
        tuple(
            row(
                f"{one.topic}|{one.part}|{one.at_offset}",
                REFUSED_COLUMNS,
                one.reason,
                ago_cell(one.refused_at, scene),
                one.topic,
                _("partition {partition}, offset {offset}", partition=one.part, offset=one.at_offset),
                count_cell(one.payload_bytes),
                level="soon",
            )
            for one in scene.readings.of(REFUSED)
        ),
        _("Nothing of this was refused in 24 hours."),
        scene.note(_("in 24 h, records that hold what is looked for"), REFUSED),
    )


LIVE = Sheet(
    name="live",
    path="/live",
    title=N_("Live events"),
    purpose=N_("The events of one source or id as they arrive, and why one was refused."),
    queries=(PAYMENTS, CLICKS, STOCK, REFUSED, SOURCES),
    compose=compose,
    filters=(
        Filter("source", N_("Source"), N_("Source, as the event says")),
        Filter("id", N_("Id"), N_("Id of a payment, card, article …")),
    ),
)
