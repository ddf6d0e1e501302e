"""Alerts as rows of a sheet: those of a store, and those about categories of goods."""

from console.language import N_
from console.masking import without
from console.panels.open_alerts import OF_PEOPLE, AlertRow, headline
from console.sheets.blocks import Column, Row, row
from console.sheets.cells import moment_cell, money_cell
from console.sheets.sheet import Scene

__all__ = ["ALERT_COLUMNS", "alert_row"]

ALERT_COLUMNS = (
    Column("sentence", N_("Alert"), "long", english=True),
    Column("state", N_("State")),
    Column("money", N_("At risk"), "number"),
    Column("since", N_("Since"), "number"),
)


def alert_row(one: AlertRow, scene: Scene) -> Row:
    """Write an alert; it leads to its own page. Who only looks sees the end of a person's id alone."""
    hidden = scene.asked.masked and one.entity_type in OF_PEOPLE
    return row(
        one.alert_id,
        ALERT_COLUMNS,
        without([one.entity], headline(one)) if hidden else headline(one),
        "open" if one.open else "over",
        money_cell(one.money_at_risk_minor, scene),
        moment_cell(one.since, scene),
        level=one.level if one.open else "",
        address=one.address,
    )
