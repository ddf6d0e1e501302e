"""The pages: complete as they leave the server, a script only refreshes them."""

from aiohttp import web

from console.api import FEED, seen_by
from console.security import ROLE, USER
from console.selection import selection_of
from console.sparkline import HEIGHT, WIDTH
from console.templating import TEMPLATES, page

__all__ = ["healthz", "now_page"]


async def now_page(request: web.Request) -> web.Response:
    """Show the Now page."""
    chosen = selection_of(request.query)
    picture = seen_by(request[ROLE], await request.app[FEED].current(chosen))
    return page(
        request.app[TEMPLATES],
        "now.html",
        now=picture.now,
        choices=picture.choices,
        query="" if chosen.everything else f"?{chosen.query_string()}",
        user=request[USER],
        spark_width=WIDTH,
        spark_height=HEIGHT,
    )


async def healthz(_request: web.Request) -> web.Response:
    """Say that the page answers; the store may still be away."""
    return web.Response(text="ok\n")
