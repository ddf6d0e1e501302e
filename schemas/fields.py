"""Records as their fields, without an object for each: the contract's validation at two thirds of its cost.

The validator is derived from the model's own, so there is one list of rules. Where it refuses a record, the
model decides: what is refused and why is never said by two.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic_core import SchemaValidator

__all__ = ["OF_CONTRACTS", "Fields", "fields_of", "fields_validator"]

Fields = dict[str, Any]
"""A validated record: every field of its model by name, nested records as fields too."""

# Functions of the model that a plain dictionary cannot be given to.
FUNCTIONS = ("function-before", "function-wrap", "function-plain")


@cache
def fields_validator(model: type[BaseModel]) -> Callable[[bytes], Fields]:
    """Derive the validator of a model's records as JSON.

    What the model checks of whole records, in validators that run after its fields, must be said as
    `rules` of the model too: functions of the fields, true if they are broken. The model's validators call
    the same functions.

    Raises
    ------
    TypeError
        A validator of the model has no such rule, or changes what it validates.

    """
    seen: list[str] = []
    schema = as_fields(model.__pydantic_core_schema__, seen)
    rules: tuple[Callable[[Mapping[str, Any]], bool], ...] = getattr(model, "rules", ())
    if any(kind in FUNCTIONS for kind in seen) or seen.count("function-after") != len(rules):
        raise TypeError(f"{model.__name__} is validated by functions that its rules do not name")
    # Only names come again in every record; looking up values in a cache too costs .4 µs.
    config: Any = {**OF_CONTRACTS, "cache_strings": "keys"}
    validate = SchemaValidator(schema, config).validate_json
    if not rules:
        return validate

    def validate_rules(record: bytes) -> Fields:
        fields: Fields = validate(record)
        for broken in rules:
            if broken(fields):
                raise ValueError
        return fields

    return validate_rules


OF_CONTRACTS: Any = {"strict": True, "allow_inf_nan": False, "extra_fields_behavior": "ignore"}
"""As `schemas.event.Contract` says; a test compares the two."""


def as_fields(schema: Any, seen: list[str]) -> Any:
    """Turn the models within a core schema into typed dictionaries; note the functions in it."""
    if isinstance(schema, list):
        return [as_fields(one, seen) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kind = schema.get("type")
    if isinstance(kind, str) and kind.startswith("function-"):
        seen.append(kind)
    if kind in ("model", "function-after"):
        return as_fields(schema["schema"], seen)
    if kind == "model-fields":
        return {
            "type": "typed-dict",
            "config": OF_CONTRACTS,
            "fields": {
                name: {
                    "type": "typed-dict-field",
                    "schema": as_fields(field["schema"], seen),
                    "required": field["schema"]["type"] != "default",
                }
                for name, field in schema["fields"].items()
            },
        }
    return {name: as_fields(part, seen) for name, part in schema.items() if name != "metadata"}


def fields_of(record: object) -> Any:
    """Spell out a model as fields, its values untouched."""
    if isinstance(record, BaseModel):
        return {name: fields_of(value) for name, value in record.__dict__.items()}
    if isinstance(record, tuple):
        return tuple(fields_of(one) for one in record)
    return record
