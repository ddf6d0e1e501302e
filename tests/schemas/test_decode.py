"""The door: good records become events, every other one is refused with its reason, and alone."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Self

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel, BeforeValidator, model_validator

import schemas
from schemas.dead_letter import DeadLetter
from schemas.decode import decode_batch, decode_fields, decode_record
from schemas.errors import Refused, SetAside
from schemas.event import Contract
from schemas.fields import OF_CONTRACTS
from schemas.heartbeat import Heartbeat
from schemas.model import Model
from schemas.origin import Origin
from schemas.topics import MAX_RECORD_BYTES, TOPICS
from schemas.transaction import Transaction
from tests.schemas.records import GOOD, card_numbers, grouped, transaction

GOOD_RECORD = transaction()
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
VALUES_ON_THE_EDGE: list[Any] = [
    GOOD["event_id"].upper(),
    GOOD["event_id"].replace("-", ""),
    "urn:uuid:" + GOOD["event_id"],
    "2026-11-22t13:32:07+05:30",
    "2026-11-22 13:32:07.1234567Z",
    "2099-12-31T23:59:59.999999-00:30",
    "declined",
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
@example([SMUGGLERS[0], GOOD_RECORD, SMUGGLERS[1], SMUGGLERS[2]])
def test_batch_equals_records_one_by_one(batch: list[bytes | None]) -> None:
    decoded = decode_batch(Transaction, batch)
    outcomes = [(e.kind, e.reason) if isinstance(e, Refused) else e for e in decoded.events]
    assert outcomes == [outcome(Transaction, record) for record in batch]
    assert decoded.refused == sum(isinstance(event, Refused) for event in decoded.events)


def test_hostile_records_cannot_shift_a_good_one() -> None:
    """As one list these are four events for four records; the victim would get its neighbour's place."""
    batch = [SMUGGLERS[0], transaction(payment_id="victim"), SMUGGLERS[1], b'{"extra":0}]}']
    events = decode_batch(Transaction, batch).events
    victim = events[1]
    assert isinstance(victim, Transaction)
    assert victim.payment_id == "victim"
    assert [isinstance(event, Refused) for event in events] == [True, False, True, True]


@given(st.sampled_from(sorted(TOPICS)), st.one_of(st.binary(max_size=300), records))
def test_no_bytes_raise_anything_but_refused(topic: str, record: bytes | None) -> None:
    outcome(TOPICS[topic].model, record)


@pytest.mark.parametrize("topic", sorted(TOPICS))
@given(data=st.data())
def test_no_value_in_any_field_raises_anything_but_refused(topic: str, data: st.DataObject) -> None:
    model = TOPICS[topic].model
    names = st.sampled_from(sorted(model.model_fields))
    value = data.draw(st.dictionaries(names, any_json, max_size=len(model.model_fields)))
    outcome(model, json.dumps(value).encode())


@pytest.mark.parametrize("record", BROKEN, ids=range(len(BROKEN)))
def test_reason_fits_into_a_dead_letter(record: bytes | None) -> None:
    refused = refused_as(record)
    assert isinstance(refused, SetAside)
    letter = DeadLetter(
        origin=Origin(generation="g:0", topic="transactions", partition=0, offset=0),
        kind=refused.kind,
        reason=refused.reason,
        payload="",
        payload_bytes=0,
        payload_sha256="0" * 64,
        refused_at=datetime(2026, 11, 22, tzinfo=UTC),
    )
    assert decode_record(DeadLetter, letter.model_dump_json().encode()) == letter


