"""The dead letters of one reason over HTTP, and sending them back: one, or all that nobody has sent yet."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import orjson
from aiohttp import web
from clickhouse_connect.driver.exceptions import ClickHouseError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from console.alerts.views import explained, look
from console.dead_letters.address import PATH, letters_address
from console.dead_letters.replaying import Replayed, Replays
from console.dead_letters.shown import shown_letters, stays
from console.errors import ReplayNotKept
from console.language import _
from console.problems import problem
from console.rules import STORE
from console.security import ROLE, USER
from console.templating import TEMPLATES, page
from console.wording import count
from schemas.errors import Retry, Stop
from sinks.connection import connect
from sinks.refused.letters import Letter, LetterCount, Reason, count_letters, read_letters
from sinks.settings import ClickHouseSettings

__all__ = ["REPLAYS", "ROUTES", "ReplayRequest"]

REPLAYS = web.AppKey("REPLAYS", Replays)
LISTED = 50
MOST_AT_ONCE = 200
"""Somebody sits in front of the button, and each is acknowledged twice. Chosen, not tuned."""
MOST_THAT_BROKE = 8
"""Of records that broke an agent: where it has not been mended, the 17th of a thousand stops the worker."""
SILENT = (Stop, Retry, ClickHouseError)
Short = Annotated[str, Field(max_length=400)]


class ReplayRequest(BaseModel):
    """The body of a replay: a reason as listed, the key of one letter or none for all, and their number.

    Where the number is not that of the letters that would be sent, nothing is: somebody was faster.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    topic: Short
    kind: Short
    reason: Short
    letter: Short = ""
    count: Annotated[int, Field(ge=1, le=MOST_AT_ONCE)]

    @property
    def why(self) -> Reason:
        """The reason."""
        return Reason(self.topic, self.kind, self.reason)


def reason_of(query: Mapping[str, str]) -> Reason:
    """Read which reason an address means."""
    return Reason(*(query.get(name, "")[:400] for name in Reason._fields))


def listed(store: ClickHouseSettings, why: Reason) -> tuple[list[Letter], LetterCount]:
    """Read the newest letters and count all."""
    with closing(connect(store)) as client:
        return read_letters(client, why, limit=LISTED), count_letters(client, why)


def wanted(store: ClickHouseSettings, why: Reason, key: str) -> list[Letter]:
    """Read the letters that are meant and that nobody has sent yet, the oldest first."""
    most = MOST_THAT_BROKE if why.kind == "agent_error" else MOST_AT_ONCE
    with closing(connect(store)) as client:
        return read_letters(client, why, limit=most, waiting=True, key=key)


async def letters_json(request: web.Request) -> web.Response:
    """Answer the letters of a reason: `GET /api/v1/pipeline/dead-letters?topic=…&kind=…&reason=…`."""
    why = reason_of(request.query)
    try:
        letters, number = await asyncio.to_thread(listed, request.app[STORE], why)
    except SILENT as error:
        return problem(503, str(error).splitlines()[0])
    shown = shown_letters(letters, now=datetime.now(UTC), masked=request[ROLE] == "viewer")
    body = why._asdict() | number._asdict() | {"letters": [asdict(one) for one in shown]}
    return web.Response(body=orjson.dumps(body), content_type="application/json")


async def letters_html(request: web.Request) -> web.Response:
    """Show the letters of a reason, with the question whether to send some where the address asks so."""
    ask = request.query.get("ask")
    return await shown(request, reason_of(request.query), ask=None if ask is None else ask[:400])


