"""Files to replay, good and bad."""

from pathlib import Path

import polars as pl
import pytest

from producers.card_fraud_file import load_payments
from producers.errors import BadInputFile
from tests.support.card_fraud import card_fraud_frame, write_card_fraud


def test_payments_come_in_order_of_time(tmp_path: Path) -> None:
    frame = card_fraud_frame(500)
    frame.sample(fraction=1, shuffle=True, seed=3).write_parquet(tmp_path / "shuffled.parquet")
    payments = load_payments(tmp_path / "shuffled.parquet", limit=400)
    assert len(payments) == 400
    assert payments.ids.tolist() == frame["transaction_id"].head(400).to_list()
    assert payments.amounts_minor[:9].tolist() == [round(amount * 100) for amount in frame["amount"][:9]]
    assert payments.frauds.sum() == frame["is_fraud"].head(400).sum()


def test_a_limit_beyond_the_end_is_the_whole_file(tmp_path: Path) -> None:
    assert len(load_payments(write_card_fraud(tmp_path / "f.parquet", payments=50), limit=1_000)) == 50


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda f: f.drop("amount"), "lacks the column amount"),
        (lambda f: f.with_columns(pl.col("amount").cast(pl.String)), "column amount is String, expected Fl"),
        (lambda f: f.with_columns(pl.col("event_time").dt.replace_time_zone(None)), "column event_time is"),
        (lambda f: f.with_columns(pl.col("is_fraud").cast(pl.Int8)), "column is_fraud is Int8, exp"),
        (lambda f: f.with_columns(customer_id=pl.lit(None, pl.Int32)), "customer_id has 20 missing values"),
        (lambda f: f.with_columns(amount=pl.lit(float("nan"))), "20 amounts are negative, not numbers"),
        (lambda f: f.with_columns(amount=-pl.col("amount") - 1), "20 amounts are negative, not numbers"),
        (lambda f: f.with_columns(pl.col("event_time").dt.offset_by("-30y")), "between 2015 and 2099"),
        (lambda f: f.with_columns(transaction_id=pl.lit(1)), "transaction_id has repeated values"),
        (lambda f: f.clear(), "holds no payments"),
    ],
)  # fmt: skip
def test_bad_columns_and_values_are_named(tmp_path: Path, change: object, reason: str) -> None:
    assert callable(change)
    path = tmp_path / "bad.parquet"
    change(card_fraud_frame(20)).write_parquet(path)
    with pytest.raises(BadInputFile, match=reason) as refused:
        load_payments(path)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("keep", [0, 10, 0.5, 0.99])
def test_a_damaged_file_is_named(tmp_path: Path, keep: float) -> None:
    path = write_card_fraud(tmp_path / "cut.parquet", payments=200)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)] if keep < 1 else whole[: int(keep)])
    with pytest.raises(BadInputFile, match="is damaged or not parquet") as refused:
        load_payments(path)
    assert "\n" not in str(refused.value)


def test_damage_in_the_middle_is_named(tmp_path: Path) -> None:
    path = write_card_fraud(tmp_path / "holes.parquet", payments=2_000)
    whole = bytearray(path.read_bytes())
    whole[200:1_200] = bytes(1_000)
    path.write_bytes(whole)
    with pytest.raises(BadInputFile, match=r"is damaged or not parquet|transaction_id has repeated values"):
        load_payments(path)


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputFile, match="does not exist"):
        load_payments(tmp_path / "none.parquet")
    with pytest.raises(BadInputFile, match="is not a file"):
        load_payments(tmp_path)