@pytest.mark.parametrize(
    ("changes", "kind", "named"),
    [
        ({"occurred_at": "1970-01-01T00:00:00Z"}, "schema", "occurred_at"),
        ({"occurred_at": "2014-12-31T23:59:59.999999Z"}, "schema", "occurred_at"),
        ({"occurred_at": "2100-01-01T00:00:00Z"}, "schema", "occurred_at"),
        ({"occurred_at": "2200-01-01T00:00:00Z"}, "schema", "occurred_at"),
        ({"occurred_at": "2026-11-22T14:32:07"}, "schema", "timezone"),
        ({"occurred_at": 1_795_354_327}, "schema", "occurred_at"),
        ({"occurred_at": "1795354327"}, "schema", "occurred_at"),
        ({"schema_version": 2}, "unknown_version", "schema_version is not 1"),
        ({"schema_version": "1"}, "unknown_version", "schema_version is not 1"),
        ({"schema_version": None}, "unknown_version", "schema_version is not 1"),
        ({"schema_version": 2, "amount_minor": -1}, "unknown_version", "schema_version is not 1"),
        ({"seq": 2**63}, "schema", "seq"),
        ({"amount_minor": 1.0}, "schema", "amount_minor"),
        ({"amount_minor": True}, "schema", "amount_minor"),
        ({"lines": [{"sku": "a", "quantity": "1", "unit_price_minor": 1}]}, "schema", "lines.0.quantity"),
        ({"payment_id": ""}, "schema", "payment_id"),
        ({"payment_id": "x" * 129}, "schema", "payment_id"),
    ],
)
def test_breach_is_refused_and_named(changes: dict[str, Any], kind: str, named: str) -> None:
    refused = refused_as(transaction(**changes))
    assert refused.kind == kind
    assert named in refused.reason


@pytest.mark.parametrize(
    "text", ["2015-01-01T00:00:00Z", "2099-12-31T23:59:59.999999Z", "2026-11-22t14:00:00+05:30"]
)
def test_dates_within_the_bounds_are_accepted(text: str) -> None:
    assert decode_record(Transaction, transaction(occurred_at=text)).occurred_at.tzinfo is not None


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("field", ["amount_minor", "payment_id", "unknown"])
def test_literals_that_are_not_json_are_refused(literal: str, field: str) -> None:
    record = transaction(**{field: "HERE"}).replace(b'"HERE"', literal.encode())
    assert refused_as(record).kind == "not_json"


def test_words_that_look_like_literals_are_accepted_in_a_text() -> None:
    record = transaction(payment_id="NaN", order_id="Infinity")
    assert decode_record(Transaction, record).payment_id == "NaN"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("NaN", "not_json"),
        ("-Infinity", "not_json"),
        ("1e999", "not_json"),
        ('"NaN"', "schema"),
        ('"1.5"', "schema"),
    ],
)
def test_number_that_would_poison_a_model_is_refused(value: str, kind: str) -> None:
    good = (Path(schemas.__file__).parent / "examples/models/accepted/logistic.json").read_bytes()
    assert decode_record(Model, good).bias == -4.2
    assert refused_as(good.replace(b"-4.2", value.encode()), Model).kind == kind


def test_record_over_one_mebibyte_is_refused_unread() -> None:
    fits = transaction(note="x" * (MAX_RECORD_BYTES - len(transaction(note=""))))
    assert len(fits) == MAX_RECORD_BYTES
    assert decode_record(Transaction, fits).payment_id == GOOD["payment_id"]
    assert refused_as(fits + b" ").kind == "too_large"
    assert "1,048,577 bytes" in refused_as(fits + b" ").reason


@pytest.mark.parametrize("depth", [150, 300, 1_000, 100_000])
@pytest.mark.parametrize("note", [b"1", b'"4111111111111112"'])
def test_deep_nesting_ends_nothing(depth: int, note: bytes) -> None:
    record = GOOD_RECORD[:-1] + b',"n":' + note + b',"x":' + b"[" * depth + b"]" * depth + b"}"
    if depth < 200:
        assert decode_record(Transaction, record).payment_id == GOOD["payment_id"]
    else:
        assert refused_as(record).kind == "not_json"


