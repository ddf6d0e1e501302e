"""Funnel: how many visits come how far, where they are lost, by device, campaign and page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from console.language import N_, _
from console.panels.funnel import ENOUGH, STEPS, WORTH_A_WORD
from console.query import Query
from console.reader import Readings
from console.selection import Choice
from console.sheets.blocks import Body, Column, Figure, Level, Row, Table, row
from console.sheets.cells import bar_cell, change_cell, count_cell, share_cell, share_of
from console.sheets.sheet import STORE_FILTER, Filter, Scene, Sheet
from console.wording import UNKNOWN, count, percent
from schemas.transaction import Device

__all__ = ["FUNNEL"]


@dataclass(frozen=True)
class StepRow:
    """Visits that came to a step, in the range and the one before; `together` = of all devices."""

    action: str
    device: str
    together: bool
    visits: int
    usual: int


@dataclass(frozen=True)
class CampaignRow:
    """Clicks that a campaign brought."""

    campaign: str
    views: int
    checkouts: int
    pays: int
    errors: int
    usual_views: int
    usual_pays: int


@dataclass(frozen=True)
class ErrorRow:
    """Errors that were shown."""

    error: str
    device: str
    app_version: str
    errors: int


@dataclass(frozen=True)
class PageRow:
    """Visits that saw a page within the range, and those of which it was the last."""

    page: str
    visits: int
    ended: int
    errors: int


STEPS_OF = Query("funnel/steps", StepRow, every_seconds=2)
CAMPAIGNS = Query("funnel/campaigns", CampaignRow, every_seconds=5)
ERRORS = Query("funnel/errors", ErrorRow, every_seconds=5)
PAGES = Query("funnel/pages", PageRow, every_seconds=5)

DEVICES = {
    "desktop": N_("Desktop"),
    "ios": "iOS",
    "android": "Android",
    "tablet": N_("Tablet"),
    "other": N_("Other"),
}
STEP_COLUMNS = (
    Column("step", N_("Step")),
    Column("visits", N_("Visits"), "number"),
    Column("bar", "", "bar"),
    Column("share", N_("Of all visits"), "number"),
    Column("from_before", N_("Went on"), "number"),
    Column("usual", N_("Usually"), "number"),
    Column("lost", N_("Lost"), "number"),
    Column("word", ""),
)
DEVICE_COLUMNS = (
    Column("device", N_("Device")),
    *(Column(action, label, "number") for action, label in STEPS.items()),
    Column("paying", N_("Paying"), "number"),
    Column("usual", N_("Usually"), "number"),
    Column("worst", N_("Most lost before")),
)
CAMPAIGN_COLUMNS = (
    Column("campaign", N_("Campaign")),
    Column("views", N_("Pages viewed"), "number"),
    Column("change", N_("Change"), "number"),
    Column("checkouts", N_("Checkouts"), "number"),
    Column("pays", N_("Clicks on pay"), "number"),
    Column("rate", N_("Pay of pages"), "number"),
    Column("usual", N_("Usually"), "number"),
    Column("errors", N_("Errors"), "number"),
)
PAGE_COLUMNS = (
    Column("page", N_("Page")),
    Column("visits", N_("Visits"), "number"),
    Column("bar", "", "bar"),
    Column("ended", N_("Ended there"), "number"),
    Column("share", N_("Share"), "number"),
    Column("errors", N_("With an error"), "number"),
)
ERROR_COLUMNS = (
    Column("error", N_("Error")),
    Column("errors", N_("Shown"), "number"),
    Column("device", N_("Device")),
    Column("version", N_("Version")),
)

Steps = Mapping[str, StepRow]


def devices(_readings: Readings) -> tuple[Choice, ...]:
    """List the kinds of device."""
    return tuple(Choice(name, DEVICES[name]) for name in get_args(Device))


def compose(scene: Scene) -> Body:
    """Write the sheet."""
    rows = scene.readings.of(STEPS_OF)
    together = {one.action: one for one in rows if one.together}
    return Body(
        figures=figures(together, scene),
        tables={
            "steps": steps(together, scene),
            "devices": by_device(rows, scene),
            "campaigns": by_campaign(scene),
            "pages": by_page(scene),
            "errors": by_error(scene),
        },
    )


def figures(found: Steps, scene: Scene) -> dict[str, Figure]:
    """Write visits, paying visits, and the step that loses most."""
    view, pay, checkout = found.get("view"), found.get("pay"), found.get("checkout")
    visits = view.visits if view else None
    paying = share_of(pay.visits if pay else 0, visits)
    finished = share_of(pay.visits if pay else 0, checkout.visits if checkout else None)
    usual = share_of(pay.usual if pay else 0, view.usual if view else None)
    before = view.usual if view and view.usual else None
    return {
        "visits": Figure(
            _("Visits"), visits, count(visits), "visits", change_cell(visits, before, scene, good="up")[1]
        ),
        "paying": Figure(
            _("Visits that pay"), paying, percent(paying), "share",
            "" if usual is None else _("usually {usual}", usual=percent(usual)),
        ),
        "finished": Figure(_("Checkouts that pay"), finished,
        percent(finished), "share", _("of those begun")),
    }  # fmt: skip


def step_before(action: str) -> str | None:
    """Name the step before one."""
    names = list(STEPS)
    index = names.index(action)
    return names[index - 1] if index else None


def way(found: Steps, action: str, *, usual: bool = False) -> float | None:
    """Compute the share of the step before that came to a step."""
    before, here = found.get(step_before(action) or ""), found.get(action)
    if before is None:
        return None
    count_here = (here.usual if usual else here.visits) if here else 0
    return share_of(count_here, before.usual if usual else before.visits)


def judged(found: Steps, action: str) -> tuple[str, Level]:
    """Say whether the way to a step is off by a fifth of the usual, if enough visits stand behind it."""
    rate, usual, before = way(found, action), way(found, action, usual=True), step_before(action)
    stood = found.get(before or "")
    if rate is None or not usual or stood is None or stood.visits < ENOUGH:
        return "", ""
    if rate < (1 - WORTH_A_WORD) * usual:
        return _("worse than usual"), "soon"
    return (_("better than usual"), "") if rate > (1 + WORTH_A_WORD) * usual else ("", "")


def steps(found: Steps, scene: Scene) -> Table:
    """Write the five steps, with what is lost on the way to each."""
    first = found["view"].visits if "view" in found else 0
    rows = []
    for action, label in STEPS.items() if first else ():
        visits, before = (
            (found[action].visits if action in found else 0),
            found.get(step_before(action) or ""),
        )
        rate, usual, (word, level) = way(found, action), way(found, action, usual=True), judged(found, action)
        lost = max(0, before.visits - visits) if before else None
        rows.append(
            row(
                action,
                STEP_COLUMNS,
                label,
                count_cell(visits),
                bar_cell(visits, first),
                share_cell(visits, first),
                (rate, percent(rate) if before else ""),
                (usual, percent(usual) if before and scene.span.against else ""),
                (lost, count(lost) if before else ""),
                word,
                level=level,
            )
        )
    return Table(
        _("Steps"),
        STEP_COLUMNS,
        tuple(rows),
        _("No online visit within the range."),
        scene.note(_("visits of web shop and app; went on = came here from the step before"), STEPS_OF),
    )


def by_device(rows: Sequence[StepRow], scene: Scene) -> Table:
    """Write the steps of each kind of device, and where it loses most beside the usual."""
    found: dict[str, dict[str, StepRow]] = {}
    for one in rows:
        if not one.together:
            found.setdefault(one.device, {})[one.action] = one
    ordered = sorted(found.items(), key=lambda item: -max(one.visits for one in item[1].values()))
    return Table(
        _("By device"),
        DEVICE_COLUMNS,
        tuple(device_row(device, steps_of) for device, steps_of in ordered),
        _("No online visit within the range."),
        scene.note(_("visits that came to each step"), STEPS_OF),
    )


def device_row(device: str, found: Steps) -> Row:
    """Write a kind of device."""
    first, last = found.get("view"), found.get("pay")
    bad = [STEPS[action] for action in STEPS if judged(found, action)[1]]
    visits = [count_cell(found[action].visits if action in found else 0) for action in STEPS]
    return row(
        device or "unknown",
        DEVICE_COLUMNS,
        (device, _(DEVICES.get(device, device)) or _("not said")),
        *visits,
        share_cell(last.visits if last else 0, first.visits if first else None),
        share_cell(last.usual if last else 0, first.usual if first else None),
        ", ".join(bad),
        level="soon" if bad else "",
    )


def by_campaign(scene: Scene) -> Table:
    """Write what each campaign brings."""
    return Table(
        _("By campaign"),
        CAMPAIGN_COLUMNS,
        tuple(
            row(
                one.campaign or "(none)",
                CAMPAIGN_COLUMNS,
                (one.campaign, one.campaign or _("no campaign")),
                count_cell(one.views),
                change_cell(one.views, one.usual_views or None, scene, good=""),
                count_cell(one.checkouts),
                count_cell(one.pays),
                share_cell(one.pays, one.views),
                share_cell(one.usual_pays, one.usual_views),
                count_cell(one.errors),
            )
            for one in scene.readings.of(CAMPAIGNS)
        ),
        _("No click within the range."),
        scene.note(_("clicks, as the link says that brought the visit"), CAMPAIGNS),
    )


def by_page(scene: Scene) -> Table:
    """Write where visits end."""
    rows = scene.readings.of(PAGES)
    largest = max((one.visits for one in rows), default=0)
    return Table(
        _("By page"),
        PAGE_COLUMNS,
        tuple(
            row(
                one.page,
                PAGE_COLUMNS,
                one.page,
                count_cell(one.visits),
                bar_cell(one.visits, largest),
                count_cell(one.ended),
                share_cell(one.ended, one.visits),
                count_cell(one.errors),
            )
            for one in rows
        ),
        _("No click within the range."),
        scene.note(_("visits; ended there = saw nothing after it within the range"), PAGES),
        half=True,
    )


def by_error(scene: Scene) -> Table:
    """Write which errors were shown where."""
    return Table(
        _("Errors shown"),
        ERROR_COLUMNS,
        tuple(
            row(
                f"{one.error}|{one.device}|{one.app_version}",
                ERROR_COLUMNS,
                one.error or _("not said"),
                count_cell(one.errors),
                DEVICES.get(one.device, one.device),
                one.app_version or UNKNOWN,
            )
            for one in scene.readings.of(ERRORS)
        ),
        _("No error was shown within the range."),
        scene.note(_("within the range"), ERRORS),
        half=True,
    )


FUNNEL = Sheet(
    name="funnel",
    path="/funnel",
    title=N_("Funnel"),
    purpose=N_("How far visits of the web shop and the app come, and where they are lost."),
    queries=(STEPS_OF, CAMPAIGNS, ERRORS, PAGES),
    compose=compose,
    lengths=("1h", "today", "24h", "7d"),
    compares=True,
    filters=(STORE_FILTER, Filter("device", N_("Device"), N_("All devices"), devices)),
)
