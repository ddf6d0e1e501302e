"""What to look at today, over HTTP."""

from datetime import UTC
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

import orjson
from aiohttp import web
from clickhouse_connect.driver.exceptions import ClickHouseError

from console.alerts.views import ALERTS, PUBLISHER, look
from console.language import N_, _, ngettext
from console.login import SETTINGS
from console.problems import problem
from console.review.answering import (
    VERDICTS_OF_PEOPLE,
    ReviewVerdict,
    publish_answer,
    publish_withdrawal,
)
from console.review.masking import nobodys_list, nobodys_page
from console.review.page import review_page
from console.review.reviews import REVIEWS
from console.security import ROLE, USER
from console.templating import TEMPLATES, page
from producers.errors import NotDelivered
from schemas.errors import Retry, Stop

__all__ = ["ROUTES"]

SILENT = (Stop, Retry, ClickHouseError)
UNKNOWN = N_("Nothing of this is on the list any more: somebody else answered it, or it is older than a day.")
TAKEN_BACK = N_("This answer does not stand any more: it was taken back, or another one came after it.")


async def review_json(request: web.Request) -> web.Response:
    """Answer what to look at: `GET /api/v1/review`."""
    try:
        found = await request.app[REVIEWS].current()
    except SILENT as error:
        return problem(503, str(error).splitlines()[0])
    if request[ROLE] == "viewer":
        found = nobodys_list(found)
    reviews = [
        one._asdict() | {"payments": [paid._asdict() for paid in one.payments]} for one in found.reviews
    ]
    return web.Response(
        body=orjson.dumps(found._asdict() | {"reviews": reviews}), content_type="application/json"
    )


async def review_html(request: web.Request) -> web.Response:
    """Show the page: `GET /review`."""
    return await shown(request)


async def shown(request: web.Request, *, refusal: str = "", status: int = 200) -> web.Response:
    """Render the page, with why an answer was not taken."""
    picture, _same = await look(request, None)
    settings, trouble, view = request.app[SETTINGS], "", None
    try:
        found = await request.app[REVIEWS].current()
    except SILENT as error:
        trouble = _("The list cannot be made: {why}", why=str(error).splitlines()[0])
        status = HTTPStatus.SERVICE_UNAVAILABLE if status == HTTPStatus.OK else status
    else:
        names = (await request.app[ALERTS].current()).store_names
        view = review_page(
            found,
            request.app[REVIEWS].given(),
            done=request.query.get("done", ""),
            zone=settings.zone,
            currency=settings.reporting_currency,
            names=names,
        )
        if request[ROLE] == "viewer":
            view = nobodys_page(view)
    return page(
        request.app[TEMPLATES],
        "review.html",
        status=status,
        view=view,
        trouble=trouble,
        refusal=refusal,
        undone=request.query.get("undone", ""),
        user=request[USER],
        tab="review",
        clock=picture.clock,
        open_alerts=picture.open_alerts,
    )


async def answer_form(request: web.Request) -> web.Response:
    """Take an answer about chosen payments of the list: `POST /review`."""
    form = await request.post()
    verdict = read_verdict(str(form.get("verdict", "")))
    try:
        wanted = [UUID(str(one)) for one in form.getall("event_id", [])]
    except ValueError:
        wanted = []
    if verdict is None or not wanted:
        return await shown(request, refusal=_("Choose payments, and say what they are."), status=422)
    reviews = request.app[REVIEWS]
    try:
        payments = await reviews.payments(wanted)
    except SILENT as error:
        return await shown(request, refusal=str(error).splitlines()[0], status=503)
    if not payments:
        return await shown(request, refusal=_(UNKNOWN), status=409)
    at = request.app[ALERTS].now().astimezone(UTC)
    try:
        given = await publish_answer(request.app[PUBLISHER], payments, verdict, by=request[USER], at=at)
    except (NotDelivered, TimeoutError):
        return await shown(request, refusal=no_kafka(request, _("answer")), status=503)
    reviews.answered(given)
    raise web.HTTPSeeOther("/review?" + urlencode({"done": given.key}))


async def undo_form(request: web.Request) -> web.Response:
    """Take an answer back: `POST /review/undo`."""
    key = str((await request.post()).get("key", ""))
    reviews = request.app[REVIEWS]
    try:
        await reviews.current()
    except SILENT as error:
        return await shown(request, refusal=str(error).splitlines()[0], status=503)
    given = next((one for one in reviews.given() if one.key == key), None)
    if given is None:
        return await shown(request, refusal=_(TAKEN_BACK), status=409)
    at = request.app[ALERTS].now().astimezone(UTC)
    try:
        await publish_withdrawal(request.app[PUBLISHER], given, by=request[USER], at=at)
    except (NotDelivered, TimeoutError):
        return await shown(request, refusal=no_kafka(request, _("withdrawal")), status=503)
    reviews.taken_back(given)
    raise web.HTTPSeeOther(
        "/review?"
        + urlencode({"undone": ngettext("{number} payment", "{number} payments", len(given.payments))})
    )


def no_kafka(request: web.Request, what: str) -> str:
    """Say that what was sent may not have arrived."""
    servers = request.app[PUBLISHER].bootstrap_servers
    return _(
        "Kafka at {servers} did not acknowledge the {what}. Give it again: twice changes nothing.",
        servers=servers,
        what=what,
    )


def read_verdict(text: str) -> ReviewVerdict | None:
    """Read a verdict; None for what is none."""
    return next((one for one in VERDICTS_OF_PEOPLE if one == text), None)


ROUTES = (
    web.get("/review", review_html),
    web.post("/review", answer_form),
    web.post("/review/undo", undo_form),
    web.get("/api/v1/review", review_json),
)
