"""What analysts' rules caught and cost, for programs."""

import asyncio

import orjson
from aiohttp import web
from clickhouse_connect.driver.exceptions import ClickHouseError

from console.language import _
from console.problems import problem
from schemas.errors import Retry, Stop
from sinks.rules.ledger import ledger_of_days
from sinks.settings import ClickHouseSettings

__all__ = ["STORE", "rules_json"]

STORE = web.AppKey("STORE", ClickHouseSettings)

DEFAULT_DAYS = "30"
MOST_DAYS = 3_650


async def rules_json(request: web.Request) -> web.Response:
    """Answer what each rule did in the days before the newest payment: `GET /api/v1/rules?days=30`."""
    try:
        days = float(request.query.get("days", DEFAULT_DAYS))
    except ValueError:
        days = 0.0
    if not 0 < days <= MOST_DAYS:
        return problem(400, _("days must be a number above 0, at most {MOST_DAYS}", MOST_DAYS=MOST_DAYS))
    try:
        lines = await asyncio.to_thread(ledger_of_days, request.app[STORE], days)
    except (Stop, Retry, ClickHouseError) as error:
        return problem(503, str(error).splitlines()[0])
    return web.Response(body=orjson.dumps([line.record() for line in lines]), content_type="application/json")
