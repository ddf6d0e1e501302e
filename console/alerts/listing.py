"""The list: an alert in two lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from console.alerts.kinds import fitting, said
from console.alerts.stored import ListedRow
from console.language import N_, _
from console.wording import age, money

__all__ = ["ENTITIES", "AlertLine", "Look", "ago", "line", "look", "place"]

ENTITIES = {
    "payment": N_("payment"),
    "customer": N_("customer"),
    "card": N_("card"),
    "device": N_("device"),
    "terminal": N_("terminal"),
    "source": N_("source"),
    "store": N_("store"),
    "region": N_("region"),
    "category": N_("category"),
    "sku": N_("article"),
    "channel": N_("channel"),
    "model": N_("model"),
}


@dataclass(frozen=True)
class Look:
    """How an alert is marked: a level for the colour, a sign and a word, so that neither stands alone."""

    level: str
    icon: str
    word: str


@dataclass(frozen=True)
class AlertLine:
    """A row of the list; `first` and `second` are verdicts that fit it, `silence` whether one helps."""

    alert_id: str
    href: str
    level: str
    icon: str
    word: str
    sentence: str
    money: str
    where: str
    age: str
    events: str
    outcome: str
    holder: str
    escalated: str
    current: str
    first: str
    second: str
    silence: bool


def look(kind: str, severity: str, *, is_open: bool) -> Look:
    """Mark an alert: settled first, then missing data, then by severity."""
    if not is_open:
        return Look("resolved", "✓", _("Resolved"))
    if kind == "source_silent":
        return Look("missing", "▨", _("Silent"))
    return Look("now", "●", _("Act now")) if severity == "now" else Look("soon", "▲", _("Look soon"))


def place(store_id: str | None, entity_type: str, entity: str, store_names: Mapping[str, str]) -> str:
    """Say where, or about what where no store is known."""
    if store_id:
        return store_names.get(store_id, store_id)
    return f"{_(ENTITIES.get(entity_type, entity_type))} {entity}"


def ago(moment: datetime, now: datetime) -> str:
    """Say how long ago, by the events' clock."""
    return _("{age} ago", age=age((now - moment).total_seconds()))


def line(
    row: ListedRow,
    *,
    now: datetime,
    store_names: Mapping[str, str],
    currency: str,
    query: str,
    opened: str | None,
) -> AlertLine:
    """Write a row. Its age is that of its onset; once settled, of what settled it."""
    first, second = fitting(row.kind)
    marked = look(row.kind, row.severity, is_open=row.open)
    settled = row.settled_at
    outcome = ""
    if not row.open and settled is not None:
        answered = row.verdict not in ("", "withdrawn")
        outcome = said(row.verdict) if answered else _("over")
    return AlertLine(
        alert_id=row.alert_id,
        href=f"/alerts/{row.alert_id}{query}",
        level=marked.level,
        icon=marked.icon,
        word=marked.word,
        # the rest of it is for the alert's own page
        sentence=row.sentence.partition(". ")[0].rstrip("."),
        money=money(row.money_at_risk_minor, currency) if row.money_at_risk_minor else "",
        where=place(row.store_id, row.entity_type, row.entity, store_names),
        age=ago(row.since if settled is None else settled, now),
        events=f"×{row.events:,}" if row.events > 1 else "",
        outcome=outcome,
        holder=_("{holder} has it", holder=row.held_by) if row.held_by and row.open else "",
        escalated=_("escalated") if row.escalated_by and row.open else "",
        current="true" if row.alert_id == opened else "",
        first=first.verdict,
        second=second.verdict,
        # a payment comes once: nothing about it is ever raised again
        silence=row.entity_type != "payment",
    )
