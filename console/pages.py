"""The pages: complete as they leave the server, a script only refreshes them."""

from aiohttp import web

from console.api import FEED, seen_by
from console.errors import AddressUnfit
from console.security import ROLE, USER
from console.selection import EVERYTHING, selection_of
from console.sparkline import HEIGHT, WIDTH
from console.templating import TEMPLATES, page

__all__ = ["healthz", "now_page"]


async def now_page(request: web.Request) -> web.Response:
    """Show the Now page; of everything where its address names a part that does not exist."""
    feed, chosen, refusal = request.app[FEED], selection_of(request.query), ""
    try:
        picture = await feed.fitting(chosen)
    except AddressUnfit as error:
        chosen, refusal = EVERYTHING, str(error)
        picture = await feed.current()
    picture = seen_by(request[ROLE], picture)
    return page(
        request.app[TEMPLATES],
        "now.html",
        status=400 if refusal else 200,
        refusal=refusal,
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
