"""The rail beside the day: the five worst open alerts, or the proof that somebody is watching."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from console.alerts.listing import place
from console.language import _, ngettext
from console.panels.open_alerts import (
    OF_PEOPLE,
    SIGNS,
    AlertLevel,
    AlertRow,
    headline,
    last_ended,
    worst_first,
)
from console.panels.pipeline import WorkerRow
from console.query import Query
from console.trading_day import TradingDay
from console.wording import age, money

__all__ = ["WATCHING", "Rail", "RailAlert", "WatchingRow", "rail", "watched"]

SHOWN = 5
FRESH_SECONDS = 10.0


@dataclass(frozen=True)
class WatchingRow:
    """Curves that are known for today, and payments of the last minute by the wall clock."""

    curves: int
    payments: int


WATCHING = Query("watching", WatchingRow, every_seconds=5)


@dataclass(frozen=True)
class RailAlert:
    """Two lines of the rail. `whole` has the figures too; `fresh` marks one of the last seconds."""

    alert_id: str
    address: str
    level: AlertLevel
    icon: str
    word: str
    sentence: str
    whole: str
    money: str
    place: str
    age: str
    fresh: str


@dataclass(frozen=True)
class Rail:
    """The rail. `more` counts what it leaves out; `proof` says what an empty one rests on.

    `urgent` are the ids of all that somebody has to act on now, so that a new one can be told.
    """

    alerts: tuple[RailAlert, ...]
    open: int
    urgent: tuple[str, ...]
    more: str
    proof: str


def rail(
    rows: Sequence[AlertRow],
    stores: Collection[str],
    *,
    names: Mapping[str, str],
    proof: str,
    day: TradingDay,
    wall: datetime,
    currency: str,
) -> Rail:
    """Write the rail.

    Parameters
    ----------
    rows
        Open alerts and those that ended lately.
    stores
        Only alerts about one of these; empty = all.
    names
        Store names by id.
    proof
        From `watched`.
    day, wall
        The events' clock says how old an alert is, the wall clock whether it just came in.
    currency
        Of the money.

    """
    everywhere, chosen = worst_first(rows), worst_first(rows, stores)
    return Rail(
        alerts=tuple(
            RailAlert(
                alert_id=row.alert_id,
                address=row.address,
                level=row.level,
                icon=SIGNS[row.level].icon,
                word=_(SIGNS[row.level].word),
                sentence=headline(row),
                whole=row.sentence,
                money=at_risk(row, currency),
                place=where(row, names),
                age=age((day.now - row.since).total_seconds()),
                fresh="yes" if (wall - row.detected_at).total_seconds() < FRESH_SECONDS else "",
            )
            for row in chosen[:SHOWN]
        ),
        open=len(chosen),
        urgent=tuple(row.alert_id for row in chosen if row.level == "now"),
        more=left_out(len(chosen) - SHOWN, len(everywhere) - len(chosen)),
        proof=proof,
    )


def where(row: AlertRow, names: Mapping[str, str]) -> str:
    """Name the store, or else the part of the business; the sentence says which payment or card it is."""
    if not row.store_id and row.entity_type in OF_PEOPLE | {"payment"}:
        return ""
    return place(row.store_id, row.entity_type, row.entity, names)


def at_risk(row: AlertRow, currency: str) -> str:
    """Write the money: what it costs an hour while it lasts, else what is at stake, else nothing."""
    if row.per_hour_minor:
        return _("{money} an hour", money=money(row.per_hour_minor, currency))
    return (
        _("{money} at risk", money=money(row.money_at_risk_minor, currency))
        if row.money_at_risk_minor
        else ""
    )


def left_out(below: int, elsewhere: int) -> str:
    """Say how many open alerts the rail does not show."""
    parts = [_("{below} more", below=below)] if below > 0 else []
    if elsewhere:
        parts.append(_("{elsewhere} outside this selection", elsewhere=elsewhere))
    return ", ".join(parts)


def watched(
    rows: Sequence[AlertRow],
    watching: WatchingRow | None,
    judges: Sequence[WorkerRow],
    day: TradingDay,
    newest: datetime,
) -> str:
    """Write what "nothing open" rests on; without a judge at work it says so."""
    judging = [row for row in judges if row.agent == "judge"]
    if not judging:
        return _("Nothing is known to be open, but the judge has not reported: nobody is watching.")
    parts = [_("Nothing open.")]
    ended = last_ended(rows)
    if ended is not None:
        parts.append(_("Last resolved {age} ago.", age=age((day.now - ended).total_seconds())))
    checked = age((newest - max(row.heard_at for row in judging)).total_seconds())
    if watching is not None:
        payments = f"{watching.payments:,}"
        parts.append(
            _(
                "{curves} and {payments} payments a minute are being watched, last check {checked} ago.",
                curves=ngettext("{number} curve", "{number} curves", watching.curves),
                payments=payments,
                checked=checked,
            )
            if watching.curves
            else _(
                "{payments} payments a minute are being watched, last check {checked} ago.",
                payments=payments,
                checked=checked,
            )
        )
    return " ".join(parts)
