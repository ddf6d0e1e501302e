"""A dead letter shows where, why and a masked copy."""

from datetime import UTC, datetime
from hashlib import sha256

import pytest

from schemas.dead_letter import DeadLetter
from schemas.errors import Refused
from schemas.origin import Origin
from streams.refusals import dead_letter

ORIGIN = Origin(generation="g:0", topic="transactions", partition=3, offset=17)
NOW = datetime(2026, 10, 5, tzinfo=UTC)
CARD = "4111111111111111"


def letter_of(record: bytes, kind: str = "schema") -> DeadLetter:
    refused = Refused(kind, "why")  # type: ignore[arg-type]  # a parameter of the tests
    return DeadLetter.model_validate_json(dead_letter(ORIGIN, record, refused, NOW).value)


def test_the_key_is_the_origin() -> None:
    assert dead_letter(ORIGIN, b"x", Refused("not_json", "why"), NOW).key == b"g:0|transactions|3|17"


def test_the_hash_and_size_are_of_the_whole_record() -> None:
    record = b"x" * 2_000_000
    letter = letter_of(record, "too_large")
    assert letter.payload_bytes == 2_000_000
    assert letter.payload_sha256 == sha256(record).hexdigest()
    assert len(letter.payload.encode()) == 65_536


@pytest.mark.parametrize(
    "record",
    [
        b'{"note": "' + CARD.encode() + b'"}',
        b'{"note": "4111 1111 1111 1111"}',
        b'{"note": "' + "".join(f"\\u{ord(digit):04x}" for digit in CARD).encode() + b'"}',
        b"x" * 70_000 + CARD.encode(),
        b"x" * (65_536 - 13) + CARD.encode(),
        b"not json " + CARD.encode() + b"\xff\xfe",
    ],
)
def test_no_card_number_is_kept(record: bytes) -> None:
    payload = letter_of(record, "card_number").payload
    digits = "".join(character for character in payload if character.isdigit())
    assert CARD[:12] not in digits
    assert "\\u0034" not in payload


@pytest.mark.parametrize("record", [b"", b"\xff" * 70_000, "ü".encode() * 40_000, b"\x00" * 70_000])
def test_bytes_that_are_no_text_still_fit(record: bytes) -> None:
    assert len(letter_of(record).payload.encode()) <= 65_536