async def replay_json(request: web.Request) -> web.Response:
    """Send letters back: `POST /api/v1/pipeline/dead-letters/replay`; 202 once Kafka has them."""
    if request.content_type != "application/json":
        return problem(415, _("Send the header `Content-Type: application/json`."))
    try:
        asked = ReplayRequest.model_validate_json(await request.read())
    except ValidationError as error:
        return problem(422, "; ".join(explained(error)))
    try:
        letters = await asyncio.to_thread(wanted, request.app[STORE], asked.why, asked.letter)
        if len(letters) != asked.count:
            return problem(409, other_number(letters, asked))
        done = await request.app[REPLAYS].replay(letters, by=request[USER])
    except (ReplayNotKept, *SILENT) as error:
        return problem(503, str(error).splitlines()[0])
    return web.json_response(
        {"sent": done.sent, "replayed_before": done.before, "not_sent": dict(done.unfit)}, status=202
    )


async def replay_form(request: web.Request) -> web.Response:
    """Send letters back from the page: `POST /pipeline/dead-letters/replay`, after its question."""
    form = await request.post()
    try:
        asked = ReplayRequest.model_validate(dict(form))
    except ValidationError as error:
        return await shown(request, Reason("", "", ""), refusal="; ".join(explained(error)), status=422)
    try:
        letters = await asyncio.to_thread(wanted, request.app[STORE], asked.why, asked.letter)
        if len(letters) != asked.count:
            refusal = other_number(letters, asked)
            return await shown(request, asked.why, ask=asked.letter, refusal=refusal, status=409)
        done = await request.app[REPLAYS].replay(letters, by=request[USER])
    except (ReplayNotKept, *SILENT) as error:
        return await shown(request, asked.why, refusal=str(error).splitlines()[0], status=503)
    return await shown(request, asked.why, says=told(done))


def other_number(letters: Sequence[Letter], asked: ReplayRequest) -> str:
    """Say that it is not as it was when somebody was asked."""
    return _(
        "Nothing was sent: {letters} are waiting now and not {count}. Look again.",
        letters=count(len(letters)),
        count=count(asked.count),
    )


def told(done: Replayed) -> str:
    """Say what became of the letters."""
    said = [_("{sent} sent back", sent=count(done.sent))]
    if done.before:
        said.append(_("{before} had been sent just before", before=count(done.before)))
    said += [_("{number} stay: {why}", number=count(number), why=why) for why, number in done.unfit.items()]
    return "; ".join(said) + "."


async def shown(
    request: web.Request,
    why: Reason,
    *,
    ask: str | None = None,
    says: str = "",
    refusal: str = "",
    status: int = 200,
) -> web.Response:
    """Render the page; `ask` is the key of the letter about which it asks, empty = all, None = none."""
    picture, _ = await look(request, None)
    letters: list[Letter] = []
    number, asked, most = LetterCount(0, 0), list[Letter](), MOST_AT_ONCE
    may_replay = request[ROLE] != "viewer"
    try:
        letters, number = await asyncio.to_thread(listed, request.app[STORE], why)
        if ask is not None and may_replay:
            asked = await asyncio.to_thread(wanted, request.app[STORE], why, ask)
    except SILENT as error:
        refusal, status = refusal or str(error).splitlines()[0], 503
    if why.kind == "agent_error":
        most = MOST_THAT_BROKE
    return page(
        request.app[TEMPLATES],
        "dead_letters.html",
        status=status,
        why=why,
        number=number,
        letters=shown_letters(letters, now=datetime.now(UTC), masked=not may_replay),
        may_replay=may_replay,
        ask=ask if may_replay else None,
        asked_for=len(asked),
        staying=sum(bool(stays(one)) for one in asked),
        at_once=min(most, number.total - number.replayed),
        here=letters_address(*why),
        address=lambda key: letters_address(*why, ask=key) + "#ask",
        says=says,
        refusal=refusal,
        user=request[USER],
        tab="pipeline",
        clock=picture.clock,
        open_alerts=picture.open_alerts,
    )


ROUTES = (
    web.get(PATH, letters_html),
    web.post(f"{PATH}/replay", replay_form),
    web.get(f"/api/v1{PATH}", letters_json),
    web.post(f"/api/v1{PATH}/replay", replay_json),
)
