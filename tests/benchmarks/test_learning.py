"""The benchmark of the learning loop: who is promoted over a file, and what it says."""

from datetime import date
from pathlib import Path

import numpy as np
import orjson
import pytest
from typer.testing import CliRunner

from benchmarks.__main__ import app
from benchmarks.card_fraud import read_payments
from benchmarks.learning import dearer
from tests.benchmarks.test_fraud import made


@pytest.mark.parametrize(("options", "promotions"), [([], 0), (["--first", "--no-costs"], 1)])
def test_only_a_champion_that_never_learns_is_replaced_by_the_rule(
    tmp_path: Path, options: list[str], promotions: int
) -> None:
    made(tmp_path / "card-fraud" / "transactions.parquet", per_day=150)
    result = CliRunner().invoke(app, ["learning", "--data", str(tmp_path), "--days", "28", *options])
    assert result.exit_code == 0, result.output
    record = orjson.loads(result.stdout.splitlines()[-1])
    assert record["promotions"] == promotions
    assert result.stdout.count("by hand") == promotions
    assert "; the first model" in result.stdout
    assert record["unlabelled_share"] == 0
    alone = record.pop("one_line_us")
    assert (alone is None) == ("--no-costs" in options)
    assert record["all_lines_us"] > 0
    assert all(isinstance(value, float | int) for value in record.values())


def test_all_amounts_rise_from_a_day_on_and_none_before(tmp_path: Path) -> None:
    payments = read_payments(made(tmp_path / "payments.parquet"))
    since = date(2018, 4, 20)
    raised = dearer(payments, since, 1.5)
    later = payments.days >= (since - date(1970, 1, 1)).days
    assert 0 < later.sum() < len(payments)
    np.testing.assert_array_equal(raised.amounts_minor[~later], payments.amounts_minor[~later])
    np.testing.assert_array_equal(raised.amounts_minor[later], np.round(payments.amounts_minor[later] * 1.5))
