"""Pre-flight: what rules that are not published would have done to payments of the past."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from aiohttp import web
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from console.alerts.views import explained, look
from console.language import N_, _
from console.login import SETTINGS
from console.problems import problem
from console.rules import STORE
from console.security import USER
from console.sheets.blocks import Column, Table, row
from console.templating import TEMPLATES, page
from console.wording import UNKNOWN, count, money, percent
from detectors.rules.preflight import Preflight, RuleCount
from producers.rule_file import read_rules
from schemas.errors import Retry, Stop
from schemas.rule_set import Rule
from sinks.connection import connect
from sinks.rules.history import CHUNK, history, stored_lists
from sinks.rules.ledger import newest_payment
from sinks.settings import ClickHouseSettings

__all__ = ["ROUTES", "CheckRequest"]

MOST_SECONDS = 20.0
"""Somebody sits in front of the button: what was looked at by then is the answer. Chosen, not tuned."""
MATURITY_DAYS = 7
"""A younger payment's label is not used, as in `tillwatch rules check`."""
MOST_DAYS = 28
EXAMPLE = """rules:
  - name: dear-and-foreign
    when: amount_minor > 50000 AND bin_country <> 'DE'
    action: review
    severity: soon
    owner: dana
    why: dear payments with cards from abroad
"""
COLUMNS = (
    Column("rule", N_("Rule")),
    Column("action", N_("Would")),
    Column("hits", N_("Hits a day"), "number"),
    Column("new", N_("New a day"), "number"),
    Column("labelled", N_("With a verdict"), "number"),
    Column("precision", N_("Precision"), "number"),
    Column("caught", N_("Caught"), "number"),
    Column("bothered", N_("Customers bothered"), "number"),
    Column("unrun", N_("Not run on"), "number"),
)
BUSY = asyncio.Lock()
"""One at a time: each reads many payments."""


