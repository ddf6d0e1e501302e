"""A card number never enters, however it is written; what only looks like one does."""

import hashlib
from time import process_time
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.card_numbers import find_card_number, looks_suspicious, mask_card_numbers, masked_start
from schemas.decode import decode_batch, decode_record
from schemas.errors import Refused
from schemas.topics import MAX_RECORD_BYTES
from schemas.transaction import Transaction
from tests.schemas.records import GOOD, card_numbers, grouped, transaction, with_check_digit

VISA = "4111111111111111"
# Text around a number that leaves it a number: no digit touches it, and no hex digest is formed.
BEFORE = st.sampled_from(["", " ", "card ", "pan:", "2 ", "12-", "no.", "№", '"', "\n", "x"])
AFTER = st.sampled_from(["", " ", " exp 12/29", " 123", "-7", ".", "№", '"', "\\", "x"])


def digits_of(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(character):04x}" for character in text)


@given(st.data(), card_numbers(), BEFORE, AFTER)
def test_card_number_in_any_string_is_refused(
    data: st.DataObject, number: str, before: str, after: str
) -> None:
    text = before + data.draw(grouped(number)) + after
    place = data.draw(st.sampled_from(["known", "unknown", "name", "list", "deep"]))
    places: dict[str, dict[str, Any]] = {
        "known": {"order_id": text},
        "unknown": {"note": text},
        "name": {text: 1},
        "list": {"notes": [1, {"a": "b"}, text]},
        "deep": {"extra": {"a": [[{"b": {text: None}}]]}},
    }
    record = transaction(**places[place])
    assert looks_suspicious(record)
    with pytest.raises(Refused) as caught:
        decode_record(Transaction, record)
    assert caught.value.kind == "card_number"
    assert number not in digits_of(caught.value.reason)
    assert number not in digits_of(mask_card_numbers(record.decode()))
    assert number not in digits_of(mask_card_numbers(text))


@given(st.data(), card_numbers())
def test_escaped_card_number_is_refused_and_masked(data: st.DataObject, number: str) -> None:
    text = data.draw(grouped(number))
    cut = data.draw(st.integers(0, len(text) - 1))
    record = transaction(note="HERE").replace(b"HERE", (text[:cut] + escaped(text[cut:])).encode())
    with pytest.raises(Refused) as caught:
        decode_record(Transaction, record)
    assert caught.value.kind == "card_number"
    masked = mask_card_numbers(record.decode())
    assert number not in digits_of(orjson.loads(masked)["note"])


@given(st.data(), card_numbers())
def test_number_in_a_field_given_twice_is_refused(data: st.DataObject, number: str) -> None:
    """A JSON parser keeps one of the two; the other would still stand in the topic."""
    once, twice = transaction(), b'"payment_id":"' + number.encode() + b'"'
    first = data.draw(st.booleans())
    record = b"{" + twice + b"," + once[1:] if first else once[:-1] + b"," + twice + b"}"
    with pytest.raises(Refused, match="payment_id holds a card number"):
        decode_record(Transaction, record)


@given(st.integers(0, 10**13 - 1))
def test_no_gtin_in_a_sku_is_refused(number: int) -> None:
    gtin = with_check_digit(f"{number:013d}")[-13:]
    line = {"sku": gtin, "quantity": 1, "unit_price_minor": 100}
    assert decode_record(Transaction, transaction(lines=[line])).lines[0].sku == gtin


@pytest.mark.parametrize("gtin", ["4006381333931", "4012345678901", "40123456789012", "5000000000005"])
def test_gtin_that_passes_as_a_card_is_exempt_in_a_sku_only(gtin: str) -> None:
    number = with_check_digit(gtin[:-1])
    assert find_card_number(orjson.dumps({"sku": number})) is None
    assert find_card_number(orjson.dumps({"lines": [{"quantity": 1, "sku": number}]})) is None
    if len(number) == 13:
        assert find_card_number(orjson.dumps({"order_id": number})) == "order_id"
        assert find_card_number(orjson.dumps({"sku": {"a": number}})) == "a"
        assert find_card_number(b'{"sku": ["x", "%s"]}' % number.encode()) == "sku"


@given(card_numbers().filter(lambda number: len(number) > 14))
def test_number_longer_than_a_gtin_is_refused_in_a_sku(number: str) -> None:
    assert find_card_number(orjson.dumps({"lines": [{"sku": number}]})) == "sku"


