"""The door: bytes become typed events, or are refused with a reason."""

import re
from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from schemas.card_numbers import find_card_number, looks_suspicious
from schemas.errors import Refused
from schemas.structs import struct_decoder
from schemas.topics import MAX_RECORD_BYTES

__all__ = ["Decoded", "decode_batch", "decode_record", "decode_structs", "own_decoder"]

Record = TypeVar("Record", bound=BaseModel)
# What a reason may repeat of a record: names as programmers write them. Anything else may be a value.
PLAIN_NAME = re.compile(r"(?:a name in )?[A-Za-z_][A-Za-z_-]{0,63}[0-9]{0,4}")
LONGEST_REASON = 2_000


class Decoded(NamedTuple, Generic[Record]):
    """The outcome of a batch: `events[i]` is the i-th record, or the `Refused` that says why not."""

    events: list[Record | Refused]
    refused: int


def decode_structs(model: type[Record], records: Sequence[bytes | None]) -> Decoded[Record]:
    """Decode and check a batch as `decode_batch` does, into structs that have the model's fields.

    Cost: about 2.7 µs for a record of 800 bytes (`benchmarks stages`).
    """
    decode: Callable[[bytes], Record] = struct_decoder(model)
    events: list[Record | Refused] = []
    add = events.append
    refused = 0
    for record in records:
        try:
            if record is None or len(record) > MAX_RECORD_BYTES:
                raise ValueError
            if looks_suspicious(record):
                refuse_card_number(record)
            if not record.isascii():
                record.decode()  # msgspec does not look at what it passes over
            add(decode(record))
        except (ValueError, RecursionError, Refused):  # msgspec's too: the model has the last word
            try:
                add(decode_record(model, record))
            except Refused as refusal:
                add(refusal)
                refused += 1
    return Decoded(events, refused)


def own_decoder(model: type[Record], only: frozenset[str] | None = None) -> Callable[[bytes], Record]:
    """Give the decoder of what our own agents wrote, which passed this door before.

    Parameters
    ----------
    model, only
        As `struct_decoder` takes them.

    The decoder raises pydantic's `ValidationError`, after the model has judged the whole record.

    """
    decode: Callable[[bytes], Record] = struct_decoder(model, only)

    def decode_own(record: bytes) -> Record:
        try:
            return decode(record)
        except (ValueError, RecursionError):
            return model.model_validate_json(record)

    return decode_own


def decode_batch(model: type[Record], records: Sequence[bytes | None]) -> Decoded[Record]:
    """Decode and check a batch; one bad record refuses itself and nothing else.

    Cost: about 8 µs for a record of 600 bytes. Handing all records to the parser as one list was measured
    to save nothing, and let hostile records such as `{},{}` shift the others.
    """
    events: list[Record | Refused] = []
    refused = 0
    for record in records:
        try:
            events.append(decode_record(model, record))
        except Refused as refusal:
            events.append(refusal)
            refused += 1
    return Decoded(events, refused)


def decode_record(model: type[Record], record: bytes | None) -> Record:
    """Decode and check one record; None is Kafka's record without a value.

    Raises
    ------
    Refused
        Too large, not JSON, a card number in a text, an unknown schema version, or another breach of the
        contract. The reason names fields and expectations, never values.

    """
    if record is None:
        raise Refused("not_json", "the record has no value")
    if len(record) > MAX_RECORD_BYTES:
        raise Refused("too_large", f"{len(record):,} bytes; at most {MAX_RECORD_BYTES:,} are allowed")
    if looks_suspicious(record):
        refuse_card_number(record)
    # The parser takes the literals NaN and Infinity, which are not JSON, in fields that nobody reads.
    if (b"N" in record and b"NaN" in record) or (b"I" in record and b"Infinity" in record):
        refuse_broken_json(record)
    try:
        return model.__pydantic_validator__.validate_json(record)  # type: ignore[no-any-return]  # its model
    except ValidationError as error:
        raise refusal_of(record, error) from None


def refuse_card_number(record: bytes) -> None:
    """Refuse a record that holds a card number.

    Raises
    ------
    Refused
        With the kind card_number and the field's name.

    """
    field = find_card_number(record)
    if field is not None:
        raise Refused("card_number", f"{safe_name(field)} holds a card number; send the provider's token")


def refuse_broken_json(record: bytes) -> object:
    """Refuse what is not JSON; return the value of what is.

    Raises
    ------
    Refused
        With the kind not_json.

    """
    try:
        return orjson.loads(record)
    except orjson.JSONDecodeError as error:
        raise Refused("not_json", f"{error.msg} at character {error.pos}") from None


def refusal_of(record: bytes, error: ValidationError) -> Refused:
    """Say what a record broke, in one line."""
    try:
        value = refuse_broken_json(record)
    except Refused as refused:
        return refused
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    if problems[0]["type"] == "json_invalid":  # deeper than the parser goes
        return Refused("not_json", problems[0]["msg"])
    if isinstance(value, dict) and value.get("schema_version", 1) != 1:
        return Refused("unknown_version", "schema_version is not 1, the only one known here")
    lines = [f"{place(problem['loc'])}: {problem['msg']}" for problem in problems[:5]]
    more = f" (and {len(problems) - 5} more)" if len(problems) > 5 else ""
    return Refused("schema", ("; ".join(lines) + more)[:LONGEST_REASON])


def place(location: tuple[int | str, ...]) -> str:
    """Name the place of a problem: lines.0.quantity."""
    return ".".join(str(part) if isinstance(part, int) else safe_name(part) for part in location) or "record"


def safe_name(field: str) -> str:
    """Name a field in a reason; a name that may itself be a value must not be repeated."""
    return field if PLAIN_NAME.fullmatch(field) else "a field"
