"""A reader who names the fields it reads pays for those only, and the contract still counts for them."""

from typing import Any

import msgspec
import orjson
import pytest
from pydantic import ValidationError

from schemas.decode import own_decoder
from schemas.score import Score, ScoredPayment
from schemas.structs import struct_decoder, struct_for_writing
from schemas.transaction import Line, Transaction
from tests.support.scores import score
from tests.support.spelled import spelled

READ = frozenset({"origin.offset", "disposition", "payment.store_id", "payment.lines", "score"})


def record(**changes: object) -> bytes:
    return orjson.dumps({**orjson.loads(score(0, 7).model_dump_json()), **changes})


def test_what_is_read_is_what_the_whole_record_says() -> None:
    whole = spelled(Score.model_validate_json(record()))
    assert spelled(struct_decoder(Score, READ)(record())) == {
        "origin": {"offset": 7},
        "disposition": whole["disposition"],
        "payment": {"store_id": whole["payment"]["store_id"], "lines": whole["payment"]["lines"]},
        "score": whole["score"],
    }
    everything = frozenset(Score.model_fields)
    assert spelled(struct_decoder(Score, everything | {"origin.offset"})(record())) == whole


@pytest.mark.parametrize(
    "changes",
    [{"score": 1.5}, {"score": "high"}, {"payment": {}}, {"origin": {"offset": -1}}, {"disposition": "lost"}],
)
def test_what_is_read_must_be_as_the_contract_says(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="validation error"):
        own_decoder(Score, READ)(record(**changes))


def test_what_is_not_read_is_passed_over() -> None:
    read = struct_decoder(Score, READ)
    assert read(record(scored_at="yesterday", features="none")) == read(record())


def test_a_field_that_is_not_there_cannot_be_read() -> None:
    with pytest.raises(TypeError, match="there is no field weather"):
        struct_decoder(Score, frozenset({"weather"}))
    with pytest.raises(TypeError, match="there is no field weather"):
        struct_decoder(Score, frozenset({"payment.weather"}))


def test_rules_about_whole_records_need_all_fields() -> None:
    with pytest.raises(TypeError, match="Transaction has rules about whole records"):
        struct_decoder(Transaction, frozenset({"status"}))


def test_what_is_written_is_read_again_and_says_no_more_than_it_must() -> None:
    whole = score(0, 7).payment
    assert whole is not None
    struct: Any = struct_for_writing(ScoredPayment, first="reporting_minor")
    assert struct.__struct_fields__[0] == "reporting_minor"
    values = {name: getattr(whole, name) for name in struct.__struct_fields__}
    line = Line(sku="A-1", quantity=2, unit_price_minor=150)
    written = msgspec.json.encode(struct(**values | {"lines": (line.model_dump(),)}))
    assert ScoredPayment.model_validate_json(written) == whole.model_copy(update={"lines": (line,)})
    left_out = ScoredPayment.model_fields.keys() - orjson.loads(written)
    assert {name for name, value in values.items() if value is None or value == ()} - {"lines"} >= left_out
    assert left_out
