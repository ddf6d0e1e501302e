"""What people do about an alert besides answering it, over HTTP: take, assign, escalate, silence and more."""

from datetime import UTC, datetime, time, timedelta
from typing import Annotated
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from console.alerts.filters import read_filter
from console.alerts.views import ALERTS, PUBLISHER, explained, refused
from console.errors import ActionNotKept, ActionUnfit, StoreSilent
from console.language import _
from console.login import SETTINGS
from console.problems import problem
from console.security import ROLE, USER
from detectors.watch.book import PAYMENT_KINDS
from producers.errors import NotDelivered
from schemas.alert_action import ActionKind, AlertAction
from schemas.event import EventTime
from schemas.identifiers import uuid7
from schemas.topics import ALERT_ACTIONS
from schemas.weekly_hours import WeeklyHours

__all__ = ["ROUTES", "ActionRequest", "WeeklyRequest", "end_of", "weekly_hours"]


LONGEST_DAYS, LONGEST_WEEKLY_DAYS = 31, 92
"""A silence ends before everybody has forgotten it (chosen, not tuned)."""


class WeeklyRequest(BaseModel):
    """Hours of the week, on the clocks of the stores; where they end before they begin, on the next day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    weekdays: Annotated[tuple[int, ...], Field(max_length=7)]
    begins: Annotated[str, Field(max_length=5)]
    ends: Annotated[str, Field(max_length=5)]


class ActionRequest(BaseModel):
    """The body of an action.

    `until` is a moment with its zone or a time of day, which then is the next such time on the clocks of the
    stores; `hours` counts from now. A silence with `weekly` holds within these hours alone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    action: ActionKind
    to: Annotated[str, Field(max_length=256)] | None = None
    text: Annotated[str, Field(max_length=1_000)] = ""
    until: EventTime | time | None = None
    hours: Annotated[float, Field(gt=0, le=24 * LONGEST_WEEKLY_DAYS)] | None = None
    weekly: WeeklyRequest | None = None


async def action_json(request: web.Request) -> web.Response:
    """Take an action: `POST /api/v1/alerts/{id}/actions`; 202 once Kafka has it."""
    if request.content_type != "application/json":
        return problem(415, _("Send the header `Content-Type: application/json`."))
    try:
        wanted = ActionRequest.model_validate_json(await request.read())
    except ValidationError as error:
        return problem(422, "; ".join(explained(error)))
    try:
        action_id = await act(request, request.match_info["alert_id"], wanted)
    except LookupError as error:
        return problem(404, str(error.args[0]))
    except ActionUnfit as error:
        return problem(422, str(error))
    except (ActionNotKept, StoreSilent) as error:
        return problem(503, str(error))
    return web.json_response({"action_id": str(action_id)}, status=202)


async def action_form(request: web.Request) -> web.Response:
    """Take or release from the page without a script: `POST /alerts/{id}/actions`."""
    form = await request.post()
    alert_id = request.match_info["alert_id"]
    try:
        wanted = ActionRequest.model_validate({"action": str(form.get("action", ""))})
        await act(request, alert_id, wanted)
    except ValidationError as error:
        return await refused(request, alert_id, 422, "; ".join(explained(error)))
    except LookupError as error:
        return await refused(request, alert_id, 404, str(error.args[0]))
    except ActionUnfit as error:
        return await refused(request, alert_id, 422, str(error))
    except (ActionNotKept, StoreSilent) as error:
        return await refused(request, alert_id, 503, str(error))
    raise web.HTTPSeeOther(f"/alerts/{quote(alert_id)}{read_filter(request.query, strict=False).query}")


async def act(request: web.Request, alert_id: str, wanted: ActionRequest) -> UUID:
    """Check and publish an action.

    Raises
    ------
    LookupError
        There is no such alert.
    ActionUnfit
        It lacks what it needs.
    StoreSilent
        Whether there is such an alert cannot be found out.
    ActionNotKept
        Kafka did not acknowledge it.

    """
    feed, publisher = request.app[ALERTS], request.app[PUBLISHER]
    alert = await feed.alert(alert_id)
    if alert is None:
        raise LookupError(_("There is no alert {alert_id}.", alert_id=alert_id))
    at = feed.now().astimezone(UTC)
    if wanted.action == "unmask" and request[ROLE] != "viewer":
        raise ActionUnfit(_("You see whose it is already."))
    if wanted.action == "hold" and alert.kind not in PAYMENT_KINDS:
        raise ActionUnfit(_("This alert is not about payments, so there is nothing to hold."))
    until = end_of(wanted, at, request.app[SETTINGS].zone)
    try:
        action = AlertAction(
            action_id=uuid7(at),
            alert_id=alert_id,
            action=wanted.action,
            by=request[USER],
            at=at,
            to=(wanted.to or "").strip() or None if wanted.action == "assign" else None,
            text=wanted.text.strip(),
            until=until if wanted.action in ("silence", "hold") else None,
            weekly=weekly_hours(wanted.weekly, request.app[SETTINGS].time_zone) if wanted.weekly else None,
        )
    except ValidationError as error:
        raise ActionUnfit("; ".join(explained(error))) from error
    try:
        await publisher.publish(ALERT_ACTIONS, action)
    except (NotDelivered, TimeoutError) as error:
        raise ActionNotKept(
            _(
                "Kafka at {bootstrap_servers} did not acknowledge it. Look at the history "
                "before you send it again.",
                bootstrap_servers=publisher.bootstrap_servers,
            )
        ) from error
    return action.action_id


def end_of(wanted: ActionRequest, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Compute when a silence or a hold ends; None if nothing says so.

    Raises
    ------
    ActionUnfit
        It ends twice, in a zone of its own, or later than a month from now; of a weekly one, than three.

    """
    end = said_end(wanted, now, zone)
    longest = LONGEST_WEEKLY_DAYS if wanted.weekly is not None else LONGEST_DAYS
    if end is not None and end - now > timedelta(days=longest):
        raise ActionUnfit(_("It lasts {days} days at most.", days=longest))
    return end


def said_end(wanted: ActionRequest, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Read the end as it was said."""
    until = wanted.until
    if until is not None and wanted.hours is not None:
        raise ActionUnfit(_("Say until or hours, not both."))
    if wanted.hours is not None:
        return now + timedelta(hours=wanted.hours)
    if isinstance(until, time):
        if until.tzinfo is not None:
            raise ActionUnfit(_("A time of day has no zone: it is that of the stores."))
        local = now.astimezone(zone)
        end = datetime.combine(local.date(), until, zone)
        if end <= local:
            end = datetime.combine(local.date() + timedelta(days=1), until, zone)
        return end.astimezone(UTC)
    return until


def weekly_hours(wanted: WeeklyRequest, time_zone: str) -> WeeklyHours:
    """Make the hours of the week, in the zone of the stores.

    Raises
    ------
    ActionUnfit
        There are no such days or times.

    """
    try:
        return WeeklyHours(**wanted.model_dump(), time_zone=time_zone)
    except ValidationError as error:
        raise ActionUnfit("; ".join(explained(error))) from error


ROUTES = (
    web.post("/alerts/{alert_id}/actions", action_form),
    web.post("/api/v1/alerts/{alert_id}/actions", action_json),
)
