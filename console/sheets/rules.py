"""Rules and lists: what analysts decided, what it caught, and what it cost."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sinks
from console.language import N_, _
from console.query import Query
from console.sheets.blocks import Body, Column, Figure, Row, Table, row
from console.sheets.cells import ago_cell, count_cell, moment_cell, money_cell, share_of
from console.sheets.masking import masked
from console.sheets.sheet import Scene, Sheet
from console.wording import UNKNOWN, count, money, percent
from detectors.fraud.label_weights import Share
from sinks.rules.ledger import LedgerLine

__all__ = ["RULES"]


@dataclass(frozen=True)
class StandingRow:
    """A rule of the newest version."""

    version: int
    name: str
    condition: str
    action: str
    severity: str
    owner: str
    why: str
    expires_at: datetime | None
    published_by: str
    published_at: datetime


@dataclass(frozen=True)
class EntryRow:
    """An entry that stands on a list."""

    entry_id: str
    list_name: str
    about: str
    value: str
    owner: str
    reason: str
    valid_from: datetime
    expires_at: datetime | None


@dataclass(frozen=True)
class VersionRow:
    """A version of the rules."""

    version: int
    rules: int
    published_by: str
    published_at: datetime
    valid_from: datetime


LEDGER = Query("rules/ledger", LedgerLine, every_seconds=60, folder=Path(sinks.__file__).parent)
STANDING = Query("rules/standing", StandingRow, every_seconds=10)
ENTRIES = Query("rules/entries", EntryRow, every_seconds=10)
VERSIONS = Query("rules/versions", VersionRow, every_seconds=10)

LEDGER_COLUMNS = (
    Column("rule", N_("Rule")),
    Column("action", N_("Does")),
    Column("hits", N_("Hits"), "number"),
    Column("held", N_("Held"), "number"),
    Column("frauds", N_("Frauds"), "number"),
    Column("precision", N_("Precision"), "number"),
    Column("between", "95 %", "number"),
    Column("caught", N_("Caught"), "number"),
    Column("cost", N_("Genuine held"), "number"),
    Column("bothered", N_("Customers bothered"), "number"),
    Column("last", N_("Last hit"), "number"),
)
RULE_COLUMNS = (
    Column("name", N_("Rule")),
    Column("condition", N_("When"), "long", english=True),
    Column("action", N_("Does")),
    Column("owner", N_("Owner")),
    Column("why", N_("Why"), "long", english=True),
    Column("expires", N_("Until"), "number"),
)
ENTRY_COLUMNS = (
    Column("list_name", N_("List")),
    Column("about", N_("Of")),
    Column("value", N_("Value"), "long"),
    Column("owner", N_("Owner")),
    Column("reason", N_("Why"), "long", english=True),
    Column("valid_from", N_("Since"), "number"),
    Column("expires", N_("Until"), "number"),
)
VERSION_COLUMNS = (
    Column("version", N_("Version")),
    Column("rules", N_("Rules"), "number"),
    Column("published_by", N_("Published by")),
    Column("published_at", N_("Published"), "number"),
    Column("valid_from", N_("Holds from"), "number"),
)


def compose(scene: Scene) -> Body:
    """Write the sheet."""
    return Body(
        figures=figures(scene),
        tables={
            "ledger": ledger(scene),
            "rules": standing(scene),
            "lists": entries(scene),
            "versions": versions(scene),
        },
    )


def figures(scene: Scene) -> dict[str, Figure]:
    """Write what rules caught and cost together; a payment that two rules hit counts twice."""
    rows = scene.readings.of(LEDGER)
    known = LEDGER.name in scene.readings.read_at
    caught, cost = sum(one.caught_minor for one in rows), sum(one.cost_minor for one in rows)
    rules = len(scene.readings.of(STANDING)) if STANDING.name in scene.readings.read_at else None
    listed = len(scene.readings.of(ENTRIES)) if ENTRIES.name in scene.readings.read_at else None
    currency = scene.currency
    return {
        "rules": Figure(_("Rules at work"), rules, count(rules), "rules"),
        "listed": Figure(_("Entries on lists"), listed, count(listed), "entries"),
        "caught": Figure(
            _("Caught"),
            caught if known else None,
            money(caught if known else None, currency),
            _("minor units"),
            _("frauds stopped"),
        ),
        "cost": Figure(
            _("Genuine held"),
            cost if known else None,
            money(cost if known else None, currency),
            _("minor units"),
            _("what it cost"),
        ),
        "ratio": Figure(
            _("Caught for each held"),
            share_of(caught, cost),
            UNKNOWN if not cost else f"{caught / cost:.1f}",
            "",
            _("money, beside that of genuine"),
        ),
    }


def ledger(scene: Scene) -> Table:
    """Write what each rule did."""
    actions = {one.name: one.action for one in scene.readings.of(STANDING)}
    return Table(
        _("Ledger"),
        LEDGER_COLUMNS,
        tuple(ledger_row(one, actions.get(one.rule), scene) for one in scene.readings.of(LEDGER)),
        _("No rule has hit a payment within the range."),
        scene.note(_("what each rule did within the range, by what labels say; asked once a minute"), LEDGER),
    )


def ledger_row(one: LedgerLine, action: str | None, scene: Scene) -> Row:
    """Write one rule."""
    share = one.precision
    return row(
        one.rule,
        LEDGER_COLUMNS,
        one.rule,
        action or "withdrawn",
        count_cell(one.hits),
        count_cell(one.held),
        count_cell(one.frauds),
        (share.value if share else None, percent(share.value, 0) if share else UNKNOWN),
        between(share),
        money_cell(one.caught_minor, scene),
        money_cell(one.cost_minor, scene),
        count_cell(one.bothered),
        moment_cell(one.last_hit, scene),
        level="soon" if one.cost_minor > one.caught_minor else "",
    )


def between(share: Share | None) -> tuple[float | None, str]:
    """Write between what a share lies; the value is the lower end."""
    if share is None:
        return None, UNKNOWN
    return share.low, _("{low} to {high}", low=f"{100 * share.low:.0f}", high=percent(share.high, 0))


def standing(scene: Scene) -> Table:
    """Write the rules that hold."""
    return Table(
        _("Rules"),
        RULE_COLUMNS,
        tuple(
            row(
                one.name,
                RULE_COLUMNS,
                one.name,
                one.condition,
                one.action,
                one.owner,
                one.why,
                moment_cell(one.expires_at, scene) if one.expires_at else (None, _("for good")),
            )
            for one in scene.readings.of(STANDING)
        ),
        _("No rule is published. Try one on the past, then publish it: tillwatch rules publish."),
        scene.note(_("the newest version"), STANDING),
    )


def entries(scene: Scene) -> Table:
    """Write who stands on a list."""
    return Table(
        _("Lists"),
        ENTRY_COLUMNS,
        tuple(
            row(
                one.entry_id,
                ENTRY_COLUMNS,
                one.list_name,
                one.about,
                masked(one.value, scene) if one.about != "bin" else one.value,
                one.owner,
                one.reason,
                moment_cell(one.valid_from, scene),
                moment_cell(one.expires_at, scene) if one.expires_at else (None, _("for good")),
            )
            for one in scene.readings.of(ENTRIES)
        ),
        _("Nothing is on a list."),
        scene.note(_("what holds now"), ENTRIES),
    )


def versions(scene: Scene) -> Table:
    """Write who published which rules."""
    return Table(
        _("Versions"),
        VERSION_COLUMNS,
        tuple(
            row(
                str(one.version),
                VERSION_COLUMNS,
                (one.version, _("set {version}", version=one.version)),
                count_cell(one.rules),
                one.published_by,
                ago_cell(one.published_at, scene),
                moment_cell(one.valid_from, scene),
            )
            for one in scene.readings.of(VERSIONS)
        ),
        _("No rules were ever published."),
        scene.note(_("the newest first"), VERSIONS),
    )


RULES = Sheet(
    name="rules",
    path="/rules-and-lists",
    title=N_("Rules and lists"),
    purpose=N_("What analysts decided, what it caught, and what it cost."),
    queries=(LEDGER, STANDING, ENTRIES, VERSIONS),
    compose=compose,
    lengths=("7d", "24h", "28d", "today"),
    leads_to=("/rules-and-lists/check", N_("Try rules on the past")),
)
