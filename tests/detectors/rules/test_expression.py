"""What an analyst may write, and what is refused before any engine sees it."""

import pytest

from detectors.errors import RuleRefused
from detectors.rules.columns import COLUMNS
from detectors.rules.engine import compile_expression
from detectors.rules.expression import MAX_DEPTH, MAX_OPERATORS, checked_columns

ACCEPTED = [
    "score > 0.9",
    "score>.9 and amount_minor >= 10000",
    "block_card OR NOT allow_customer",
    "store_id IN ('s-1', 's-2') AND hour_utc BETWEEN 0 AND 5",
    "bin_country <> 'DE' AND bin_country IS NOT NULL",
    "CASE WHEN channel = 'web' THEN score > 0.5 ELSE score > 0.8 END",
    "CASE (channel) WHEN 'web' THEN TRUE ELSE FALSE END",
    "TRY_CAST(source AS BIGINT) = 100 AND cashier_id LIKE 'c-%'",
    "customer_id = 'O''Neil; DROP TABLE scores --'",
    "GREATEST(amount_minor, discount_minor * 2) / 100 > 50.5e0",
    "amount_minor / NULLIF(discount_minor, 0) > 2 AND amount_minor % 100 = 0",
    "LOWER(LEFT(source, 4)) = 'till'",
    " OR ".join(f"amount_minor = {number}" for number in range(MAX_OPERATORS // 2)),
    "(" * MAX_DEPTH + "no_sale" + ")" * MAX_DEPTH,
]
REFUSED = {
    "unknown column scor, do you mean score": "scor > 1",
    "unknown column SELECT": "(SELECT 1) = score",
    "unknown function READ_CSV": "read_csv('x') = score".replace("read_csv", "READ_CSV"),
    "unknown function SUM": "SUM(score) > 1",
    "unknown function ROW_NUMBER": "ROW_NUMBER() OVER (score) > 1",
    "score is a column, not a function": "score(1) > 2",
    "';' at character 10": "score > 1;",
    "at character 11": "score > 1 -- nothing",
    "at character 6": "score::text = 'a'",
    "at character 1": '"score" > 1',
    "at character 12": "store_id = 'x",
    "names no column": "1 = 1",
    "after 0.5: expected an operator": "score > 0.5 amount > 3",
    "a comma outside": "score > 1, amount > 2",
    "AS is for TRY_CAST": "COALESCE(score, 0 AS BIGINT) > 1",
    r"\) closes nothing": "score > 1)",
    "not closed": "(score > 1",
    "END closes nothing": "score > 1 END",
    f"at most {MAX_OPERATORS}": " OR ".join(f"amount_minor = {n}" for n in range(MAX_OPERATORS // 2 + 1)),
    f"more than {MAX_DEPTH} deep": "(" * (MAX_DEPTH + 1) + "no_sale" + ")" * (MAX_DEPTH + 1),
    "expected true or false": "amount_minor + 1",
    "cannot compare string": "source > 5",
    "for String values": "store_id IN (1)",
    "unable to parse": "score > > 1",
    "no function matches": "ABS(score, 2) > 1",
    "unknown function CAST": "CAST(source AS BIGINT) > 1",
    "not by amount": "amount / amount > 1",
    "not by 0": "amount_minor % 0.0 = 1",
}


@pytest.mark.parametrize("when", ACCEPTED)
def test_an_expression_over_columns_is_accepted(when: str) -> None:
    assert compile_expression(when).columns == checked_columns(when)


@pytest.mark.parametrize(("reason", "when"), REFUSED.items())
def test_everything_else_is_refused_with_its_reason(reason: str, when: str) -> None:
    with pytest.raises(RuleRefused, match=reason):
        compile_expression(when)


@pytest.mark.parametrize("name", COLUMNS)
def test_every_declared_column_can_be_named(name: str) -> None:
    assert compile_expression(f"{name} IS NOT NULL").columns == (name,)
