"""The document of the API in the form of OpenAPI 3.1: every address, what it takes and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from pydantic import TypeAdapter

from console.alerts.actions import ActionRequest
from console.alerts.views import AnswerRequest
from console.dead_letters.views import ReplayRequest
from console.now import Now
from console.origins import ORIGINS, FigureOrigin
from console.rule_check import CheckRequest
from console.sheets.picture import SheetPicture
from console.sheets.registry import SHEETS
from console.sheets.sheet import Sheet
from console.sheets.span import COMPARISONS
from detectors.causes.measures import MEASURES
from schemas.alert import Alert
from schemas.causes import Explanation
from sinks.refused.letters import Reason

__all__ = ["API", "Operation", "openapi_document", "operations"]

API = "/api/v1"
PROBLEM = "application/problem+json"
JSON = "application/json"
EVENTS = "text/event-stream"
Schema = dict[str, Any]  # Any: a JSON Schema

WORDS = {
    200: "The answer.",
    202: "Kafka has it.",
    400: "A parameter has a value that it cannot have.",
    401: "Neither logged in nor a token that is known.",
    403: "The role does not allow it.",
    404: "There is no such thing.",
    409: "Somebody was faster: another answer stands, or fewer letters wait.",
    413: "The body is too large.",
    415: "The body must be JSON.",
    422: "What was sent does not fit.",
    503: "ClickHouse or Kafka does not answer, or there are too many viewers.",
}
TEXT: Schema = {"type": "string", "maxLength": 80}
MOMENT: Schema = {"type": "string", "description": "ISO 8601; without a zone it is of the stores' clock"}


@dataclass(frozen=True)
class Operation:
    """One method of one address.

    Parameters
    ----------
    method, path, summary, tag
        What it is; the path without what all have in common.
    parameters
        Name, place (query or path), schema and what it means.
    answer
        Schema of a good answer.
    media, status
        Its form and status.
    refusals
        Other statuses beside 401; all are problems by RFC 9457.
    body
        Schema of what is sent.

    """

    method: str
    path: str
    summary: str
    tag: str
    parameters: tuple[tuple[str, str, Schema, str], ...] = ()
    answer: Schema = field(default_factory=lambda: {"type": "object"})
    media: str = JSON
    status: int = 200
    refusals: tuple[int, ...] = (503,)
    body: Schema | None = None


SELECTION = tuple(
    (name, "query", {"type": "string"}, f"only this {name}; more than 80 characters are cut")
    for name in ("region", "store", "channel")
)
FIGURE: tuple[tuple[str, str, Schema, str], ...] = (
    ("name", "path", {"enum": list(ORIGINS)}, "of the figure; those of tiles are their keys"),
    *SELECTION,
)
ALERT_ID = ("alert_id", "path", {"type": "string"}, "of the alert")


PROBLEM_SCHEMA: Schema = {"$ref": "#/components/schemas/Problem"}
TYPES: tuple[tuple[Any, Literal["validation", "serialization"]], ...] = (  # Any: each is a type of its own
    (Now, "serialization"),
    (FigureOrigin, "serialization"),
    (SheetPicture, "serialization"),
    (Alert, "serialization"),
    (Explanation, "serialization"),
    (AnswerRequest, "validation"),
    (ActionRequest, "validation"),
    (CheckRequest, "validation"),
    (ReplayRequest, "validation"),
)


def ref(kind: type) -> Schema:
    """Point to the schema of a type."""
    return made()[0][kind.__name__]


def others() -> list[Operation]:
    """List what is no sheet: Now, alerts, what to review, rules and causes."""
    moment = {"type": "string"}
    return [
        Operation(
            "get", "/now", "The figures of the page Now", "now", SELECTION, ref(Now), refusals=(400, 503)
        ),
        Operation(
            "get",
            "/now/stream",
            "The same once a second",
            "now",
            SELECTION,
            {"type": "string"},
            EVENTS,
            refusals=(400, 503),
        ),
        Operation(
            "get",
            "/now/figures/{name}",
            "Where a figure of Now comes from: what it is, and its query with the parameters written in",
            "now",
            FIGURE,
            ref(FigureOrigin),
            refusals=(400, 404),
        ),
        Operation(
            "get",
            "/now/figures/{name}.csv",
            "The rows that a figure of Now is made of",
            "now",
            FIGURE,
            {"type": "string"},
            "text/csv",
            refusals=(400, 404),
        ),
        Operation(
            "get",
            "/alerts",
            "Alerts, the worst first",
            "alerts",
            tuple(
                (name, "query", {"type": "string"}, "as in the address of the page")
                for name in ("state", "severity", "kind", "store", "category", "q", "mine", "order")
            ),
            refusals=(422, 503),
        ),
        Operation(
            "get",
            "/alerts/stream",
            "What changes on the page Alerts, once a second",
            "alerts",
            (("alert", "query", {"type": "string"}, "the alert that is open beside the list"),),
            {"type": "string"},
            EVENTS,
        ),
        Operation(
            "get",
            "/alerts/would-hide",
            "What a silence about some alerts would have hidden in the last seven days",
            "alerts",
            (
                ("alert", "query", {"type": "string"}, "an alert; may be repeated"),
                (
                    "weekdays",
                    "query",
                    {"type": "string"},
                    "of a weekly silence: 0 = Monday, 0,3 = also Thursday",
                ),
                ("begins", "query", {"type": "string"}, "HH:MM on the clocks of the stores"),
                ("ends", "query", {"type": "string"}, "the same"),
            ),
            {"type": "object", "required": ["hidden", "real", "text"]},
            refusals=(422, 503),
        ),
        Operation(
            "get", "/alerts/{alert_id}", "One alert", "alerts", (ALERT_ID,), ref(Alert), refusals=(404, 503)
        ),
        Operation(
            "post",
            "/alerts/{alert_id}/answer",
            "Answer an alert; people only",
            "alerts",
            (ALERT_ID,),
            {"type": "object", "required": ["answer_id"]},
            status=202,
            refusals=(403, 404, 409, 413, 415, 422, 503),
            body=ref(AnswerRequest),
        ),
        Operation(
            "post",
            "/alerts/{alert_id}/actions",
            "Take, assign, escalate, comment, silence or hold; people only",
            "alerts",
            (ALERT_ID,),
            {"type": "object", "required": ["action_id"]},
            status=202,
            refusals=(403, 404, 413, 415, 422, 503),
            body=ref(ActionRequest),
        ),
        Operation(
            "get",
            "/playbooks",
            "The first steps for each kind of alert, and who changed what",
            "alerts",
            answer={"type": "array", "items": {"type": "object"}},
        ),
        Operation("get", "/review", "What is worth an analyst's time today", "alerts"),
        Operation(
            "get",
            "/rules",
            "What each rule caught and cost",
            "rules",
            (("days", "query", {"type": "number"}, "before the newest payment, above 0"),),
            {"type": "array", "items": {"type": "object"}},
            refusals=(400, 503),
        ),
        Operation(
            "get",
            "/why",
            "Why a figure fell or rose",
            "causes",
            (
                ("metric", "query", {"enum": sorted(MEASURES)}, "the figure"),
                ("since", "query", moment, "ISO 8601 with a zone"),
                ("until", "query", moment, "the same; left out = the newest minute"),
                ("store", "query", {"type": "string"}, "only this store"),
                ("channel", "query", {"type": "string"}, "only this channel"),
                ("region", "query", {"type": "string"}, "only the stores of this region"),
                ("payment_method", "query", {"type": "string"}, "only what was paid so; not for clicks"),
                ("category", "query", {"type": "string"}, "only goods of this kind; of the figure goods"),
            ),
            ref(Explanation),
            refusals=(400, 422, 503),
        ),
        Operation(
            "post",
            "/rules-and-lists/check",
            "Pre-flight: what rules would have done; nothing is published; people only",
            "rules",
            answer={"type": "object", "required": ["says", "payments", "table"]},
            refusals=(403, 413, 415, 422, 503),
            body=ref(CheckRequest),
        ),
        Operation(
            "get",
            "/pipeline/dead-letters",
            "The newest dead letters of a reason, and who sent which back",
            "pipeline",
            tuple((name, "query", {"type": "string"}, "as the sheet lists it") for name in Reason._fields),
            {"type": "object", "required": ["total", "replayed", "letters"]},
        ),
        Operation(
            "post",
            "/pipeline/dead-letters/replay",
            "Send one dead letter, or all of a reason that wait, back to their topic; people only",
            "pipeline",
            answer={"type": "object", "required": ["sent", "replayed_before", "not_sent"]},
            status=202,
            refusals=(403, 409, 413, 415, 422, 503),
            body=ref(ReplayRequest),
        ),
        Operation("get", "/openapi.json", "This document", "docs", refusals=()),
    ]


def of_sheet(sheet: Sheet) -> list[Operation]:
    """List the JSON, the stream and the CSV of a sheet."""
    takes = parameters_of(sheet)
    refusals = tuple(
        status
        for status, holds in ((400, True), (403, sheet.personal), (404, sheet.of_subject), (503, True))
        if holds
    )
    table = ("table", "path", {"type": "string"}, "name of the table, as in the JSON")
    tables = tuple(sorted({*refusals, 404}))
    text: Schema = {"type": "string"}
    path, tag, title = sheet.path, sheet.name, sheet.title
    return [
        Operation("get", path, sheet.purpose, tag, takes, ref(SheetPicture), refusals=refusals),
        Operation(
            "get", f"{path}/stream", f"{title}, once a second", tag, takes, text, EVENTS, refusals=refusals
        ),
        Operation(
            "get", f"{path}/tables/{{table}}.csv", f"A table of {title} as CSV", tag, (*takes, table), text,
            "text/csv", refusals=tables,
        ),
    ]  # fmt: skip


def parameters_of(sheet: Sheet) -> tuple[tuple[str, str, Schema, str], ...]:
    """List what the address of a sheet takes."""
    found: list[tuple[str, str, Schema, str]] = []
    if sheet.of_subject:
        found.append(("subject", "path", TEXT | {"minLength": 1}, "the id of what it is about"))
    if sheet.lengths:
        found.append(("range", "query", {"enum": list(sheet.lengths)}, f"usually {sheet.lengths[0]}"))
        found.append(("from", "query", MOMENT, "instead of range"))
        found.append(("until", "query", MOMENT, "with from; left out = now"))
    if sheet.compares:
        found.append(("compare", "query", {"enum": list(COMPARISONS)}, "usually week"))
    found += [(one.name, "query", TEXT, f"{one.label}; left out = all") for one in sheet.filters]
    return tuple(found)


def operations() -> list[Operation]:
    """List everything that the API does."""
    return [*others(), *(one for sheet in SHEETS for one in of_sheet(sheet))]


def openapi_document() -> Schema:
    """Write the document."""
    paths: dict[str, Schema] = {}
    for one in operations():
        paths.setdefault(f"{API}{one.path}", {})[one.method] = written(one)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tillwatch",
            "version": "1",
            "description": "Everything that the console shows. Figures stand beside their text; money is in "
            "minor units, moments are ISO 8601. Errors are problems by RFC 9457.",
        },
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "TILLWATCH_CONSOLE_READ_TOKENS"},
                "session": {"type": "apiKey", "in": "cookie", "name": "tillwatch_session"},
            },
            "schemas": schemas(),
        },
    }


def written(one: Operation) -> Schema:
    """Write one operation."""
    found: Schema = {
        "summary": one.summary,
        "tags": [one.tag],
        "operationId": operation_id(one),
        "parameters": [
            {"name": name, "in": place, "required": place == "path", "schema": schema, "description": meaning}
            for name, place, schema, meaning in one.parameters
        ],
        "responses": {
            str(one.status): {
                "description": WORDS[one.status],
                "content": {one.media: {"schema": one.answer}},
            },
            **{str(status): refusal(status) for status in sorted({401, *one.refusals})},
        },
    }
    if one.body is not None:
        found["requestBody"] = {"required": True, "content": {JSON: {"schema": one.body}}}
    return found


def operation_id(one: Operation) -> str:
    """Name an operation for programs that make clients of the document."""
    words: Sequence[str] = [word for word in one.path.replace(".", "/").split("/") if word]
    return "_".join([one.method, *(word.strip("{}").replace("-", "_") for word in words)])


def refusal(status: int) -> Schema:
    """Write a refusal."""
    return {"description": WORDS[status], "content": {PROBLEM: {"schema": PROBLEM_SCHEMA}}}


@cache
def made() -> tuple[dict[str, Schema], dict[str, Schema]]:
    """Make the schemas of all types at once, so that two of one name get two: by type, and by name."""
    by_type, rest = TypeAdapter.json_schemas(
        [(kind.__name__, mode, TypeAdapter(kind)) for kind, mode in TYPES],
        ref_template="#/components/schemas/{model}",
    )
    return {str(name): schema for (name, _), schema in by_type.items()}, rest["$defs"]


def schemas() -> dict[str, Schema]:
    """Write what answers look like, from the types that they are made of."""
    problem: Schema = {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "what is wrong, and what would fit"},
        },
    }
    return {"Problem": problem, **made()[1]}
