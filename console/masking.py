"""What is left of the ids of people for those who may not see whose they are."""

import re
from collections.abc import Collection
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any, TypeVar

import orjson

__all__ = ["cut", "without"]

Value = TypeVar("Value")

SHOWN = 4


def cut(identifier: str) -> str:
    """Give the end of an identifier: enough to tell two apart on a page.

    Examples
    --------
    >>> cut("customer-0815"), cut("c-1"), cut("")
    ('…0815', '…', '')

    """
    if not identifier:
        return identifier
    return f"…{identifier[-SHOWN:]}" if len(identifier) > 2 * SHOWN else "…"


def without(people: Collection[str], value: Value) -> Value:
    """Cut ids in all texts of a value: of dataclasses, mappings and sequences, but not in names of fields.

    Whole ids only: `card-1` is not cut out of `card-10`.

    Examples
    --------
    >>> without(["card-0001", "told"], {"told": ("card-0001 paid", "card-00010 was told")})
    {'told': ('…0001 paid', 'card-00010 was …')}

    """
    if isinstance(value, str):
        return text_without(people, value)  # type: ignore[return-value]  # a text is a Value here
    if is_dataclass(value) and not isinstance(value, type):
        shown: dict[str, Any] = {one.name: getattr(value, one.name) for one in fields(value)}
        return replace(value, **without(people, shown))
    if isinstance(value, dict):
        return {name: without(people, one) for name, one in value.items()}  # type: ignore[return-value]  # so is a mapping
    if isinstance(value, tuple | list):
        return type(value)(without(people, one) for one in value)
    return value


@lru_cache(maxsize=1_024)
def forms(identifier: str) -> frozenset[str]:
    """List how an id may be written: as it is, and as JSON writes it; nothing of an empty one."""
    return frozenset({identifier, orjson.dumps(identifier).decode()[1:-1]} - {""})


def text_without(people: Collection[str], text: str) -> str:
    """Cut ids in a text, which may be JSON."""
    for identifier in people:
        for written in forms(identifier):
            if written in text:
                text = re.sub(rf"(?<![\w-]){re.escape(written)}(?![\w-])", lambda _: cut(identifier), text)  # noqa: B023
    return text
