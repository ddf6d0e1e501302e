"""The door: good records become events, every other one is refused with its reason, and alone."""

import json
from typing import Annotated, Any, Self

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, BeforeValidator, model_validator

from schemas.click import Click
from schemas.decode import decode_batch, decode_record, decode_structs
from schemas.errors import Refused
from schemas.event import Contract
from schemas.stock_movement import StockMovement
from schemas.topics import MAX_RECORD_BYTES
from schemas.transaction import Transaction
from tests.schemas.records import GOOD, transaction
from tests.support.events import click, movement
from tests.support.spelled import spelled

GOOD_RECORD = transaction()
EXAMPLES: dict[type[BaseModel], dict[str, Any]] = {
    Transaction: GOOD,
    Click: click().model_dump(mode="json"),
    StockMovement: movement().model_dump(mode="json"),
}
HUGE = transaction(note="x" * MAX_RECORD_BYTES)
# Three objects in the list `[A,B,C]` though no two of them are records: each is meant to shift the others.
SMUGGLERS = [
    GOOD_RECORD + b"," + transaction(payment_id="smuggled"),
    GOOD_RECORD[:-1] + b',"extra":[{}',
    b'{"extra":0}]}',
    b"{}]}",
    b",",
    b"",
    b"]",
]
BROKEN = [
    *SMUGGLERS,
    HUGE,
    None,
    GOOD_RECORD[:-7],
    transaction(schema_version=2),
    transaction(note="4111111111111111"),
    transaction(amount_minor=-1),
    b"\xff\xfe",
    b"null",
    b"17",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'"1234567890123",' + b"[" * 100_000,
]
good_records = st.builds(
    transaction,
    seq=st.integers(0, 2**63 - 1),
    payment_id=st.text(min_size=1, max_size=20).filter(lambda text: sum(c.isdigit() for c in text) < 13),
    amount_minor=st.integers(0, 10**12),
    unknown=st.recursive(st.none() | st.booleans(), lambda inner: st.lists(inner, max_size=3)),
)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)
BYTES_ON_THE_EDGE = [
    b"1.0", b"1e3", b"-0", b"01", b"-", b"+1", b"1.", b".5", b"1e999", b"NaN", b"Infinity", b"true", b"null",
    b'"EUR\\n"', b'"EUR\n"', b'"\\u0045UR"', b'"\\ud800"', b'"\xff"', b'"\xed\xa0\x80"', b'"EU\x00"',
    b'"2026-03-01T24:00:00Z"', b'"2026-03-01T23:59:60Z"', b'"2026-03-01"', b'"20260301T000000Z"',
    b'"2026-W09-7T00:00:00Z"', b'"2026-03-01T00:00:00"', b'"2026-03-01T00:00:00,5Z"', b"1763827200", b"[{}]",
    b"[null]", b"{}",
    b'{"address":"match","address":"lost"}', b"9223372036854775808", b"1000000000000", b"1000000000001",
]  # fmt: skip
VALUES_ON_THE_EDGE: list[Any] = [
    GOOD["event_id"].upper(),
    GOOD["event_id"].replace("-", ""),
    "urn:uuid:" + GOOD["event_id"],
    "2026-11-22t13:32:07+05:30",
    "2026-11-22 13:32:07.1234564Z",
    "2099-12-31T23:59:59.999999-00:30",
    "declined",
    "adjustment",
    -1,
    "51",
    "x" * 128,
    "x" * 129,
    "ä" * 128,
    "\ud83d\ude00",
    2**63 - 1,
    2**63,
    10**12,
    10**12 + 1,
    1.0,
    True,
    None,
    [],
    [{"sku": "a", "quantity": 1, "unit_price_minor": -1, "more": 1}],
    [{"sku": "a", "quantity": 1.0, "unit_price_minor": 1}],
    {"address": "match", "other": [1]},
    {"address": "maybe"},
]
records = st.one_of(
    good_records,
    st.sampled_from(BROKEN),
    st.binary(max_size=40),
    any_json.map(lambda value: json.dumps(value).encode()),
    st.builds(
        lambda name, value: json.dumps(GOOD | {name: value}).encode(), st.sampled_from(sorted(GOOD)), any_json
    ),
)


def outcome(model: type[BaseModel], record: bytes | None) -> BaseModel | tuple[str, str]:
    try:
        return decode_record(model, record)
    except Refused as refused:
        return refused.kind, refused.reason


def refused_as(record: bytes | None, model: type[BaseModel] = Transaction) -> Refused:
    with pytest.raises(Refused) as caught:
        decode_record(model, record)
    return caught.value


