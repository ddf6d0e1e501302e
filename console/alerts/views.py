"""Alerts over HTTP: the page, its stream, the API, and where answers arrive."""

import asyncio
import contextlib
import time
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote
from uuid import UUID

import orjson
from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from console.alerts.feed import AlertFeed
from console.alerts.filters import UnknownFilter, matching, read_filter
from console.alerts.kinds import VERDICTS, said
from console.alerts.masking import nobodys_alert, nobodys_detail
from console.alerts.page import AlertsPage, alerts_page
from console.alerts.snapshot import Snapshot
from console.alerts.stored import COUNTED, LISTED
from console.alerts.times import WEEKDAYS, clock_text
from console.alerts.unmasked import Unmasked
from console.answers import Answers
from console.errors import AnswerNotKept, AnswerStands, AnswerUnfit, StoreSilent
from console.language import _
from console.login import SETTINGS
from console.problems import problem
from console.publisher import Publisher
from console.security import ROLE, USER, may_still_look
from console.sessions import COOKIE
from console.templating import TEMPLATES, page
from schemas.alert import AlertAnswer
from schemas.answer import AnswerVerdict
from schemas.errors import TillwatchError

__all__ = ["ALERTS", "ANSWERING", "PUBLISHER", "ROUTES", "UNMASKED", "explained", "look", "refused"]

ALERTS = web.AppKey("ALERTS", AlertFeed)
ANSWERING = web.AppKey("ANSWERING", Answers)
PUBLISHER = web.AppKey("PUBLISHER", Publisher)
UNMASKED = web.AppKey("UNMASKED", Unmasked)

WRITE_SECONDS = 10.0
"""A viewer who takes nothing for so long is gone, whatever TCP says."""


