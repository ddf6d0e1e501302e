"""Logging in and out."""

import asyncio
import hashlib
import hmac
import math
import time

from aiohttp import web

from console.language import _
from console.login_limit import LoginLimit
from console.security import SESSIONS, USER
from console.sessions import COOKIE
from console.settings import ConsoleSettings
from console.templating import TEMPLATES, page

__all__ = ["LOGIN_LIMIT", "SETTINGS", "log_in", "log_out", "login_form"]

SETTINGS = web.AppKey("SETTINGS", ConsoleSettings)
LOGIN_LIMIT = web.AppKey("LOGIN_LIMIT", LoginLimit)

FAILURE_SECONDS = 0.4
"""A wrong password is answered this late: unnoticed by people, a brake for programs."""


async def login_form(request: web.Request) -> web.Response:
    """Show the form, or the page itself to those who are logged in."""
    if USER in request:
        raise web.HTTPSeeOther("/")
    return page(request.app[TEMPLATES], "login.html", error=None)


async def log_in(request: web.Request) -> web.Response:
    """Check user and password and set the session cookie."""
    settings, limit, address = request.app[SETTINGS], request.app[LOGIN_LIMIT], request.remote or "unknown"
    wait = limit.wait_seconds(address, time.monotonic())
    if wait > 0:
        return refusal(
            request, 429, _("Too many tries. Wait {seconds} s.", seconds=math.ceil(wait)), retry_after=wait
        )
    form = await request.post()
    user = user_of(settings, str(form.get("user", "")), str(form.get("password", "")))
    if user is None:
        limit.failed(address, time.monotonic())
        await asyncio.sleep(FAILURE_SECONDS)
        return refusal(request, 401, _("User or password is wrong."))
    response = web.HTTPSeeOther("/")
    response.set_cookie(
        COOKIE,
        request.app[SESSIONS].issue(user, time.time()),
        httponly=True,
        samesite="Strict",
        secure=settings.secure_cookie,
        max_age=int(settings.session_hours * 3600),
        path="/",
    )
    raise response


async def log_out(_request: web.Request) -> web.Response:
    """Forget the session cookie."""
    response = web.HTTPSeeOther("/login")
    response.del_cookie(COOKIE, path="/", httponly=True, samesite="Strict")
    raise response


def user_of(settings: ConsoleSettings, name: str, password: str) -> str | None:
    """Name the user who logs in; None if name or password is wrong. All are always compared."""
    viewing = settings.viewer_password
    accounts = [(settings.user, settings.password.get_secret_value())]
    if viewing is not None:
        accounts.append((settings.viewer, viewing.get_secret_value()))
    found = None
    for user, expected in accounts:
        if same(name, user) & same(password, expected):  # no short circuit
            found = user
    return found


def same(given: str, expected: str) -> bool:
    """Compare without telling by the time it takes how much was right, nor how long it is."""
    return hmac.compare_digest(
        hashlib.sha256(given.encode()).digest(), hashlib.sha256(expected.encode()).digest()
    )


def refusal(request: web.Request, status: int, error: str, *, retry_after: float = 0) -> web.Response:
    """Show the form again with what went wrong."""
    response = page(request.app[TEMPLATES], "login.html", error=error, status=status)
    if retry_after:
        response.headers["Retry-After"] = str(math.ceil(retry_after))
    return response