@given(st.lists(records, max_size=12))
def test_structs_are_the_models_and_refusals_too(batch: list[bytes | None]) -> None:
    """One contract: what is decoded without models is accepted, refused and valued as by the model."""
    structs, decoded = decode_structs(Transaction, batch), decode_batch(Transaction, batch)
    assert structs.refused == decoded.refused
    for one, event in zip(structs.events, decoded.events, strict=True):
        if isinstance(event, Refused):
            assert isinstance(one, Refused)
            assert (one.kind, one.reason) == (event.kind, event.reason)
        else:
            assert spelled(one) == spelled(event)


@pytest.mark.parametrize("model", [Transaction, Click, StockMovement])
@given(data=st.data())
def test_structs_agree_with_the_model_on_any_value_of_any_field(
    model: type[BaseModel], data: st.DataObject
) -> None:
    fields, values = (
        st.sampled_from(sorted(model.model_fields)),
        any_json | st.sampled_from(VALUES_ON_THE_EDGE),
    )
    changes = data.draw(st.dictionaries(fields, values, max_size=3))
    record = json.dumps(EXAMPLES[model] | changes).encode()
    (one,), event = decode_structs(model, [record]).events, outcome(model, record)
    if isinstance(event, BaseModel):
        said, known = spelled(one), spelled(event)
        assert said == known
        assert {name: type(value) for name, value in said.items()} == {
            name: type(value) for name, value in known.items()
        }
    else:
        assert isinstance(one, Refused)
        assert (one.kind, one.reason) == event


@pytest.mark.parametrize(
    "field",
    ["amount_minor", "seq", "currency", "occurred_at", "event_id", "no_sale", "lines", "checks", "status"],
)
@given(value=st.binary(max_size=12) | st.sampled_from(BYTES_ON_THE_EDGE))
def test_structs_agree_with_the_model_on_any_bytes_of_a_field(field: str, value: bytes) -> None:
    record = json.dumps({name: one for name, one in GOOD.items() if name != field}).encode()
    record = record[:-1] + b', "' + field.encode() + b'": ' + value + b"}"
    (one,), event = decode_structs(Transaction, [record]).events, outcome(Transaction, record)
    if isinstance(event, BaseModel):
        assert spelled(one) == spelled(event)
    else:
        assert isinstance(one, Refused)
        assert (one.kind, one.reason) == event


@pytest.mark.parametrize("text", [b"caf\xc3\xa9", b"\xe5\xba\x97-12", b"caf\xe9", b"\xed\xa0\x80"])
@pytest.mark.parametrize("field", [b"order_id", b"a field that nobody reads"])
def test_bytes_must_be_text_in_fields_that_nobody_reads_too(field: bytes, text: bytes) -> None:
    record = transaction()[:-1] + b',"' + field + b'":"' + text + b'"}'
    (one,), event = decode_structs(Transaction, [record]).events, outcome(Transaction, record)
    assert isinstance(one, Refused) == (event is not None and not isinstance(event, BaseModel))


def test_depth_is_refused_and_stops_nothing() -> None:
    deep = transaction()[:-1] + b',"unread":' + b"[" * 50_000 + b"]" * 50_000 + b"}"
    refused, good = decode_structs(Transaction, [deep, transaction()]).events
    assert isinstance(refused, Refused)
    assert refused.kind == "not_json"
    assert not isinstance(good, Refused)


@pytest.mark.parametrize("digits", ["1234564", "1234569", "123456789"])
def test_what_a_time_says_beyond_the_microsecond_is_rounded(digits: str) -> None:
    (one,) = decode_structs(Transaction, [transaction(occurred_at=f"2026-03-01T09:30:00.{digits}Z")]).events
    assert not isinstance(one, Refused)
    assert one.occurred_at.microsecond == round(int(digits) / 10 ** (len(digits) - 6))


def test_a_broken_rule_of_the_whole_record_is_refused_by_both() -> None:
    (one,) = decode_structs(Transaction, [transaction(decline_reason="51")]).events
    assert isinstance(one, Refused)
    assert "decline_reason is only allowed" in one.reason
    (two,) = decode_structs(Transaction, [transaction(decline_reason="51", status="declined")]).events
    assert isinstance(two, msgspec.Struct)


def test_a_model_whose_functions_have_no_rule_is_not_derived() -> None:
    class Ruled(Contract):
        a: int

        @model_validator(mode="after")
        def above(self) -> Self:
            return self

    class Changed(Contract):
        a: Annotated[int, BeforeValidator(int)]

    class Lax(BaseModel):
        a: int

    for model, why in (
        (Ruled, "rules do not name"),
        (Changed, "nothing here reads a function-before"),
        (Lax, "other settings"),
    ):
        with pytest.raises(TypeError, match=why):
            decode_structs(model, [b'{"a":1}'])