class AnswerRequest(BaseModel):
    """The body of an answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    verdict: AnswerVerdict
    replaces: UUID | None = None
    override: bool = False


@dataclass(frozen=True)
class Refusal:
    """Why an answer was not taken, for the page that works without a script."""

    text: str
    verdict: str
    label: str


async def alerts_html(request: web.Request) -> web.Response:
    """Show the list, and one alert if the address names one."""
    return await render(request, request.match_info.get("alert_id"))


async def render(
    request: web.Request, opened: str | None, *, refusal: Refusal | None = None, status: int = 200
) -> web.Response:
    """Render the page, with why an answer was not taken."""
    picture, found = await look(request, opened)
    return page(
        request.app[TEMPLATES],
        "alerts.html",
        status=found if status == HTTPStatus.OK else status,
        view=picture,
        refusal=refusal,
        links=list(request.app[SETTINGS].links),
        weekdays=WEEKDAYS,
        verdicts=[one for one in VERDICTS.values() if one.verdict != "withdrawn"],
        sent=request.query.get("sent", ""),
        user=request[USER],
        only_looks=request[ROLE] == "viewer",
        tab="alerts",
        clock=picture.clock,
        open_alerts=picture.open_alerts,
    )


async def seen_by(request: web.Request) -> Snapshot:
    """Take what the store said, as far as who asks may see it."""
    snapshot = await request.app[ALERTS].current()
    return snapshot.of_nobody if request[ROLE] == "viewer" else snapshot


async def look(request: web.Request, opened: str | None) -> tuple[AlertsPage, int]:
    """Take the picture that an address asks for, with its status: 404 or 503 where its alert is not in it."""
    feed = request.app[ALERTS]
    snapshot = await seen_by(request)
    chosen, user = read_filter(request.query, strict=False), request[USER]
    try:
        detail = await feed.opened(opened) if opened else None
    except StoreSilent as error:
        missing = _("This alert cannot be shown: {error}", error=error)
        return alerts_page(snapshot, chosen, user=user, opened=opened, missing=missing), 503
    if opened and detail is None:
        missing = _("There is no alert {opened}.", opened=opened)
        return alerts_page(snapshot, chosen, user=user, opened=opened, missing=missing), 404
    if detail is not None and request[ROLE] == "viewer":
        session = request.cookies.get(COOKIE, "")
        shown = request.app[UNMASKED].shows(session, detail.alert_id, time.monotonic())
        offered = request.app[SETTINGS].viewer_may_unmask and session != ""
        detail = nobodys_detail(detail, offered=offered, shown=offered and shown)
    return alerts_page(snapshot, chosen, user=user, opened=opened, detail=detail), 200


async def alerts_stream(request: web.Request) -> web.StreamResponse:
    """Push what changed, once a second: `GET /api/v1/alerts/stream`, server-sent events.

    Each event holds the parts of the picture that differ from the one before.
    """
    feed = request.app[ALERTS]
    if feed.viewers >= request.app[SETTINGS].max_viewers:
        return problem(503, _("Too many viewers; try again later."))
    request.app[PUBLISHER].prepare()
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    await response.prepare(request)
    seen: dict[str, bytes] = {}
    feed.viewers += 1
    try:
        with contextlib.suppress(ConnectionError, TimeoutError):
            await response.write(b"retry: 2000\n\n")
            while True:
                if not may_still_look(request):
                    await response.write(b"event: logged-out\ndata:\n\n")
                    break
                picture, _status = await look(request, request.query.get("alert") or None)
                news = changed(picture, seen)
                async with asyncio.timeout(WRITE_SECONDS):
                    await response.write(b"event: alerts\ndata: {%b}\n\n" % news)
                if not await feed.tick():
                    break
    finally:
        feed.viewers -= 1
    return response


def changed(picture: AlertsPage, seen: dict[str, bytes]) -> bytes:
    """Encode the parts of a picture that differ from those seen before, as members of one object."""
    members = []
    for name in AlertsPage.__dataclass_fields__:
        value = orjson.dumps(getattr(picture, name))
        if seen.get(name) != value:
            seen[name] = value
            members.append(b'"%b":%b' % (name.encode(), value))
    return b",".join(members)


async def list_json(request: web.Request) -> web.Response:
    """Answer the list: `GET /api/v1/alerts`, with the filters of the page."""
    try:
        chosen = read_filter(request.query, strict=True)
    except UnknownFilter as error:
        return problem(422, f"{error}.")
    snapshot = await seen_by(request)
    readings = snapshot.readings
    if LISTED.name not in readings.read_at or readings.problem is not None or LISTED.name in readings.errors:
        return problem(503, readings.problem or _("The list of alerts cannot be read."))
    rows = matching(readings.of(LISTED), chosen, snapshot.store_names, user=request[USER])
    counted = readings.first(COUNTED)
    body = {
        "filter": chosen,
        "matching": len(rows),
        "open": counted.open if counted is not None else None,
        "findings": counted.findings if counted is not None else None,
        "alerts": rows,
    }
    response = web.Response(body=orjson.dumps(body), content_type="application/json")
    response.enable_compression()
    return response


async def one_json(request: web.Request) -> web.Response:
    """Answer one alert as it is in Kafka: `GET /api/v1/alerts/{id}`."""
    alert_id = request.match_info["alert_id"]
    try:
        alert = await request.app[ALERTS].alert(alert_id)
    except StoreSilent as error:
        return problem(503, str(error))
    if alert is None:
        return problem(404, _("There is no alert {alert_id}.", alert_id=alert_id))
    text = alert.model_dump_json()
    if request[ROLE] == "viewer":
        text = orjson.dumps(nobodys_alert(alert)).decode()
    return web.Response(text=text, content_type="application/json")


async def answer_json(request: web.Request) -> web.Response:
    """Take an answer: `POST /api/v1/alerts/{id}/answer`; 202 once Kafka has it."""
    if request.content_type != "application/json":
        return problem(415, _("Send the header `Content-Type: application/json`."))
    try:
        wanted = AnswerRequest.model_validate_json(await request.read())
    except ValidationError as error:
        return problem(422, "; ".join(explained(error)))
    try:
        answer_id = await give(request, request.match_info["alert_id"], wanted)
    except (LookupError, TillwatchError) as error:
        return answer_problem(request, error)
    return web.json_response({"answer_id": str(answer_id)}, status=202)


def answer_problem(request: web.Request, error: Exception) -> web.Response:
    """Say why an answer was not taken."""
    if isinstance(error, AnswerStands):
        return problem(409, conflict_text(request, error.standing), standing=stated(error.standing))
    if isinstance(error, LookupError):
        return problem(404, str(error.args[0]))
    return problem(422 if isinstance(error, AnswerUnfit) else 503, str(error))


async def answer_form(request: web.Request) -> web.Response:
    """Take an answer from the page's form, for browsers without a script: `POST /alerts/{id}/answer`."""
    form = await request.post()
    alert_id = request.match_info["alert_id"]
    fields = {name: str(form[name]) for name in ("verdict", "replaces") if form.get(name)}
    # a button carries one value, its verdict; that it overrides stands in the address it posts to
    fields["override"] = request.query.get("override", "false")
    try:
        wanted = AnswerRequest.model_validate(fields)
        answer_id = await give(request, alert_id, wanted)
    except ValidationError as error:
        return await refused(request, alert_id, 422, "; ".join(explained(error)))
    except LookupError:
        return await render(request, alert_id)
    except AnswerUnfit as error:
        return await refused(request, alert_id, 422, str(error))
    except AnswerStands as error:
        text = _("{said} Override?", said=conflict_text(request, error.standing))
        return await refused(request, alert_id, 409, text, wanted.verdict)
    except (AnswerNotKept, StoreSilent) as error:
        return await refused(request, alert_id, 503, _("Not answered: {error}", error=error))
    query = read_filter(request.query, strict=False).query
    raise web.HTTPSeeOther(f"/alerts/{quote(alert_id)}{query or '?'}{'&' if query else ''}sent={answer_id}")


