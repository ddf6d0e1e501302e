"""What a silence would have hidden, told before it is set: `GET /api/v1/alerts/would-hide`."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web
from pydantic import ValidationError

from console.alerts.actions import WeeklyRequest, weekly_hours
from console.alerts.stored import HiddenRow
from console.alerts.views import ALERTS, explained
from console.errors import ActionUnfit, StoreSilent
from console.language import _
from console.login import SETTINGS
from console.problems import problem
from schemas.weekly_hours import WeeklyHours

__all__ = ["ROUTES", "WouldHide", "would_hide"]

MOST_ALERTS = 200
"""More than a page selects."""


@dataclass(frozen=True)
class WouldHide:
    """How many alerts of the last seven days it would have hidden, how many of these were real, in words."""

    hidden: int
    real: int
    text: str


def would_hide(rows: Sequence[HiddenRow], weekly: WeeklyHours | None) -> WouldHide:
    """Count them by the hours that the judge would go by."""
    hidden = [row for row in rows if weekly is None or weekly.end_at(row.noticed_at) is not None]
    real = sum(row.verdict in ("real", "fraud") for row in hidden)
    text = _(
        "It would have hidden {hidden} in the last 7 days, {real} of them real.",
        hidden=f"{len(hidden):,}",
        real=f"{real:,}",
    )
    return WouldHide(len(hidden), real, text)


async def would_hide_json(request: web.Request) -> web.Response:
    """Answer for one alert or several (`alert`, repeated); `weekdays`, `begins`, `ends` if weekly."""
    query, zone = request.query, request.app[SETTINGS].time_zone
    alert_ids = query.getall("alert", [])
    if not 0 < len(alert_ids) <= MOST_ALERTS:
        return problem(422, _("Name from 1 to {most} alerts.", most=MOST_ALERTS))
    try:
        weekly = None
        if "weekdays" in query:
            days = [int(day) for day in query["weekdays"].split(",") if day.isdecimal()]
            said = {"weekdays": days, "begins": query.get("begins", ""), "ends": query.get("ends", "")}
            weekly = weekly_hours(WeeklyRequest.model_validate(said), zone)
        rows = await request.app[ALERTS].like(alert_ids)
    except ValidationError as error:
        return problem(422, "; ".join(explained(error)))
    except ActionUnfit as error:
        return problem(422, str(error))
    except StoreSilent as error:
        return problem(503, str(error))
    found = would_hide(rows, weekly)
    return web.json_response({"hidden": found.hidden, "real": found.real, "text": found.text})


ROUTES = (web.get("/api/v1/alerts/would-hide", would_hide_json),)
