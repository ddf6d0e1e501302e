"""The figures of the page for programs, and the stream that keeps the page alive."""

import asyncio
import contextlib
from collections.abc import Callable

import orjson
from aiohttp import web

from console.feed import Feed, Picture
from console.language import _
from console.origins import ORIGINS, origin, origin_csv
from console.problems import problem
from console.security import ROLE, may_still_look
from console.selection import selection_of

__all__ = ["FEED", "figure_csv", "figure_json", "now_json", "now_stream", "push_pictures", "seen_by"]

FEED = web.AppKey("FEED", Feed)

WRITE_SECONDS = 10.0
"""A viewer who takes nothing for so long is gone, whatever TCP says."""


def seen_by(role: str, picture: Picture) -> Picture:
    """Give the picture as a role may see it."""
    return picture.of_nobody if role == "viewer" else picture


async def pictured(request: web.Request) -> Picture:
    """Take the picture that an address asks for; raises as `Feed.fitting`."""
    return await request.app[FEED].fitting(selection_of(request.query))


async def now_json(request: web.Request) -> web.Response:
    """Answer the page's figures: `GET /api/v1/now?region=&store=&channel=`."""
    picture = await pictured(request)
    response = web.Response(body=seen_by(request[ROLE], picture).json, content_type="application/json")
    response.enable_compression()
    return response


async def figure_json(request: web.Request) -> web.Response:
    """Say where a figure of Now comes from: `GET /api/v1/now/figures/NAME?region=&store=&channel=`."""
    name = request.match_info["name"]
    if name not in ORIGINS:
        return no_figure(name)
    picture = await pictured(request)
    return web.Response(body=orjson.dumps(origin(name, picture.asked)), content_type="application/json")


async def figure_csv(request: web.Request) -> web.Response:
    """Answer the rows that a figure of Now is made of: `GET /api/v1/now/figures/NAME.csv`."""
    name = request.match_info["name"]
    if name not in ORIGINS:
        return no_figure(name)
    picture = await pictured(request)
    headers = {"Content-Disposition": f'attachment; filename="now-{name}.csv"'}
    text = origin_csv(name, picture.rows)
    return web.Response(text=text, content_type="text/csv", charset="utf-8", headers=headers)


def no_figure(name: str) -> web.Response:
    """Refuse a name, and say which there are."""
    return problem(
        404, _("There is no figure {name}; there are {names}.", name=name, names=", ".join(ORIGINS))
    )


async def now_stream(request: web.Request) -> web.StreamResponse:
    """Push the page's figures once a second: `GET /api/v1/now/stream`, server-sent events.

    The same parameters as for `now_json` say which part of the business is looked at.
    """
    await pictured(request)
    return await push_pictures(
        request, lambda picture: seen_by(request[ROLE], picture).event, lambda: may_still_look(request)
    )


async def push_pictures(
    request: web.Request, event_of: Callable[[Picture], bytes], may_look: Callable[[], bool]
) -> web.StreamResponse:
    """Push pictures of the selection that the address names.

    Parameters
    ----------
    request
        Whose connection it is.
    event_of
        Writes a picture as a server-sent event.
    may_look
        Asked before each picture; the stream ends where it says no.

    """
    feed, chosen = request.app[FEED], selection_of(request.query)
    if not feed.has_room(chosen):
        return problem(503, _("Too many viewers, or too many different selections; try again later."))
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    await response.prepare(request)
    with contextlib.suppress(ConnectionError, TimeoutError):
        await response.write(b"retry: 2000\n\n")
        async with contextlib.aclosing(feed.follow(chosen)) as pictures:
            async for picture in pictures:
                if not may_look():
                    await response.write(b"event: logged-out\ndata:\n\n")
                    break
                async with asyncio.timeout(WRITE_SECONDS):
                    await response.write(event_of(picture))
    return response
