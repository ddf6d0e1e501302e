"""Customers and cards: whose payments scored highest lately, and the way to one of them."""

from urllib.parse import quote

from console.language import N_, _
from console.panels.latest import score_text
from console.sheets.blocks import Body, Column, Row, Table, row
from console.sheets.cells import count_cell, count_figure, moment_cell, money_cell
from console.sheets.customer_rows import RISKY, UNMASKED, RiskyRow, UnmaskedRow
from console.sheets.masking import masked
from console.sheets.sheet import Filter, Scene, Sheet
from console.wording import UNKNOWN

__all__ = ["CUSTOMERS", "person_address"]

COLUMNS = (
    Column("customer", N_("Customer")),
    Column("card", N_("Card")),
    Column("highest", N_("Highest score"), "number"),
    Column("payments", N_("Payments"), "number"),
    Column("held", N_("Held"), "number"),
    Column("money", N_("Money"), "number"),
    Column("last", N_("Last"), "number"),
)


UNMASKED_COLUMNS = (
    Column("by", N_("Who")),
    Column("at", N_("When"), "number"),
    Column("whose", N_("Whose")),
    Column("reason", N_("Why"), "long"),
)


def person_address(identifier: str, scene: Scene) -> str:
    """Say where a customer's or card's own page is; nowhere for those who may not see it."""
    return "" if scene.asked.masked or not identifier else f"/customers/{quote(identifier, safe='')}"


def compose(scene: Scene) -> Body:
    """Write the sheet."""
    wanted = scene.asked.of("id")
    rows = [one for one in scene.readings.of(RISKY) if wanted in ("", one.customer, one.card)]
    known = RISKY.name in scene.readings.read_at
    held = sum(one.held for one in rows)
    found = _("Open {wanted}", wanted=wanted) if wanted and not scene.asked.masked else ""
    opening = (open_row(wanted, found, scene),) if found else ()
    hidden = _("ids are cut: your role does not see whose they are") if scene.asked.masked else ""
    return Body(
        figures={
            "cards": count_figure(
                _("Cards seen"), len(rows) if known else None, "cards", _("in the last 15 min, at most 50")
            ),
            "held": count_figure(_("Payments held"), held if known else None, "payments"),
        },
        tables={
            "risky": Table(
                _("Highest scores of the last 15 minutes"),
                COLUMNS,
                (*opening, *(risky_row(str(rank), one, scene) for rank, one in enumerate(rows))),
                _("No payment with a customer or a card was scored in the last 15 minutes."),
                scene.note(hidden, RISKY),
            ),
            "unmasked": Table(
                _("Who was shown whose an alert is"),
                UNMASKED_COLUMNS,
                tuple(unmasked_row(one, scene) for one in scene.readings.of(UNMASKED)),
                _("Nobody who sees cut ids was shown one within 30 days."),
                scene.note(_("within 30 days, the newest first"), UNMASKED),
            ),
        },
    )


def open_row(wanted: str, text: str, scene: Scene) -> Row:
    """Lead to the id that was typed in, whether it paid lately or not."""
    empty = (None, "")
    return row(
        "typed", COLUMNS, (wanted, text), empty, empty, empty, empty, empty, empty,
        address=person_address(wanted, scene),
    )  # fmt: skip


def risky_row(rank: str, one: RiskyRow, scene: Scene) -> Row:
    """Write a customer's card."""
    return row(
        rank if scene.asked.masked else f"{one.customer}|{one.card}",
        COLUMNS,
        masked(one.customer, scene) or UNKNOWN,
        masked(one.card, scene) or UNKNOWN,
        (one.highest, score_text(one.highest)),
        count_cell(one.payments),
        count_cell(one.held),
        money_cell(one.money_minor, scene, whole=False),
        moment_cell(one.last_at, scene),
        level="soon" if one.held else "",
        address=person_address(one.customer or one.card, scene),
    )


def unmasked_row(one: UnmaskedRow, scene: Scene) -> Row:
    """Write who was shown somebody; it leads to the alert."""
    return row(
        one.action_id,
        UNMASKED_COLUMNS,
        one.by,
        moment_cell(one.at, scene),
        masked(one.whose, scene) or UNKNOWN,
        one.reason,
        address=f"/alerts/{quote(one.alert_id, safe='')}",
    )


CUSTOMERS = Sheet(
    name="customers",
    path="/customers",
    title=N_("Customers and cards"),
    purpose=N_("Whose payments scored highest lately. Type an id to open it."),
    queries=(RISKY, UNMASKED),
    compose=compose,
    filters=(Filter("id", N_("Customer or card"), N_("Id of a customer or card")),),
)