async def give(request: web.Request, alert_id: str, wanted: AnswerRequest) -> UUID:
    """Check and publish an answer.

    Raises
    ------
    LookupError
        There is no such alert.
    StoreSilent, AnswerUnfit, AnswerStands, AnswerNotKept
        As `Answers.give`.

    """
    alert = await request.app[ALERTS].alert(alert_id)
    if alert is None:
        raise LookupError(_("There is no alert {alert_id}.", alert_id=alert_id))
    return await request.app[ANSWERING].give(
        alert, wanted.verdict, by=request[USER], replaces=wanted.replaces, override=wanted.override
    )


async def refused(
    request: web.Request, alert_id: str, status: int, text: str, verdict: str = ""
) -> web.Response:
    """Show the page again with why the answer was not taken."""
    refusal = Refusal(text, verdict, said(verdict) if verdict else "")
    return await render(request, alert_id, refusal=refusal, status=status)


def conflict_text(request: web.Request, standing: AlertAnswer) -> str:
    """Say who answered what, and when."""
    settings, now = request.app[SETTINGS], request.app[ALERTS].now()
    return _(
        "{by} answered {answer} at {at}.",
        by=standing.by,
        answer=said(standing.verdict),
        at=clock_text(standing.at, now, settings.zone),
    )


def stated(standing: AlertAnswer) -> dict[str, str]:
    """Write an answer for a program."""
    return {
        "answer_id": str(standing.answer_id),
        "verdict": standing.verdict,
        "by": standing.by,
        "at": standing.at.isoformat(),
    }


def explained(error: ValidationError) -> list[str]:
    """Say what is wrong with a body, without repeating it."""
    return [
        f"{'.'.join(str(part) for part in one['loc']) or 'body'}: {one['msg']}"
        for one in error.errors(include_url=False, include_input=False, include_context=False)
    ]


ROUTES = (
    web.get("/alerts", alerts_html),
    web.get("/alerts/{alert_id}", alerts_html),
    web.post("/alerts/{alert_id}/answer", answer_form),
    web.get("/api/v1/alerts", list_json),
    web.get("/api/v1/alerts/stream", alerts_stream),
    web.get("/api/v1/alerts/{alert_id}", one_json),
    web.post("/api/v1/alerts/{alert_id}/answer", answer_json),
)