@given(st.uuids(), st.sampled_from(["", "pay-", "order/"]))
def test_uuids_are_never_refused(identifier: UUID, prefix: str) -> None:
    for text in (str(identifier), identifier.hex, str(identifier).upper(), identifier.urn):
        record = transaction(payment_id=prefix + text)
        assert decode_record(Transaction, record).payment_id == prefix + text
        assert mask_card_numbers(prefix + text) == prefix + text


def test_uuid_of_a_card_number_in_hex_is_never_refused() -> None:
    for text in (
        f"aaaaaaaa-{VISA[:4]}-{VISA[4:8]}-{VISA[8:12]}-{VISA[12:]}bbbbbbbb",
        f"abcdef{VISA}abcdefabcd",
    ):
        assert decode_record(Transaction, transaction(payment_id=text)).payment_id == text


@given(st.binary(max_size=8))
def test_hex_digests_are_never_refused(secret: bytes) -> None:
    for digest in (hashlib.sha256(secret), hashlib.sha1(secret, usedforsecurity=False)):
        assert find_card_number(orjson.dumps({"customer_id": digest.hexdigest()})) is None


def test_sixteen_digits_without_luhn_or_issuer_are_accepted() -> None:
    for text in ("4111111111111112", "1234567812345670", "9999999999999995", "41111111111111111111"):
        assert decode_record(Transaction, transaction(order_id=text)).order_id == text


def test_number_is_not_found_across_two_strings() -> None:
    record = transaction(notes=[VISA[:8], VISA[8:]])
    assert decode_record(Transaction, record).payment_id == GOOD["payment_id"]


def test_mask_keeps_the_last_four_digits_and_all_else() -> None:
    text = f'{{"a": "2 {VISA[:4]} {VISA[4:8]}-{VISA[8:]} 12/29", "b": "4111111111111112"}}'
    assert mask_card_numbers(text) == '{"a": "2 ************1111 12/29", "b": "4111111111111112"}'


@given(st.text(st.sampled_from('0123456789 -4\\u"{}:,a'), max_size=60))
def test_nothing_found_is_overlooked_by_the_quick_look(text: str) -> None:
    record = orjson.dumps({"note": text})
    if find_card_number(record) is not None:
        assert looks_suspicious(record)
    masked = mask_card_numbers(text)
    assert mask_card_numbers(masked) == masked


@given(st.data(), card_numbers(), st.booleans(), st.integers(0, 200))
def test_start_of_a_record_holds_no_part_of_a_number(
    data: st.DataObject, number: str, escape: bool, limit: int
) -> None:
    text = data.draw(grouped(number))
    record = f'{{"note":"{escaped(text) if escape else text}"}}'.encode()
    start = masked_start(record, limit)
    assert len(start.encode()) <= limit
    assert len(digits_of(start)) <= 4


def test_start_of_a_record_is_what_stands_there() -> None:
    record = '{"name":"Köln","id":"s-12","more":"text"}'.encode()
    assert masked_start(record, 1_000) == record.decode()
    assert masked_start(record, 11) == '{"name":"K'
    assert masked_start(record, 26) == '{"name":"Köln","id":"s'
    assert masked_start(b"\xff" * 10, 12) == "\ufffd" * 4


def test_search_for_the_open_end_is_linear() -> None:
    before = process_time()
    masked_start(b"1 " * 500_000 + b"x" + b"1" * 50, 1_000_010)
    assert process_time() - before < 10


@given(st.binary(max_size=200))
def test_any_bytes_can_be_searched_and_masked(record: bytes) -> None:
    find_card_number(record)
    mask_card_numbers(record.decode("utf-8", "replace"))
    masked_start(record, 100)


@pytest.mark.parametrize(
    "unit",
    [
        "5 0 0 0 ",
        "6 7 ",
        "4",
        '\\"',
        "\\",
        '"',
        '"": ',
        '"4111111111111112":1,',
        "1   ",
        "[",
        '{"a":',
        "41111111111x",
    ],
)
@pytest.mark.parametrize("start", ['{"a":"', '\\u"'])
def test_hostile_record_is_searched_in_linear_time(unit: str, start: str) -> None:
    """A quarter of the largest record, in decoding and masking together: under .4 s; quadratic: minutes."""
    size = MAX_RECORD_BYTES // 4
    record = (start + unit * (size // len(unit)))[:size].encode()
    before = process_time()
    decode_batch(Transaction, [record])
    mask_card_numbers(record.decode())
    assert process_time() - before < 10
