"""Who has an alert, and what people did about it besides answering."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from console.alerts.stored import ActedRow
from console.alerts.times import clock_text, weekly_text
from console.language import _

__all__ = ["Handling", "handling", "told"]

SEEN = 20
"""Actions that a page may still be waiting for; more than anybody sends within seconds."""


@dataclass(frozen=True)
class Handling:
    """Who has it and what holds, in words; `seen` are the newest actions that the store has.

    `holdable` is true where there are payments that shops can be told to hold, else none: a page hides nulls.
    """

    holder: str
    text: str
    about: str
    holdable: bool | None
    seen: tuple[str, ...]


def handling(
    acted: Sequence[ActedRow], *, about: str, holdable: bool | None, now: datetime, zone: ZoneInfo
) -> Handling:
    """Read who has an alert from what was done, newest first; `about` is what a silence would be about."""
    moved = next((row for row in acted if row.action in ("take", "assign", "release")), None)
    holder = "" if moved is None or moved.action == "release" else moved.to_whom or moved.by
    parts = []
    if moved is not None and holder:
        parts.append(_("{holder} has it since {time}.", holder=holder, time=clock_text(moved.at, now, zone)))
    escalated = next((row for row in acted if row.action == "escalate"), None)
    if escalated is not None:
        parts.append(
            _("Escalated by {by} at {time}.", by=escalated.by, time=clock_text(escalated.at, now, zone))
        )
    silenced = next((row for row in acted if row.action == "silence"), None)
    if silenced is not None and silenced.until is not None and silenced.until > now:
        parts.append(
            _("Silenced by {by} {until}.", by=silenced.by, until=term(silenced, silenced.until, now, zone))
        )
    hold = next((row for row in acted if row.action == "hold"), None)
    if hold is not None and hold.until is not None and hold.until > now:
        parts.append(
            _("Put on hold by {by} until {time}.", by=hold.by, time=clock_text(hold.until, now, zone))
        )
    return Handling(
        holder=holder,
        text=" ".join(parts),
        about=about,
        holdable=holdable,
        seen=tuple(str(row.action_id) for row in acted[:SEEN]),
    )


def told(row: ActedRow, now: datetime, zone: ZoneInfo) -> str:
    """Tell an action as a line of the history."""
    if row.action == "comment":
        return f"{row.by}: {row.text}"
    if row.action == "assign":
        what = _("gave it to {whom}", whom=row.to_whom)
    elif row.action in ("silence", "hold"):
        until = term(row, row.until, now, zone)
        what = (
            _("told the shop to hold its payments {until}", until=until)
            if row.action == "hold"
            else _("silenced such alerts {until}", until=until)
        )
    else:
        what = {
            "take": _("took it"),
            "release": _("released it"),
            "escalate": _("escalated it"),
            "unmask": _("was shown whose it is"),
        }[row.action]
    return f"{row.by} {what}" + (f": {row.text}" if row.text else ".")


def term(row: ActedRow, until: datetime | None, now: datetime, zone: ZoneInfo) -> str:
    """Say until when, and at which hours of the week."""
    end = clock_text(until, now, zone) if until is not None else _("an unknown end")
    if not row.weekly_days:
        return _("until {end}", end=end)
    weekly = weekly_text(row.weekly_days, row.weekly_begins, row.weekly_ends)
    return _("{weekly} until {end}", weekly=weekly, end=end)
