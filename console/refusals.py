"""What an address answers that leads nowhere or does not fit: a page for people, a problem for programs."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from console.errors import AddressUnfit
from console.language import _
from console.now import ClockFace
from console.problems import problem
from console.security import USER
from console.templating import TEMPLATES, page

__all__ = ["say_refused"]

NO_CLOCK = ClockFace("", "", simulated=False)
"""No picture is taken for a page that does not exist."""


@web.middleware
async def say_refused(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Say what is wrong with an address, and where to go instead; pages show what does not fit."""
    try:
        return await handler(request)
    except AddressUnfit as error:
        if not request.path.startswith("/api/"):
            raise
        return problem(400, str(error))
    except web.HTTPNotFound:
        if request.path.startswith("/api/"):
            return problem(404, _("There is no {path}; /docs lists what there is.", path=request.path))
        if USER not in request:
            raise
        return page(
            request.app[TEMPLATES],
            "not_found.html",
            status=404,
            path=request.path,
            user=request[USER],
            clock=NO_CLOCK,
            open_alerts="",
            tab="",
        )
