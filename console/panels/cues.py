"""The demo's script: what is going to happen, and whether it was noticed. Nothing judges by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from console.language import _
from console.panels.open_alerts import AlertRow, headline
from console.trading_day import TradingDay
from console.wording import age
from producers.cue_sheet import RIGHT_ALERT, Incident

__all__ = ["Cue", "Cues", "alert_of", "cues"]

EARLY = timedelta(minutes=10)
"""An alert's onset is an estimate and may lie a little before the incident's; chosen, not tuned."""

LATE = timedelta(days=1)
"""Shrinkage shows at the next count only; what is noticed later than this is another story."""


@dataclass(frozen=True)
class Cue:
    """One incident. `state` is to come, running or over; `outcome` says what came of it."""

    key: str
    time: str
    title: str
    place: str
    state: str
    outcome: str
    address: str


@dataclass(frozen=True)
class Cues:
    """The panel; None of it is shown where there is no script."""

    summary: str
    cues: tuple[Cue, ...]


def cues(
    incidents: Sequence[Incident],
    alerts: Sequence[AlertRow],
    names: Mapping[str, str],
    day: TradingDay,
) -> Cues | None:
    """Write the script; None without one."""
    if not incidents:
        return None
    lines = []
    begun = noticed = 0
    for number, incident in enumerate(sorted(incidents, key=lambda incident: incident.begins_at)):
        alert = alert_of(incident, alerts)
        state = "running" if day.now < incident.ends_at else "over"
        state = "to come" if day.now < incident.begins_at else state
        begun += state != "to come"
        noticed += alert is not None
        lines.append(
            Cue(
                key=str(number),
                time=f"{day.local(incident.begins_at):%a %H:%M}",
                title=incident.title,
                place=names.get(incident.store_id or "", incident.store_id or ""),
                state=state,
                outcome=outcome(incident, alert, state, day),
                address=alert.address if alert else "",
            )
        )
    return Cues(
        _("{begun} of {lines} so far, {noticed} noticed", begun=begun, lines=len(lines), noticed=noticed),
        tuple(lines),
    )


def alert_of(incident: Incident, alerts: Sequence[AlertRow]) -> AlertRow | None:
    """Find the first alert of the incident's kind about its store or one of its things."""
    things = {incident.entity, *incident.others}
    found = [
        row
        for row in alerts
        if row.kind == RIGHT_ALERT[incident.kind]
        and (row.entity in things or (bool(row.store_id) and row.store_id == incident.store_id))
        and incident.begins_at - EARLY <= row.noticed_at <= incident.ends_at + LATE
    ]
    return min(found, key=lambda row: row.noticed_at, default=None)


def outcome(incident: Incident, alert: AlertRow | None, state: str, day: TradingDay) -> str:
    """Say whether and when it was noticed."""
    if alert is None:
        return {"to come": "", "running": _("not noticed yet"), "over": _("not noticed")}[state]
    after = age(max(0.0, (alert.noticed_at - incident.begins_at).total_seconds()))
    return _(
        "noticed {local}, after {after}: {headline}",
        local=f"{day.local(alert.noticed_at):%H:%M}",
        after=after,
        headline=headline(alert),
    )
