"""A reader who names the fields it reads pays for those only, and the contract still counts for them."""

import orjson
import pytest

from schemas.fields import fields_of, fields_validator
from schemas.score import Score
from schemas.transaction import Transaction
from tests.support.scores import score

READ = frozenset({"origin.offset", "disposition", "payment.store_id", "payment.lines", "score"})


def record(**changes: object) -> bytes:
    return orjson.dumps({**orjson.loads(score(0, 7).model_dump_json()), **changes})


def test_what_is_read_is_what_the_whole_record_says() -> None:
    whole = fields_of(Score.model_validate_json(record()))
    assert fields_validator(Score, READ)(record()) == {
        "origin": {"offset": 7},
        "disposition": whole["disposition"],
        "payment": {"store_id": whole["payment"]["store_id"], "lines": whole["payment"]["lines"]},
        "score": whole["score"],
    }
    everything = frozenset(Score.model_fields)
    assert fields_validator(Score, everything | {"origin.offset"})(record()) == whole


@pytest.mark.parametrize(
    "changes",
    [{"score": 1.5}, {"score": "high"}, {"payment": {}}, {"origin": {"offset": -1}}, {"disposition": "lost"}],
)
def test_what_is_read_must_be_as_the_contract_says(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        fields_validator(Score, READ)(record(**changes))


def test_what_is_not_read_is_passed_over() -> None:
    read = fields_validator(Score, READ)
    assert read(record(scored_at="yesterday", features="none")) == read(record())


def test_a_field_that_is_not_there_cannot_be_read() -> None:
    with pytest.raises(TypeError, match="there is no field weather"):
        fields_validator(Score, frozenset({"weather"}))
    with pytest.raises(TypeError, match="there is no field weather"):
        fields_validator(Score, frozenset({"payment.weather"}))


def test_rules_about_whole_records_need_all_fields() -> None:
    with pytest.raises(TypeError, match="Transaction has rules about whole records"):
        fields_validator(Transaction, frozenset({"status"}))
