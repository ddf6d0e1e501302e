"""What every answer and every request must fulfil before a page is touched."""

import re
import time
from collections.abc import Awaitable, Callable
from typing import Literal
from urllib.parse import urlsplit

from aiohttp import web

from console.language import _
from console.problems import problem
from console.sessions import COOKIE, Sessions
from producers.api_keys import ApiKeys

__all__ = [
    "ROLE",
    "SESSIONS",
    "TOKENS",
    "USER",
    "VIEWER",
    "Role",
    "add_headers",
    "may_still_look",
    "require_session",
    "same_origin_only",
]

SESSIONS = web.AppKey("SESSIONS", Sessions)
USER = web.RequestKey("USER", str)
VIEWER = web.AppKey("VIEWER", str)
TOKENS = web.AppKey("TOKENS", ApiKeys)
Role = Literal["operator", "viewer"]
ROLE = web.RequestKey("ROLE", str)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

PUBLIC_PATHS = frozenset({"/login", "/healthz"})
LEAVING = frozenset({"/login", "/logout"})
UNMASKING = re.compile(r"/alerts/[^/]+/unmask")
"""It changes nothing but what is known of who looked; it decides by itself whether the role may."""
HEADERS = {
    # Everything comes from this server, and nothing is inline; so text that came in with a payment can
    # never become script, and the page works in a network without a way out.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: that would turn the Origin of our own login form into "null".
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Server": "tillwatch",
}


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add the security headers to an answer of any kind, errors and streams too."""
    response.headers.update(HEADERS)
    if not request.path.startswith("/static/"):
        response.headers["Cache-Control"] = "no-store"


@web.middleware
async def same_origin_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse requests that change something and come from a page of somebody else."""
    if request.method not in ("GET", "HEAD"):
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            return problem(403, _("Another site's page may not send this request."))
    return await handler(request)


@web.middleware
async def require_session(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let only those who are logged in past the login page, and programs with a token read the API.

    Who only looks changes nothing; a token is like that, and opens no page.
    """
    user, role = who(request)
    if user is not None:
        request[USER], request[ROLE] = user, role
        harmless = request.path in LEAVING or UNMASKING.fullmatch(request.path)
        if role == "viewer" and request.method not in ("GET", "HEAD") and not harmless:
            return problem(403, _("Your role only looks."))
    elif request.path.startswith("/api/"):
        return problem(401, _("Log in at /login first, or send a token: Authorization: Bearer …"))
    elif request.path not in PUBLIC_PATHS and not request.path.startswith(("/static/", "/wall/")):
        raise web.HTTPSeeOther("/login")
    return await handler(request)


def may_still_look(request: web.Request) -> bool:
    """Whether who asked for a stream would still be let in: a session ends, a token of a program does not."""
    return who(request)[0] is not None


def who(request: web.Request) -> tuple[str | None, Role]:
    """Name who asks, and the role."""
    user = request.app[SESSIONS].user_of(request.cookies.get(COOKIE), time.time())
    if user is not None:
        return user, "viewer" if user == request.app[VIEWER] else "operator"
    if request.path.startswith("/api/"):
        return request.app[TOKENS].source_of(request.headers.get("Authorization")), "viewer"
    return None, "viewer"
