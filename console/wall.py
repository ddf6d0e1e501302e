"""The wall: the Now page for a screen that nobody touches, opened by a link of its own.

A link never logs out and shows nothing but the wall. It is revoked by taking it out of the setting.
"""

import hashlib
import secrets

import orjson
from aiohttp import web

from console.api import FEED, push_pictures
from console.errors import AddressUnfit
from console.feed import Picture
from console.language import _
from console.selection import selection_of
from console.sparkline import HEIGHT, WIDTH
from console.templating import TEMPLATES, page
from producers.api_keys import ApiKeys

__all__ = ["ROUTES", "WALLS"]

WALLS = web.AppKey("WALLS", ApiKeys)

BUILD = secrets.token_hex(4)
"""Differs from start to start: a wall that reads another one than its page has loads that page anew."""
SALT = secrets.token_bytes(16)
"""Of the marks that stand for alerts: an id is made of what an alert is about."""

SHOWN = ("taken_at", "state", "clock", "status", "open_alerts", "rail", "revenue", "day", "tiles")
ON_A_SQUARE = ("store_id", "level", "icon")
IN_A_ROW = ("level", "icon", "word", "fresh", "sentence", "money", "place", "age")
"""Of an alert: all but where it leads."""


def mark(alert_id: str) -> str:
    """Write what tells one alert from another on a wall, and nothing else about it."""
    return hashlib.blake2b(alert_id.encode(), key=SALT, digest_size=6).hexdigest()


def wall_picture(picture: Picture) -> bytes:
    """Write what a wall shows: no single payment, no way on, and of people's ids the end alone.

    Cost: .1 ms a picture and wall.
    """
    now = orjson.loads(picture.of_nobody.json)
    shown = {name: now[name] for name in SHOWN} | {"notes": now["notes"], "build": BUILD}
    shown["status"]["address"] = ""
    shown["rail"]["alerts"] = [
        {"alert_id": mark(alert["alert_id"]), **{name: alert[name] for name in IN_A_ROW}}
        for alert in shown["rail"]["alerts"]
    ]
    shown["rail"]["urgent"] = [mark(alert_id) for alert_id in shown["rail"]["urgent"]]
    shown["store_wall"] = [
        group | {"squares": [{name: square[name] for name in ON_A_SQUARE} for square in group["squares"]]}
        for group in now["store_wall"]
    ]
    shown["day"]["flags"] = []  # each leads to its alert
    shown["day"]["told"] = []  # their words are for a pointer
    return orjson.dumps(shown)


def wall_event(picture: Picture) -> bytes:
    """Write it as a server-sent event."""
    return b"event: now\nid: %d\ndata: %b\n\n" % (picture.number, wall_picture(picture))


def known(request: web.Request) -> bool:
    """Say whether the link is one of those that were made."""
    return request.app[WALLS].source_of(f"Bearer {request.match_info['link']}") is not None


async def wall_page(request: web.Request) -> web.Response:
    """Show the wall: `GET /wall/LINK?region=&store=&channel=`."""
    if not known(request):
        return page(request.app[TEMPLATES], "wall_gone.html", status=404, unfit="")
    try:
        picture = await request.app[FEED].fitting(selection_of(request.query))
    except AddressUnfit as error:
        return page(request.app[TEMPLATES], "wall_gone.html", status=404, unfit=str(error))
    return page(
        request.app[TEMPLATES],
        "wall.html",
        now=orjson.loads(wall_picture(picture)),
        spark_width=WIDTH,
        spark_height=HEIGHT,
    )


async def wall_stream(request: web.Request) -> web.StreamResponse:
    """Push what the wall shows once a second, until the link is revoked."""
    if not known(request):
        return web.Response(status=404, text=_("This link is not known here.\n"))
    try:
        await request.app[FEED].fitting(selection_of(request.query))
    except AddressUnfit as error:
        return web.Response(status=404, text=str(error))
    return await push_pictures(request, wall_event, lambda: True)


ROUTES = (web.get("/wall/{link}", wall_page), web.get("/wall/{link}/stream", wall_stream))
