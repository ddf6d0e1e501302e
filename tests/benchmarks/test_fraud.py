"""The fraud benchmark cannot see what was not known, and chooses the payments that the handbook tests."""

import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import numpy as np
import orjson
import polars as pl
import pytest
from typer.testing import CliRunner

from benchmarks.__main__ import app
from benchmarks.card_fraud import LABEL_DELAY, Payments, card_precision, choose_rows, read_payments
from benchmarks.errors import BenchmarkError
from benchmarks.fraud import bootstrap
from benchmarks.fraud_stream import FraudStream
from detectors.fraud.detector import FraudDetector
from detectors.fraud.label_book import LabelBook
from detectors.fraud.online import OnlineTrainer
from detectors.ranking import Ranking
from streams.score_records import judged_payments
from tests.support.events import label, payment

START = datetime(2018, 4, 1, tzinfo=UTC)
DAYS = 40


def made(path: Path, seed: int = 1, *, per_day: int = 60) -> Path:
    """A file like the real one; a terminal in ten is compromised and its payments are high."""
    random = np.random.default_rng(seed)
    count = DAYS * per_day
    seconds = np.sort(random.integers(0, DAYS * 86_400, count))
    terminals = random.integers(0, 20, count)
    frauds = (terminals < 2) & (random.random(count) < 0.7)
    table = pl.DataFrame(
        {
            "transaction_id": np.arange(count),
            "event_time": [START + timedelta(seconds=int(second)) for second in seconds],
            "customer_id": random.integers(0, 30, count).astype(np.int32),
            "terminal_id": terminals.astype(np.int32),
            "amount": np.round(random.gamma(2, 40, count) * np.where(frauds, 2, 1), 2),
            "is_fraud": frauds,
            "scenario": np.zeros(count, np.int8),
        }
    ).with_columns(pl.col("event_time").cast(pl.Datetime("ms", "UTC")))
    path.parent.mkdir(parents=True, exist_ok=True)
    table.write_parquet(path)
    return path


def with_labels(payments: Payments, frauds: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Payments:
    """The same payments, told otherwise."""
    return replace(payments, frauds=frauds)


def scores_of(payments: Payments) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    stream = FraudStream(payments, OnlineTrainer(100))
    stream.run(len(payments), lambda _: None)
    assert stream.models > 20, "without models nothing is shown"
    return stream.scores


def test_a_label_known_later_cannot_change_a_score_and_one_known_earlier_does(tmp_path: Path) -> None:
    payments = read_payments(made(tmp_path / "payments.parquet"))
    moment = START + timedelta(days=30, hours=10)
    scored = np.array([paid < moment for paid in payments.times])
    unknown = np.array([paid + LABEL_DELAY >= moment for paid in payments.times])
    honest = scores_of(payments)

    not_known_yet = scores_of(with_labels(payments, payments.frauds ^ unknown))
    np.testing.assert_array_equal(not_known_yet[scored], honest[scored])
    assert (not_known_yet[~scored] != honest[~scored]).any()

    known = ~unknown & (payments.days > payments.days[0] + 20)
    assert (scores_of(with_labels(payments, payments.frauds ^ known))[scored] != honest[scored]).any()


def features_of(payments: Payments) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    stream = FraudStream(payments, OnlineTrainer(100), features=[])
    stream.run(len(payments), lambda _: None)
    assert stream.features is not None
    return np.concatenate(stream.features)


def test_labels_at_random_that_are_younger_than_a_week_change_no_feature_at_all(tmp_path: Path) -> None:
    """Of every payment up to a moment, to the last bit, though models are learnt on the way."""
    payments = read_payments(made(tmp_path / "payments.parquet"))
    moment = START + timedelta(days=30, hours=10)
    before = np.array([paid < moment for paid in payments.times])
    unknown = np.array([paid + LABEL_DELAY >= moment for paid in payments.times])
    at_random = np.where(unknown, np.random.default_rng(2).random(len(payments)) < 0.5, payments.frauds)
    honest, other = features_of(payments), features_of(with_labels(payments, at_random))
    assert honest[before].tobytes() == other[before].tobytes()
    assert honest[~before].tobytes() != other[~before].tobytes()


def test_worker_and_benchmark_see_the_same_features(tmp_path: Path) -> None:
    """From columns hour by hour, or from records in batches of any size."""
    payments = read_payments(made(tmp_path / "payments.parquet"))
    count = 500
    part = FraudStream(payments, OnlineTrainer(100), features=[])
    part.run(count, lambda _: None)
    assert part.features is not None
    assert part.models == 0
    known, labels, paid = LabelBook(), [], []
    for row in range(count):
        moment = payments.times[row]
        paid.append(
            payment(
                row,
                event_id=UUID(int=row),
                occurred_at=moment,
                amount_minor=int(payments.amounts_minor[row]),
                customer_id=str(payments.customers[row]),
                terminal_id=str(payments.terminals[row]),
            )
        )
        verdict = "fraud" if payments.frauds[row] else "genuine"
        labels.append(label(paid[-1], moment + LABEL_DELAY, verdict=verdict))
    known.learn(labels)
    detector = FraudDetector(known)
    cuts = [0, 1, 2, 150, 151, 400, count]
    records = [paid[start:end] for start, end in pairwise(cuts)]
    fields = [judged_payments(batch) for batch in records]
    rows = np.concatenate([detector.observe_batch(batch) for batch in fields])
    np.testing.assert_array_equal(rows.astype(np.float32), np.concatenate(part.features))


def test_scores_do_not_depend_on_what_comes_after(tmp_path: Path) -> None:
    payments = read_payments(made(tmp_path / "payments.parquet"))
    part = FraudStream(payments, OnlineTrainer(100))
    part.run(1_500, lambda _: None)
    np.testing.assert_array_equal(part.scores[:1_500], scores_of(payments)[:1_500])


def test_customers_known_to_be_defrauded_are_left_out() -> None:
    """Test week from day 14 on: frauds from day 0 to day 6 count at once, later ones after 8 days."""
    days = np.array([-1, 0, 6, 7, 8, 6, *([14] * 4), *([15] * 4), *([16] * 4), 21])
    customers = np.array([1, 2, 3, 4, 5, 9, 1, 2, 3, 4, 1, 3, 4, 5, 1, 4, 5, 6, 1])
    frauds = np.array([True] * 5 + [False] * 14)
    start = date(2018, 4, 1)
    epoch_day = (start - date(1970, 1, 1)).days
    nothing = np.zeros(len(days), np.int64)
    payments = Payments([], nothing, days + epoch_day, customers, nothing, nothing, frauds, nothing)
    rows = choose_rows(payments, start + timedelta(days=14), 1)
    chosen = [(int(days[row]), int(customers[row])) for row in rows]
    assert chosen == [(14, 1), (14, 4), (15, 1), (15, 5), (16, 1), (16, 6)]


def test_published_protocol_tests_58264_payments_with_385_frauds() -> None:
    data = os.environ.get("TILLWATCH_DATA")
    if data is None:
        pytest.skip("TILLWATCH_DATA is not set: the card-fraud data is not part of the project")
    payments = read_payments(Path(data) / "card-fraud" / "transactions.parquet")
    rows = choose_rows(payments, date(2018, 8, 8), 1)
    assert (len(rows), int(payments.frauds[rows].sum())) == (58_264, 385)


def test_card_precision_counts_a_customer_once() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.9, 0.5, 0.4])
    frauds = np.array([False, True, True, False, True, True, False])
    customers = np.array([1, 1, 2, 3, 1, 4, 3])
    days = np.array([0, 0, 0, 0, 1, 1, 1])
    # Day 0: customers 1 and 2, both found. Day 1: without them 4 and 3, of whom 4 is found.
    assert card_precision(scores, frauds, customers, days, top=2) == pytest.approx((2 / 2 + 1 / 2) / 2)


