"""Records spelled out, to compare what was read as structs with what was read as models."""

from typing import Any

import msgspec
from pydantic import BaseModel

__all__ = ["spelled"]


def spelled(record: object) -> Any:
    """Spell out a model or a struct as its fields by name, their values untouched."""
    if isinstance(record, msgspec.Struct):
        return {name: spelled(getattr(record, name)) for name in record.__struct_fields__}
    if isinstance(record, BaseModel):
        return {name: spelled(value) for name, value in record.__dict__.items()}
    if isinstance(record, tuple):
        return tuple(spelled(one) for one in record)
    return record
