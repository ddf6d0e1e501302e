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
def fields_validator(model: type[BaseModel], only: frozenset[str] | None = None) -> Callable[[bytes], Fields]:
    """Derive the validator of a model's records as JSON.

    What the model checks of whole records, in validators that run after its fields, must be said as
    `rules` of the model too: functions of the fields, true if they are broken. The model's validators call
    the same functions.

    Parameters
    ----------
    model
        Whose contract counts.
    only
        The fields that are read, nested ones with a dot: `payment.store_id`. Others are passed over, whatever
        they hold: for readers of what our own agents wrote, who pay for what they read. None = all fields.

    Raises
    ------
    TypeError
        A validator of the model has no such rule, or changes what it validates; or there is no such field, or
        rules would miss one.

    """
    seen: list[str] = []
    schema = as_fields(model.__pydantic_core_schema__, seen, only)
    rules: tuple[Callable[[Mapping[str, Any]], bool], ...] = getattr(model, "rules", ())
    if any(kind in FUNCTIONS for kind in seen) or seen.count("function-after") != len(rules):
        raise TypeError(f"{model.__name__} is validated by functions that its rules do not name")
    if rules and only is not None:
        raise TypeError(f"{model.__name__} has rules about whole records, so all fields must be read")
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


def as_fields(schema: Any, seen: list[str], only: frozenset[str] | None = None) -> Any:
    """Turn the models within a core schema into typed dictionaries; note the functions in it."""
    if isinstance(schema, list):
        return [as_fields(one, seen, only) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kind = schema.get("type")
    if isinstance(kind, str) and kind.startswith("function-"):
        seen.append(kind)
    if kind in ("model", "function-after"):
        return as_fields(schema["schema"], seen, only)
    if kind == "model-fields":
        read = dict.fromkeys(schema["fields"]) if only is None else below(only, schema["fields"])
        return {
            "type": "typed-dict",
            "config": OF_CONTRACTS,
            "fields": {
                name: {
                    "type": "typed-dict-field",
                    "schema": as_fields(schema["fields"][name]["schema"], seen, part),
                    "required": schema["fields"][name]["schema"]["type"] != "default",
                }
                for name, part in read.items()
            },
        }
    return {name: as_fields(part, seen, only) for name, part in schema.items() if name != "metadata"}


def below(only: frozenset[str], fields: Mapping[str, Any]) -> dict[str, frozenset[str] | None]:
    """Say which fields of a record are read, and which of those within each; None = all.

    Raises
    ------
    TypeError
        There is no such field.

    """
    read: dict[str, frozenset[str] | None] = {}
    for name in sorted(only):
        field, _, within = name.partition(".")
        if field not in fields:
            raise TypeError(f"there is no field {field}, only {', '.join(fields)}")
        before = read.get(field, frozenset())
        read[field] = before | {within} if within and before is not None else None
    return read


def fields_of(record: object) -> Any:
    """Spell out a model as fields, its values untouched."""
    if isinstance(record, BaseModel):
        return {name: fields_of(value) for name, value in record.__dict__.items()}
    if isinstance(record, tuple):
        return tuple(fields_of(one) for one in record)
    return record