@given(st.data(), card_numbers())
def test_no_reason_repeats_a_value(data: st.DataObject, number: str) -> None:
    """Names come from the record too, so they are repeated only if they look like names."""
    text = data.draw(grouped(number))
    for record, model in (
        (orjson.dumps({"next_seq": {number: "1"}}), Heartbeat),
        (orjson.dumps({"next_seq": {text: "1"}}), Heartbeat),
        (transaction(status=text), Transaction),
        (orjson.dumps(GOOD | {text: {text: text}}), Transaction),
    ):
        reason = refused_as(record, model).reason
        assert number not in "".join(character for character in reason if character.isdigit())


def test_secret_in_a_name_is_not_repeated() -> None:
    refused = refused_as(orjson.dumps({"next_seq": {"hunter 2!" * 1000: "1"}}), Heartbeat)
    assert "hunter" not in refused.reason
    assert "next_seq.a field" in refused.reason


def test_long_reason_is_cut_to_what_a_dead_letter_takes() -> None:
    class Nested(BaseModel):
        names: dict[str, dict[str, dict[str, dict[str, dict[str, dict[str, dict[str, int]]]]]]]

    value: object = {letter * 60: "x" for letter in "abcdefgh"}
    for letter in "ijklmn":
        value = {letter * 60: value}
    assert len(refused_as(orjson.dumps({"names": value}), Nested).reason) == 2_000


def test_unknown_fields_are_ignored_and_events_are_frozen() -> None:
    event = decode_record(Transaction, transaction(colour="green"))
    assert not hasattr(event, "colour")
    with pytest.raises(ValueError, match="frozen"):
        event.seq = 5  # type: ignore[misc]  # the plugin knows that it is frozen


@given(st.lists(records, max_size=12))
def test_fields_are_the_models_and_refusals_too(batch: list[bytes | None]) -> None:
    """One contract: what is decoded without objects is accepted, refused and valued as by the model."""
    fields, decoded = decode_fields(Transaction, batch), decode_batch(Transaction, batch)
    assert fields.refused == decoded.refused
    for one, event in zip(fields.events, decoded.events, strict=True):
        if isinstance(event, Refused):
            assert isinstance(one, Refused)
            assert (one.kind, one.reason) == (event.kind, event.reason)
        else:
            assert one == event.model_dump()
            assert list(one) == list(event.model_dump())


@given(
    st.dictionaries(
        st.sampled_from(sorted(Transaction.model_fields)),
        any_json | st.sampled_from(VALUES_ON_THE_EDGE),
        max_size=3,
    )
)
def test_fields_agree_with_the_model_on_any_value_of_any_field(changes: dict[str, Any]) -> None:
    record = json.dumps(GOOD | changes).encode()
    (one,), event = decode_fields(Transaction, [record]).events, outcome(Transaction, record)
    if isinstance(event, BaseModel):
        assert one == event.model_dump()
        assert isinstance(one, dict)
        assert {name: type(value) for name, value in one.items()} == {
            name: type(value) for name, value in event.model_dump().items()
        }
    else:
        assert isinstance(one, Refused)
        assert (one.kind, one.reason) == event


def test_a_broken_rule_of_the_whole_record_is_refused_by_both() -> None:
    (one,) = decode_fields(Transaction, [transaction(decline_reason="51")]).events
    assert isinstance(one, Refused)
    assert "decline_reason is only allowed" in one.reason
    (two,) = decode_fields(Transaction, [transaction(decline_reason="51", status="declined")]).events
    assert isinstance(two, dict)


def test_a_model_whose_functions_have_no_rule_is_not_derived() -> None:
    class Ruled(Contract):
        a: int

        @model_validator(mode="after")
        def above(self) -> Self:
            return self

    class Changed(Contract):
        a: Annotated[int, BeforeValidator(int)]

    for model in (Ruled, Changed):
        with pytest.raises(TypeError, match="rules do not name"):
            decode_fields(model, [b'{"a":1}'])


def test_derived_contract_has_the_settings_of_every_contract() -> None:
    settings = Contract.model_config
    assert {
        "strict": settings["strict"],
        "allow_inf_nan": settings["allow_inf_nan"],
        "extra_fields_behavior": settings["extra"],
    } == OF_CONTRACTS
