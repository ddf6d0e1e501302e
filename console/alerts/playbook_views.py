"""Playbooks over HTTP: the page on which the team edits them, who changed what, and as JSON for programs."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import orjson
from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from console.alerts.kinds import NAMES
from console.alerts.listing import ENTITIES
from console.alerts.playbooks import BUILT_IN, Book, changes_of, steps_of
from console.alerts.stored import PlaybookRow
from console.alerts.times import clock_text
from console.alerts.views import ALERTS, PUBLISHER, explained, look
from console.errors import PlaybookChanged, PlaybookNotKept, PlaybookUnfit, StoreSilent
from console.language import _
from console.login import SETTINGS
from console.problems import problem
from console.security import ROLE, USER
from console.templating import TEMPLATES, page
from producers.errors import NotDelivered
from schemas.alert import AlertKind, EntityType
from schemas.identifiers import uuid7
from schemas.playbook import Playbook
from schemas.topics import PLAYBOOKS

__all__ = ["ROUTES"]


class PlaybookRequest(BaseModel):
    """What somebody makes of a playbook; without steps the built-in ones count again.

    `replaces` is the change that was seen, so that nobody overrides a colleague unawares.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: AlertKind
    entity_type: EntityType | None = None
    steps: tuple[str, ...]
    replaces: UUID | None = None


@dataclass(frozen=True)
class Change:
    """A change, for people; without steps the built-in ones counted from then on."""

    time: str
    by: str
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """A playbook, for people and programs; `standing` is the change that counts, empty = built in."""

    kind: str
    entity_type: str
    name: str
    steps: tuple[str, ...]
    standing: str
    changes: tuple[Change, ...]


def shown(request: web.Request, book: Book, rows: list[PlaybookRow]) -> Shown:
    """Write a playbook for people."""
    kind, about = book
    changes, zone, now = changes_of(book, rows), request.app[SETTINGS].zone, datetime.now(UTC)
    return Shown(
        kind=kind,
        entity_type=about,
        name=f"{_(NAMES[kind])}, {_(ENTITIES[about])}" if about else _(NAMES[kind]),
        steps=steps_of(book, changes),
        standing=str(changes[0].playbook_id) if changes else "",
        changes=tuple(Change(clock_text(one.at, now, zone), one.by, tuple(one.steps)) for one in changes),
    )


async def save(request: web.Request, wanted: PlaybookRequest) -> UUID:
    """Check and publish a change.

    Raises
    ------
    PlaybookUnfit
        There is no such playbook, or a step is empty, too long or one too many.
    PlaybookChanged
        Somebody else has changed it since.
    StoreSilent
        What counts cannot be found out.
    PlaybookNotKept
        Kafka did not acknowledge it.

    """
    book, publisher = (wanted.kind, wanted.entity_type or ""), request.app[PUBLISHER]
    if book not in BUILT_IN:
        raise PlaybookUnfit(_("There is no playbook of this kind."))
    standing = next(iter(changes_of(book, await request.app[ALERTS].playbooks())), None)
    if standing is not None and wanted.replaces != standing.playbook_id:
        raise PlaybookChanged(standing.by)
    at = datetime.now(UTC)
    steps = tuple(step.strip() for step in wanted.steps)
    try:
        made = Playbook(
            playbook_id=uuid7(at),
            kind=wanted.kind,
            entity_type=wanted.entity_type,
            steps=steps,
            by=request[USER],
            at=at,
        )
    except ValidationError as error:
        raise PlaybookUnfit("; ".join(explained(error))) from error
    try:
        await publisher.publish(PLAYBOOKS, made)
    except (NotDelivered, TimeoutError) as error:
        raise PlaybookNotKept(
            _(
                "Kafka at {bootstrap_servers} did not acknowledge it. Look at the history "
                "before you save it again.",
                bootstrap_servers=publisher.bootstrap_servers,
            )
        ) from error
    return made.playbook_id


async def playbooks_json(request: web.Request) -> web.Response:
    """Answer all playbooks with their history: `GET /api/v1/playbooks`."""
    try:
        rows = await request.app[ALERTS].playbooks()
    except StoreSilent as error:
        return problem(503, str(error))
    body = [shown(request, book, rows) for book in BUILT_IN]
    return web.Response(body=orjson.dumps(body), content_type="application/json")


async def playbooks_html(request: web.Request) -> web.Response:
    """Show all of them, each with its history and, to those who act, what they can be changed by."""
    return await render(request)


async def save_form(request: web.Request) -> web.Response:
    """Change one from the page: `POST /playbooks`; a line is a step, none are the built-in ones."""
    form = await request.post()
    lines = [line for line in str(form.get("steps", "")).splitlines() if line.strip()]
    if not lines and "built_in" not in form:
        return await render(request, refusal=_("Write at least one step."), status=422)
    said = {"kind": form.get("kind"), "steps": [] if "built_in" in form else lines}
    said |= {name: form[name] for name in ("entity_type", "replaces") if form.get(name)}
    typed = "\n".join(lines)
    try:
        wanted = PlaybookRequest.model_validate(said)
        made = await save(request, wanted)
    except ValidationError as error:
        return await render(request, refusal="; ".join(explained(error)), status=422)
    except PlaybookUnfit as error:
        return await render(request, refusal=str(error), status=422, wanted=wanted, typed=typed)
    except PlaybookChanged as error:
        return await render(request, refusal=changed(error), status=409, wanted=wanted, typed=typed)
    except (PlaybookNotKept, StoreSilent) as error:
        return await render(request, refusal=str(error), status=503, wanted=wanted, typed=typed)
    raise web.HTTPSeeOther(f"/playbooks?saved={made}")


def changed(error: PlaybookChanged) -> str:
    """Say who was faster."""
    return _("{by} has changed it meanwhile. Look at it, then save yours again to replace it.", by=error.by)


async def render(
    request: web.Request,
    *,
    refusal: str = "",
    status: int = 200,
    wanted: PlaybookRequest | None = None,
    typed: str = "",
) -> web.Response:
    """Render the page; what was typed and not taken stays in its form."""
    picture, _status = await look(request, None)
    rows: list[PlaybookRow] = []
    try:
        rows = await request.app[ALERTS].playbooks()
    except StoreSilent as error:
        refusal, status = refusal or str(error), 503
    saved = request.query.get("saved", "")
    return page(
        request.app[TEMPLATES],
        "playbooks.html",
        status=status,
        books=[shown(request, book, rows) for book in BUILT_IN],
        may_edit=request[ROLE] != "viewer" and status != 503,
        waiting=bool(saved) and all(str(row.playbook_id) != saved for row in rows),
        refusal=refusal,
        of=(wanted.kind, wanted.entity_type or "") if wanted is not None else None,
        typed=typed,
        user=request[USER],
        tab="alerts",
        clock=picture.clock,
        open_alerts=picture.open_alerts,
    )


ROUTES = (
    web.get("/playbooks", playbooks_html),
    web.post("/playbooks", save_form),
    web.get("/api/v1/playbooks", playbooks_json),
)
