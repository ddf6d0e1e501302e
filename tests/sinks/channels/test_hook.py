"""One attempt at a real server that does not behave."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiohttp import web

from sinks.channels.address import HookAddress, hook_address
from sinks.channels.backoff import retry_after
from sinks.channels.hook import Hook, Outcome
from tillwatch.stack.ports import free_port

SECRET = b"0123456789abcdef"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def receiver(answer: Answer) -> AsyncIterator[str]:
    """Serve one handler on every path; give the address."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/in/s3cret"
    finally:
        await runner.cleanup()


async def posted(
    address: HookAddress, *, timeout_seconds: float = 5.0, allow_private: bool = True
) -> Outcome:
    async with Hook(
        address, secret=SECRET, timeout_seconds=timeout_seconds, allow_private=allow_private
    ) as hook:
        return await hook.post(b'{"alert_id": "a"}', "alerts")


async def answered(answer: Answer, *, timeout_seconds: float = 5.0) -> Outcome:
    async with receiver(answer) as url:
        return await posted(hook_address(url, allow_http=False), timeout_seconds=timeout_seconds)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, "delivered"), (202, "delivered"), (204, "delivered"), (400, "refused"), (401, "refused"),
        (404, "refused"), (410, "refused"), (408, "later"), (425, "later"), (429, "later"), (500, "later"),
        (502, "later"), (503, "later"), (599, "later"), (304, "later"),
    ],
)  # fmt: skip
async def test_the_status_says_what_to_do(status: int, kind: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status)

    assert (await answered(answer)).kind == kind


async def test_a_redirect_is_not_followed() -> None:
    """It would carry the alert and its signature to an address that nobody chose, or go round for ever."""
    seen: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request.path)
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    outcome = await answered(answer)
    assert outcome.kind == "later"
    assert "answered 307, a redirect" in outcome.reason
    assert seen == ["/in/s3cret"]


async def test_a_receiver_that_hangs_is_left() -> None:
    async def answer(_: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    assert await answered(answer, timeout_seconds=0.2) == Outcome("later", "no answer within 0.2 s")


async def test_an_endless_body_is_not_read() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65_536)

    assert await answered(answer) == Outcome("delivered")


async def test_a_connection_that_breaks_is_tried_again() -> None:
    async def answer(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    assert (await answered(answer)).reason in (
        "no answer: ServerDisconnectedError",
        "no answer: ClientOSError",
    )


async def test_an_answer_that_is_no_http_is_tried_again() -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"what?\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    outcome = await posted(hook_address(url, allow_http=False))
    assert (outcome.kind, outcome.reason.split(":")[0]) == ("later", "no answer")
    server.close()


@pytest.mark.parametrize(
    ("url", "allow_private", "reason"),
    [
        ("https://nowhere.invalid/s3cret", True, "its name cannot be resolved"),
        (f"https://127.0.0.1:{free_port()}/s3cret", True, "no connection"),
    ],
    ids=["no name", "no server"],
)
async def test_nobody_there_is_tried_again(url: str, allow_private: bool, reason: str) -> None:
    outcome = await posted(hook_address(url, allow_http=False), allow_private=allow_private)
    assert outcome.kind == "later"
    assert outcome.reason.startswith(reason)
    assert "s3cret" not in outcome.reason


async def test_a_public_name_that_leads_inside_is_not_connected() -> None:
    """`localhost` stands in for a stranger's name here: it resolves to loopback."""
    address = HookAddress(f"http://localhost:{free_port()}/", "http://localhost", loopback=False)
    outcome = await posted(address, allow_private=False)
    assert outcome.reason.endswith("resolves to a private address; --allow-private permits that")


async def test_retry_after_is_honoured_as_seconds_and_as_date() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=503, headers={"Retry-After": "17"})

    assert (await answered(answer)).wait_seconds == 17.0
    now = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)
    wanted = {
        "Sun, 22 Nov 2026 13:01:00 GMT": 60.0, "Sun, 22 Nov 2026 12:01:00 GMT": 0.0, "soon": 0.0, "-5": 0.0,
        "9" * 400: 3_600.0, "": 0.0, "Fri, 99 Xyz 0000 99:99:99 GMT": 0.0,
    }  # fmt: skip
    assert {text: retry_after(text, now=now) for text in wanted} == wanted
    assert retry_after(None, now=now) == 0.0
