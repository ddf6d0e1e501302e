"""The page `docs/topics.md`: every topic and every field, for people."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from schemas.topics import MAX_RECORD_BYTES, Topic

__all__ = ["topics_page"]

NAMES: dict[type, str] = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "true or false",
    datetime: "time",
}
HEAD = f"""# Topics

This page is written by `make schemas` from `schemas/topics.py`; do not edit it.

A record is one JSON object, at most {MAX_RECORD_BYTES:,} bytes long. Readers ignore fields that they do not
know; a change of meaning is a new `schema_version`. Times are RFC 3339 with a zone, money is an integer in
minor units of its currency. A record that breaks its contract, and any text that holds a card number
(a number of up to 14 digits in `sku` excepted), goes to `dead-letters` with the reason.

Topics use append time. Workers refuse to start where a topic has another number of partitions.
JSON Schemas: `schemas/json/`; records that are accepted and refused: `schemas/examples/`.
"""


def topics_page(topics: Mapping[str, Topic]) -> str:
    """Write the page."""
    rows = [
        f"| [`{topic.name}`](#{topic.name}) | {topic.key} | {topic.partitions} | {retention(topic)} "
        f"| {topic.cleanup} | {topic.written_by} | {topic.read_by} |"
        for topic in topics.values()
    ]
    table = "\n".join(
        ["| topic | key | partitions | retention | cleanup | written by | read by |", "|" + "---|" * 7, *rows]
    )
    return "\n".join([HEAD, table, *(section(topic) for topic in topics.values())]) + "\n"


def retention(topic: Topic) -> str:
    """Say how long records are kept."""
    return "for ever" if topic.retention_days is None else f"{topic.retention_days} days"


def section(topic: Topic) -> str:
    """Write one topic's heading, purpose and fields, and those of the models within."""
    parts = [f"\n## {topic.name}\n\n{purpose(topic.model)}\n\n{fields(topic.model)}"]
    parts += (
        f"\n### {topic.name}: {nested.__name__}\n\n{purpose(nested)}\n\n{fields(nested)}"
        for nested in nested_models(topic.model, {topic.model})
    )
    return "\n".join(parts)


def purpose(model: type[BaseModel]) -> str:
    """Take the model's docstring as paragraphs."""
    lines = [line.strip() for line in (model.__doc__ or "").strip().splitlines()]
    return "\n".join(lines)


def fields(model: type[BaseModel]) -> str:
    """Write the table of a model's fields."""
    rows = ["| field | type | required | meaning |", "|" + "---|" * 4]
    for name, field in model.model_fields.items():
        meaning = (field.description or "").replace("|", "\\|")
        rows.append(f"| `{name}` | {kind(field.annotation)} | {default(field)} | {meaning} |")
    return "\n".join(rows)


def default(field: FieldInfo) -> str:
    """Say whether a field must be given, and what its absence means."""
    if field.is_required():
        return "yes"
    value = field.get_default(call_default_factory=True, validated_data={})
    return "no" if value is None or value in ((), {}) else f"no, `{json.dumps(value)}`"


def kind(annotation: Any) -> str:
    """Name a type as it is written in JSON."""
    form, arguments = get_origin(annotation), get_args(annotation)
    if form is Annotated:
        return kind(arguments[0])
    if form is Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if form in (Union, UnionType):
        return " or ".join(kind(argument) for argument in arguments if argument is not NoneType)
    if form is tuple:
        return f"list of {kind(arguments[0])}"
    if form is dict:
        return f"object of {kind(arguments[1])} by name"
    return NAMES.get(annotation) or str(annotation.__name__)


def nested_models(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """Yield the models that a model's fields are made of, each once."""
    for field in model.model_fields.values():
        for part in parts_of(field.annotation):
            if isinstance(part, type) and issubclass(part, BaseModel) and part not in seen:
                seen.add(part)
                yield part
                yield from nested_models(part, seen)


def parts_of(annotation: Any) -> Iterator[Any]:
    """Yield a type and everything it is made of."""
    yield annotation
    for argument in get_args(annotation):
        yield from parts_of(argument)
