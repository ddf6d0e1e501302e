"""`tillwatch explain` on a real store and a real broker."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import orjson
import pytest
from aiokafka import ConsumerRecord
from typer.testing import CliRunner, Result

from detectors.fraud.champions import Champions
from detectors.fraud.detector import FraudDetector
from detectors.fraud.features import FEATURE_NAMES
from detectors.fraud.label_book import LabelBook
from schemas.model import AmountTable, Model
from schemas.score import Reason, Score
from schemas.topics import MODELS
from sinks.settings import ClickHouseSettings
from sinks.tables.registry import TABLES
from sinks.writer.batch import Batch, make_rows
from sinks.writer.inserter import Inserter
from sinks.writer.position import Position
from tests.detectors.models import WIDTH, model, score_of
from tests.support.alert_records import alert_record
from tests.support.events import MONDAY, payment
from tests.support.sinking import store_variables
from tests.support.topic_log import send, send_raw
from tillwatch.__main__ import app

pytestmark = pytest.mark.services

USUAL = [payment(number, customer_id="c", amount_minor=2_000) for number in range(30)]
DEAR = payment(90, customer_id="c", amount_minor=60_000, occurred_at=MONDAY + timedelta(days=1))
MODEL = model(
    -1,
    means=(0.0,) * WIDTH,
    scales=(1.0,) * WIDTH,
    weights=tuple({"amount": 0.05, "payments_14d": 0.01}.get(name, 0.0) for name in FEATURE_NAMES),
    bias=-2.3,  # with 30 payments in 14 days it is -2: at 40.00 the score reaches the threshold
    amounts=AmountTable(payments=(100,) * 448, frauds=(1,) * 448),
)


def scored(models: Sequence[Model]) -> list[Score]:
    """Score them as a worker does."""
    book, champions = LabelBook(), Champions()
    for one in models:
        champions.with_tables(book.take_table)(one)
    paid = [*USUAL, DEAR]
    rows = FraudDetector(book).observe(paid)
    return [
        score_of(
            one,
            tuple(row),
            score=verdict.score,
            threshold=verdict.threshold,
            decision=verdict.decision,
            reasons=tuple(Reason(**reason._asdict()) for reason in verdict.reasons),
            model_version=verdict.model_version,
        )
        for one, row, verdict in zip(
            paid, rows.tolist(), champions.score([one.occurred_at for one in paid], rows), strict=True
        )
    ]


def insert(settings: ClickHouseSettings, name: str, values: Sequence[bytes], generation: str) -> None:
    """Write records into their table as the sink does."""
    records = [
        ConsumerRecord(
            topic=name, partition=0, offset=offset, timestamp=1_790_000_000_000, timestamp_type=1, key=b"key",
            value=value, checksum=None, serialized_key_size=3, serialized_value_size=len(value), headers=(),
        )
        for offset, value in enumerate(values)
    ]  # fmt: skip
    batch = Batch(TABLES[name], Position.at(generation, (0,)), (len(values) - 1,), [records])
    rows = make_rows(batch)
    assert (rows.refused, rows.count) == (0, len(values))
    Inserter(settings).insert(batch, rows)


def store(settings: ClickHouseSettings, scores: Sequence[Score]) -> None:
    """Keep scores, and an alert about the last two."""
    named = [one.payment for one in scores[-2:] if one.payment is not None]
    alert = alert_record(
        "a1ea7",
        kind="payment_fraud",
        payments=[
            {
                "event_id": str(one.event_id),
                "terminal_id": one.terminal_id,
                "occurred_at": one.occurred_at.isoformat(),
                "amount_minor": one.amount_minor,
            }
            for one in named
        ],
    )
    insert(settings, "scores", [one.model_dump_json().encode() for one in scores], "explain:0")
    others = [alert_record("b0b", payments=[]), alert_record("c0c", payments=[{
        "event_id": str(UUID(int=5)), "terminal_id": "t", "occurred_at": "2026-10-05T09:00:00Z",
        "amount_minor": 1,
    }])]  # fmt: skip
    insert(settings, "alerts", [one.model_dump_json().encode() for one in (alert, *others)], "explain:0")


def explain(kafka: str, settings: ClickHouseSettings, *arguments: str) -> Result:
    """Run the command in this process: a new one for each would take a second and more."""
    servers = {"TILLWATCH_KAFKA_BOOTSTRAP_SERVERS": kafka, "COLUMNS": "120"}
    return CliRunner().invoke(app, ["explain", *arguments], env=store_variables(settings) | servers)


def test_an_alert_is_explained_and_what_does_not_come_out_again_is_told(
    kafka_topics: str, clickhouse: ClickHouseSettings
) -> None:
    scores = scored([MODEL])
    strange = scores[3].model_copy(update={"features": (1.0, 2.0), "feature_set": "older-2"})
    wrong = scores[4].model_copy(update={"score": 0.6})
    unknown = scores[5].model_copy(update={"model_version": "model-gone"})
    store(clickhouse, [*scores[:3], strange, wrong, unknown, *scores[6:]])
    send_raw(kafka_topics, MODELS, [(b"broken", b"{}")])
    send(kafka_topics, MODELS, [MODEL])

    shown = explain(kafka_topics, clickhouse, "a1ea7")
    assert (shown.exit_code, shown.stderr) == (0, "")
    first, second = shown.stdout.split("\n\n")
    assert f"payment {DEAR.event_id}, 2026-10-06 09:00:00 UTC, 600.00 EUR, scored by {MODEL.version}" in first
    assert "amount 600.00 EUR, usually" in first
    assert "at 39.99 EUR it would have passed (amount_to_largest held as stored)" in first
    assert "agrees: made again" in first
    assert "under the threshold" in second

    dear = explain(kafka_topics, clickhouse, str(DEAR.event_id), "--json")
    record = orjson.loads(dear.stdout)
    assert (dear.exit_code, record["agrees"], record["decision"]) == (0, True, "review")
    assert record["counterfactual"] == {"passes_minor": 3_999, "held": ["amount_to_largest"]}
    assert record["reasons"] == record["reasons_again"]
    assert record["reasons"][0]["feature"] == "amount"

    off = explain(kafka_topics, clickhouse, str(USUAL[4].event_id))
    assert off.exit_code == 1
    assert "does not agree: score was 0.6, is 0." in off.stdout
    for what, reason in [
        (str(USUAL[3].event_id), "its 2 features are of the set older-2, this version reads causes-36"),
        (str(USUAL[5].event_id), "model model-gone is refused: it is not among the 1 that are published"),
        ("nobody", "knows no alert nobody"),
        (str(UUID(int=7)), f"knows no alert {UUID(int=7)}"),
        ("b0b", "not about payments"),
        ("c0c", "scores of the 1 payments of alert c0c are not kept"),
    ]:
        refused = explain(kafka_topics, clickhouse, what)
        assert (refused.exit_code, refused.stdout) == (1, ""), what
        assert reason in refused.stderr