class CheckRequest(BaseModel):
    """The body of a pre-flight: a file of rules as text, and how many days back."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rules: str = Field(min_length=1, max_length=16_000)
    days: int = Field(default=1, ge=1, le=MOST_DAYS)


@dataclass(frozen=True)
class Checked:
    """What was found: counts per rule over payments from `since` on, which the time may have cut."""

    counts: Sequence[RuleCount]
    payments: int
    unreadable: int
    since: datetime
    until: datetime

    @property
    def days(self) -> float:
        """How far back was looked."""
        return (self.until - self.since) / timedelta(days=1)


def check(store: ClickHouseSettings, rules: Sequence[Rule], days: int) -> Checked:
    """Ask rules about the payments of so many days, the newest first, for at most 20 seconds.

    Raises
    ------
    Stop, Retry, ClickHouseError
        The store refuses, does not answer, or holds no scored payment.

    """
    client = connect(store)
    try:
        return flown(client, rules, days)
    finally:
        client.close()


def flown(client: Client, rules: Sequence[Rule], days: int) -> Checked:
    """Go back in time piece by piece."""
    newest, deadline = newest_payment(client), time.monotonic() + MOST_SECONDS
    flight, unreadable = Preflight(rules, stored_lists(client)), 0
    until = since = newest + timedelta(milliseconds=1)
    first, matured = until - timedelta(days=days), newest - timedelta(days=MATURITY_DAYS)
    while since > first and time.monotonic() < deadline:
        begin = max(first, since - CHUNK)
        for part in history(client, begin, since, flight.columns, matured=matured):
            flight.add(part.payments, part.outcomes)
            unreadable += part.unreadable
        since = begin
    return Checked(flight.counts, flight.payments, unreadable, since, until)


def table(found: Checked, currency: str) -> Table:
    """Write the counts."""
    days = found.days or 1

    def per_day(number: int) -> tuple[float, str]:
        return round(number / days, 2), f"{number / days:,.1f}"

    return Table(
        _("Would have"),
        COLUMNS,
        tuple(
            row(
                one.rule.name,
                COLUMNS,
                one.rule.name,
                one.rule.action,
                per_day(one.hits),
                per_day(one.new),
                (one.frauds + one.genuine, count(one.frauds + one.genuine)),
                (
                    one.precision.value if one.precision else None,
                    percent(one.precision.value, 0) if one.precision else UNKNOWN,
                ),
                (one.caught_minor, money(one.caught_minor, currency)),
                (len(one.bothered), count(len(one.bothered))),
                (one.unrun, count(one.unrun) if one.unrun else ""),
                level="soon" if one.unrun else "",
            )
            for one in found.counts
        ),
        _("The file holds no rule."),
    )


def summary(found: Checked, asked_days: int) -> str:
    """Say what the counts are of."""
    said = _(
        "{payments} payments of {days} days up to {until} UTC.",
        payments=count(found.payments),
        days=f"{found.days:.3g}",
        until=f"{found.until:%Y-%m-%d %H:%M}",
    )
    if found.days < asked_days - 0.01:
        said += _(" Time was up before all {asked_days} days were read.", asked_days=asked_days)
    if found.unreadable:
        said += _(
            " {unreadable} more have features of another feature set and were left out.",
            unreadable=count(found.unreadable),
        )
    return said


async def check_json(request: web.Request) -> web.Response:
    """Answer a pre-flight: `POST /api/v1/rules-and-lists/check`."""
    if request.content_type != "application/json":
        return problem(415, _("Send the header `Content-Type: application/json`."))
    try:
        wanted = CheckRequest.model_validate_json(await request.read())
        rules = read_rules(wanted.rules)
    except ValidationError as error:
        return problem(422, "; ".join(explained(error)))
    except Stop as error:
        return problem(422, str(error))
    try:
        async with BUSY:
            found = await asyncio.to_thread(check, request.app[STORE], rules, wanted.days)
    except (Stop, Retry, ClickHouseError) as error:
        return problem(503, str(error).splitlines()[0])
    written = table(found, request.app[SETTINGS].reporting_currency)
    body = {"says": summary(found, wanted.days), "payments": found.payments, "table": written}
    return web.Response(body=orjson.dumps(body), content_type="application/json")


async def check_form(request: web.Request) -> web.Response:
    """Show the form: `GET /rules-and-lists/check`."""
    return await shown(request, EXAMPLE, 1)


async def check_page(request: web.Request) -> web.Response:
    """Show what the rules of the form would have done: `POST /rules-and-lists/check`."""
    form = await request.post()
    text = str(form.get("rules", "")).replace("\r\n", "\n")
    try:
        wanted = CheckRequest.model_validate({"rules": text, "days": form.get("days", "1")})
        rules = read_rules(wanted.rules)
    except ValidationError as error:
        return await shown(request, text, 1, refusal="; ".join(explained(error)), status=422)
    except Stop as error:
        return await shown(request, text, 1, refusal=str(error), status=422)
    try:
        async with BUSY:
            found = await asyncio.to_thread(check, request.app[STORE], rules, wanted.days)
    except (Stop, Retry, ClickHouseError) as error:
        return await shown(request, text, wanted.days, refusal=str(error).splitlines()[0], status=503)
    return await shown(request, text, wanted.days, found)


async def shown(
    request: web.Request,
    text: str,
    days: int,
    found: Checked | None = None,
    *,
    refusal: str = "",
    status: int = 200,
) -> web.Response:
    """Render the page."""
    picture, _ = await look(request, None)
    currency = request.app[SETTINGS].reporting_currency
    return page(
        request.app[TEMPLATES],
        "rule_check.html",
        status=status,
        text=text,
        days=days,
        says="" if found is None else summary(found, days),
        table=None if found is None else table(found, currency),
        refusal=refusal,
        user=request[USER],
        tab="rules",
        clock=picture.clock,
        open_alerts=picture.open_alerts,
    )


ROUTES = (
    web.get("/rules-and-lists/check", check_form),
    web.post("/rules-and-lists/check", check_page),
    web.post("/api/v1/rules-and-lists/check", check_json),
)