def test_bootstrap_is_seeded_and_surrounds_the_average_precision() -> None:
    random = np.random.default_rng(5)
    frauds = random.random(2_000) < 0.1
    ranking = Ranking(random.random(2_000) + np.where(frauds, 0.5, 0.0), frauds)
    customers = random.integers(0, 200, 2_000)
    low, high = bootstrap(ranking, customers)
    assert low < ranking.average_precision() < high
    assert bootstrap(ranking, customers) == (low, high)


def test_the_last_line_is_one_flat_json_object(tmp_path: Path) -> None:
    made(tmp_path / "card-fraud" / "transactions.parquet")
    options = ["fraud", "--data", str(tmp_path), "--test-from", "2018-04-29", "--weeks", "1"]
    table = CliRunner().invoke(app, options)
    bare = CliRunner().invoke(app, [*options, "--json", "--model", "online"])
    assert table.exit_code == bare.exit_code == 0
    record = orjson.loads(table.stdout.splitlines()[-1])
    again = orjson.loads(bare.stdout)
    assert record.pop("scoring_us") > 0 < again.pop("scoring_us")
    assert record.pop("labels_us") > 0 < again.pop("labels_us")
    assert record == again
    assert {"ap", "ap_low", "ap_high", "auc", "cp100", "payments", "frauds"} <= set(record)
    assert all(isinstance(value, float | int) for value in record.values())
    assert record["payments"] > 0
    assert len(table.stdout.splitlines()) > 3


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--model", "feedback"], "cannot read"),
        ([], "cannot read"),
        (["--test-from", "2017-01-01"], "no payment"),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, options: list[str], reason: str) -> None:
    if options[:1] == ["--test-from"]:
        made(tmp_path / "card-fraud" / "transactions.parquet")
    result = CliRunner().invoke(app, ["fraud", "--data", str(tmp_path), *options])
    assert isinstance(result.exception, BenchmarkError)
    assert reason in str(result.exception)
    assert "\n" not in str(result.exception)


def test_a_damaged_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(BenchmarkError, match=r"cannot read .*broken\.parquet"):
        read_payments(tmp_path / "broken.parquet")
    pl.DataFrame({"event_time": [START]}).write_parquet(tmp_path / "narrow.parquet")
    with pytest.raises(BenchmarkError, match="cannot read"):
        read_payments(tmp_path / "narrow.parquet")
