"""The HTTP interface: requests in, chDB in threads, ClickHouse's headers out."""

import asyncio
import logging
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import orjson
from aiohttp import web

from sinks.embedded.bodies import MAX_BYTES, compress, decompress
from sinks.embedded.engine import Answer, Engine
from sinks.embedded.guard import Statement
from sinks.embedded.refusals import ServerError
from sinks.embedded.request import Login, Parsed, User, authenticate, parse
from sinks.embedded.statements import split_insert

__all__ = ["make_application"]

logger = logging.getLogger(__name__)
Result = TypeVar("Result")

# Reads and writes have threads of their own, so that a row of inserts never delays the page.
READ_THREADS = 6
WRITE_THREADS = 4
TEXT_TYPES = {"JSON": "application/json", "JSONCompact": "application/json", "CSV": "text/csv"}


class Interface:
    """ClickHouse's HTTP interface over one engine."""

    def __init__(self, engine: Engine, login: Login) -> None:
        self.engine = engine
        self.login = login
        self.readers = ThreadPoolExecutor(READ_THREADS, "read")
        self.writers = ThreadPoolExecutor(WRITE_THREADS, "write")

    async def ping(self, _request: web.Request) -> web.Response:
        """Answer `/ping`, as ClickHouse does without a login."""
        return web.Response(text="Ok.\n")

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a query, whichever way it came."""
        query_id = request.query.get("query_id") or str(uuid.uuid4())
        headers = {
            "X-ClickHouse-Query-Id": query_id,
            "X-ClickHouse-Server-Display-Name": "tillwatch-embedded",
        }
        try:
            user = authenticate(self.login, request.headers, request.query)
            if request.method == "GET" and not request.query.get("query"):
                return web.Response(text="Ok.\n", headers=headers)
            query, body = await read_body(request)
            parsed = parse(user, request.headers, query)
            text = query.get("query", "").encode()
            encoding = request.headers.get("Content-Encoding", "")
            statement, answer = await self.run(user, parsed, text, body, encoding)
            output_format = statement.output_format or parsed.default_format
            headers |= answer_headers(answer, output_format)
            content = answer.body
            if parsed.compress:
                accepted = request.headers.get("Accept-Encoding", "")
                content, used = await self.threaded(self.readers, lambda: compress(answer.body, accepted))
                if used is not None:
                    headers["Content-Encoding"] = used
            return web.Response(body=content, headers=headers)
        except ServerError as error:
            logger.info("refused", extra={"query_id": query_id, "code": error.code})
            return error_response(error, headers)

    async def run(
        self, user: User, parsed: Parsed, query: bytes, body: bytes, encoding: str
    ) -> tuple[Statement, Answer]:
        """Split, check and run one statement."""
        if encoding:
            body = await self.threaded(self.writers, lambda: decompress(body, encoding))
        try:
            split = split_insert(query, body)
        except UnicodeDecodeError:
            raise ServerError(62, "SYNTAX_ERROR", "the statement is not UTF-8") from None
        if not split.statement.strip():
            raise ServerError(62, "SYNTAX_ERROR", "Empty query")
        check = lambda: self.engine.guard.check(split.statement, parsed.parameters)  # noqa: E731
        statement = await self.threaded(self.readers, check)
        if user.readonly and not statement.reads:
            raise ServerError(
                164, "READONLY", f"{user.name}: Cannot execute {statement.kind} in readonly mode"
            )
        if split.input_format is not None:
            return statement, await self.threaded(
                self.writers,
                lambda: self.engine.insert(
                    statement, split.data, split.input_format or "", database=parsed.database,
                    settings=parsed.settings, parameters=parsed.parameters,
                ),
            )  # fmt: skip
        return statement, await self.threaded(
            self.readers if statement.reads else self.writers,
            lambda: self.engine.execute(
                statement, database=parsed.database, settings=parsed.settings,
                parameters=parsed.parameters, default_format=parsed.default_format,
            ),
        )  # fmt: skip

    async def threaded(self, pool: ThreadPoolExecutor, work: Callable[[], Result]) -> Result:
        """Run blocking work in a pool."""
        return await asyncio.get_running_loop().run_in_executor(pool, work)


async def read_body(request: web.Request) -> tuple[dict[str, str], bytes]:
    """Return the parameters and the body; a form's fields are parameters, as clickhouse-connect sends."""
    query = dict(request.query)
    if request.content_type == "multipart/form-data":
        for name, value in (await request.post()).items():
            if not isinstance(value, str):
                raise ServerError(48, "NOT_IMPLEMENTED", "external data is not offered", status=501)
            query[name] = value
        return query, b""
    return query, await request.read()


def answer_headers(answer: Answer, output_format: str) -> dict[str, str]:
    """Build ClickHouse's headers of a success."""
    summary = {
        "read_rows": str(answer.read_rows),
        "read_bytes": str(answer.read_bytes),
        "written_rows": str(answer.written_rows),
        "written_bytes": str(answer.written_bytes),
        "total_rows_to_read": "0",
        "result_rows": "0",
        "result_bytes": str(len(answer.body)),
        "elapsed_ns": str(answer.elapsed_nanoseconds),
    }
    return {
        "Content-Type": f"{TEXT_TYPES.get(output_format, 'text/tab-separated-values')}; charset=UTF-8",
        "X-ClickHouse-Format": output_format,
        "X-ClickHouse-Timezone": "UTC",
        "X-ClickHouse-Summary": orjson.dumps(summary).decode(),
    }


def error_response(error: ServerError, headers: dict[str, str]) -> web.Response:
    """Answer with ClickHouse's code in the header and its sentence in the body."""
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="ClickHouse"'
    headers["X-ClickHouse-Exception-Code"] = str(error.code)
    return web.Response(status=error.status, text=f"{error}\n", headers=headers)


def make_application(engine: Engine, login: Login) -> web.Application:
    """Build the server's application."""
    interface = Interface(engine, login)
    # clickhouse-connect compresses bodies itself; aiohttp must hand them over as they came.
    application = web.Application(client_max_size=MAX_BYTES)
    application.router.add_get("/ping", interface.ping)
    application.router.add_route("*", "/", interface.handle)
    return application
