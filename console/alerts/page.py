"""The Alerts page as data: what the template renders, what the stream sends. Reads no clock, does no I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.alerts.detail import Detail
from console.alerts.filters import Chip, Filter, Option, chips, choices, matching, mine_chip
from console.alerts.kinds import NAMES
from console.alerts.listing import AlertLine, ago, line
from console.alerts.snapshot import Snapshot, Trouble, find_trouble
from console.alerts.stored import (
    COUNTED,
    LIST_LIMIT,
    LISTED,
    PLAYBOOKS,
    WATCHING,
    ListedRow,
    WatchingRow,
)
from console.alerts.times import tomorrow_morning
from console.compose import clock_face
from console.language import _, ngettext
from console.now import ClockFace
from console.panels.stores import STORES
from console.query import Query
from console.reader import Readings
from console.wording import age

__all__ = ["LIST_QUERIES", "SHOWN", "AlertsPage", "alerts_page"]

LIST_QUERIES: tuple[Query[Any], ...] = (LISTED, COUNTED, WATCHING, STORES, PLAYBOOKS)
"""Asked once a second for everybody who looks; Any: each has its own type of row."""

NO_BREAK = "\u00a0"
SHOWN = 100
"""Rows sent to a page: more than anybody reads, and few enough to send every second."""


@dataclass(frozen=True)
class AlertsPage:
    """One picture of the page for one filter and one opened alert.

    `categories` is None where no alert is about goods; `morning` is tomorrow's eight o'clock, RFC 3339.
    """

    taken_at: datetime
    state: str
    clock: ClockFace
    morning: str
    open_alerts: str
    trouble: Trouble | None
    filter: Filter
    back: str
    states: tuple[Chip, ...]
    severities: tuple[Chip, ...]
    kinds: tuple[Option, ...]
    stores: tuple[Option, ...]
    categories: tuple[Option, ...] | None
    orders: tuple[Option, ...]
    rows: tuple[AlertLine, ...]
    more: str
    empty: str
    proof: str
    opened: str
    missing: str
    detail: Detail | None


def alerts_page(
    snapshot: Snapshot,
    chosen: Filter,
    *,
    user: str,
    opened: str | None = None,
    detail: Detail | None = None,
    missing: str = "",
) -> AlertsPage:
    """Compute everything that the page shows.

    Parameters
    ----------
    snapshot, chosen
        What the store said, and what the visitor asked to see of it.
    user
        Who looks.
    opened, detail, missing
        The alert that the address names, and why it cannot be shown where it cannot.

    """
    readings, settings = snapshot.readings, snapshot.settings
    rows, names = readings.of(LISTED), snapshot.store_names
    found = matching(rows, chosen, names, user=user)
    trouble = find_trouble(snapshot)
    counted = readings.first(COUNTED)
    states = chips("state", rows, chosen, names, user=user)
    lines = tuple(
        line(
            row,
            now=snapshot.now,
            store_names=names,
            currency=settings.reporting_currency,
            query=chosen.query,
            opened=opened,
        )
        for row in found[:SHOWN]
    )
    return AlertsPage(
        taken_at=snapshot.wall,
        state=page_state(readings, trouble),
        clock=clock_face(snapshot.clock, snapshot.day),
        morning=tomorrow_morning(snapshot.now, settings.zone).isoformat(),
        open_alerts=f"{counted.open:,}" if counted is not None and counted.open else "",
        trouble=trouble,
        filter=chosen,
        back=f"/alerts{chosen.query}",
        states=(states[0], mine_chip(rows, chosen, names, user=user), *states[1:]),
        severities=chips("severity", rows, chosen, names, user=user),
        kinds=choices("kind", rows, chosen, {kind: _(name) for kind, name in NAMES.items()}, user=user),
        stores=choices("store", rows, chosen, names, user=user),
        categories=category_choices(rows, chosen, user),
        orders=choices("order", rows, chosen, {}),
        rows=lines,
        more=more(len(found), counted.findings if counted is not None else 0),
        empty=empty(snapshot, rows, chosen) if not found else "",
        proof=proof(readings.first(WATCHING), snapshot.wall),
        opened=opened or "",
        missing=missing,
        detail=detail,
    )


def category_choices(rows: Sequence[ListedRow], chosen: Filter, user: str) -> tuple[Option, ...] | None:
    """List the categories of goods; None where no alert is about one, since many chains name none."""
    found = choices("category", rows, chosen, {}, user=user)
    return found if len(found) > 1 else None


def page_state(readings: Readings, trouble: Trouble | None) -> str:
    """Say how much the page may be trusted."""
    if LISTED.name not in readings.read_at:
        return "waiting"
    return "stale" if trouble is not None and trouble.level == "missing" else "live"


def more(found: int, findings: int) -> str:
    """Say what the list leaves out."""
    parts = []
    if found > SHOWN:
        parts.append(_("{found} more match: narrow the filter.", found=f"{found - SHOWN:,}"))
    if findings > LIST_LIMIT:
        parts.append(
            _("{findings} older ones are kept and not listed.", findings=f"{findings - LIST_LIMIT:,}")
        )
    return " ".join(parts)


def empty(snapshot: Snapshot, rows: Sequence[ListedRow], chosen: Filter) -> str:
    """Say why nothing is listed, so that an empty list is proof and not absence."""
    if LISTED.name not in snapshot.readings.read_at:
        return _("Not known yet.")
    if chosen.narrowed:
        without = (
            sum(row.open == (chosen.state == "open") for row in rows) if chosen.state != "all" else len(rows)
        )
        others = counted(chosen.state, without)
        return _("Nothing matches. Without the filter: {others}.", others=others)
    if chosen.state == "resolved":
        return _("Nothing resolved yet.")
    if chosen.state == "all":
        return _("No alert yet.")
    settled = max((row.settled_at for row in rows if row.settled_at is not None), default=None)
    last = (
        _("Last resolved {ago}.", ago=ago(settled, snapshot.now))
        if settled is not None
        else _("None so far.")
    )
    return _("Nothing open. {last}", last=last)


def counted(state: str, number: int) -> str:
    """Write how many alerts of a state there are."""
    if state == "open":
        return ngettext("{number} open alert", "{number} open alerts", number)
    if state == "resolved":
        return ngettext("{number} resolved alert", "{number} resolved alerts", number)
    return ngettext("{number} alert", "{number} alerts", number)


def proof(watching: WatchingRow | None, wall: datetime) -> str:
    """Say what is being watched and when somebody last looked."""
    if watching is None:
        return ""
    if watching.judged_at is None:
        return _("The judge has not reported yet: nobody is watching.")
    payments = f"{watching.payments_per_minute:,.0f}"
    checked = age((wall - watching.judged_at).total_seconds()).replace(" ", NO_BREAK)
    if not watching.series:
        return _(
            "{payments} payments a minute being watched, last check {checked} ago.",
            payments=payments,
            checked=checked,
        )
    return _(
        "{series} and {payments} payments a minute being watched, last check {checked} ago.",
        series=ngettext("{number} series", "{number} series", watching.series),
        payments=payments,
        checked=checked,
    )
