"""Sheets over HTTP: page, JSON, stream and CSV, from one declaration."""

import asyncio
import contextlib
from http import HTTPStatus

from aiohttp import web

from console.errors import AddressUnfit
from console.language import N_, _
from console.login import SETTINGS
from console.problems import problem
from console.security import ROLE, USER, may_still_look
from console.sheets.feed import SheetFeed, Taken
from console.sheets.registry import SHEETS
from console.sheets.sheet import Asked, Sheet, read_asked
from console.sheets.span import COMPARISONS, LENGTHS
from console.sheets.table_csv import table_csv
from console.templating import TEMPLATES, page

__all__ = ["FEEDS", "ROUTES"]

FEEDS = web.AppKey("FEEDS", dict[str, SheetFeed])
API = "/api/v1"
HIDDEN = N_("Your role does not see single people.")
WRITE_SECONDS = 10.0
"""A viewer who takes nothing for so long is gone, whatever TCP says."""


def asked_of(sheet: Sheet, request: web.Request) -> Asked:
    """Read what a request asks."""
    return read_asked(
        sheet,
        request.query,
        zone=request.app[SETTINGS].zone,
        subject=request.match_info.get("subject", ""),
        masked=request[ROLE] == "viewer",
    )


def hidden(sheet: Sheet, request: web.Request) -> bool:
    """Whether a sheet is about single people and who asks may not see them."""
    return sheet.personal and request[ROLE] == "viewer"


class SheetViews:
    """The four answers about one sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    async def html(self, request: web.Request) -> web.Response:
        """Show the page, with what was wrong with its address and then as it usually is."""
        feed, sheet, refusal = request.app[FEEDS][self.sheet.name], self.sheet, ""
        if hidden(sheet, request):
            raise web.HTTPForbidden(text=_(HIDDEN))
        try:
            asked = asked_of(sheet, request)
            taken = await feed.fitting(asked)
        except AddressUnfit as error:
            refusal = str(error)
            asked = Asked(
                sheet.lengths[0] if sheet.lengths else "today",
                comparison="week" if sheet.compares else "none",
                filters=tuple((one.name, "") for one in sheet.filters),
                subject=request.match_info.get("subject", "")[:80],
                masked=request[ROLE] == "viewer",
            )
            taken = await feed.current(asked)
        status = HTTPStatus.NOT_FOUND if taken.picture.missing else HTTPStatus.OK
        return page(
            request.app[TEMPLATES],
            "sheet.html",
            status=HTTPStatus.BAD_REQUEST if refusal else status,
            sheet=sheet,
            asked=asked,
            it=taken.picture,
            choices=taken.choices,
            refusal=refusal,
            lengths=LENGTHS,
            comparisons=COMPARISONS,
            query=sheet.query_string(asked),
            api=sheet.address(asked, API),
            user=request[USER],
            tab=sheet.name,
            clock=taken.picture.clock,
            open_alerts=taken.picture.open_alerts,
        )

    async def json(self, request: web.Request) -> web.Response:
        """Answer the picture."""
        taken = await self._taken(request)
        if isinstance(taken, web.Response):
            return taken
        response = web.Response(body=taken.json, content_type="application/json")
        response.enable_compression()
        return response

    async def csv(self, request: web.Request) -> web.Response:
        """Answer one table."""
        taken = await self._taken(request)
        if isinstance(taken, web.Response):
            return taken
        name = request.match_info["table"]
        table = taken.picture.tables.get(name)
        if table is None:
            return problem(
                404,
                _(
                    "{name} has the tables {tables}.",
                    name=self.sheet.name,
                    tables=", ".join(taken.picture.tables),
                ),
            )
        headers = {"Content-Disposition": f'attachment; filename="{self.sheet.name}-{name}.csv"'}
        return web.Response(text=table_csv(table), content_type="text/csv", charset="utf-8", headers=headers)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Push the picture once a second, as server-sent events."""
        feed = request.app[FEEDS][self.sheet.name]
        if hidden(self.sheet, request):
            return problem(403, _(HIDDEN))
        asked = asked_of(self.sheet, request)
        await feed.fitting(asked)
        if not feed.has_room(asked):
            return problem(503, _("Too many viewers, or too many different selections; try again later."))
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
        )
        feed.watched[asked] += 1
        try:
            with contextlib.suppress(ConnectionError, TimeoutError):
                await response.prepare(request)  # whoever asked may have left while the picture was taken
                await response.write(b"retry: 2000\n\n")
                while True:
                    if not may_still_look(request):
                        await response.write(b"event: logged-out\ndata:\n\n")
                        break
                    async with asyncio.timeout(WRITE_SECONDS):
                        await response.write((await feed.current(asked)).event)
                    if not await feed.tick():
                        break
        finally:
            feed.watched[asked] -= 1
            if not feed.watched[asked]:
                del feed.watched[asked]
        return response

    async def _taken(self, request: web.Request) -> Taken | web.Response:
        """Take the picture that a program asks for, or say why there is none."""
        if hidden(self.sheet, request):
            return problem(403, _(HIDDEN))
        taken = await request.app[FEEDS][self.sheet.name].fitting(asked_of(self.sheet, request))
        if taken.picture.missing:
            return problem(404, taken.picture.missing)
        if taken.picture.state == "waiting" and taken.picture.status is not None:
            return problem(503, taken.picture.status.sentence)
        return taken


def routes_of(sheet: Sheet) -> list[web.RouteDef]:
    """List the routes of one sheet."""
    views = SheetViews(sheet)
    return [
        web.get(sheet.path, views.html),
        web.get(f"{API}{sheet.path}", views.json),
        web.get(f"{API}{sheet.path}/stream", views.stream),
        web.get(f"{API}{sheet.path}/tables/{{table}}.csv", views.csv),
    ]


ROUTES = tuple(route for sheet in SHEETS for route in routes_of(sheet))
