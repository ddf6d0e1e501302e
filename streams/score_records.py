"""The records of `scores`, written without building a pydantic object for each."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Protocol

import numpy as np
import orjson
from numpy.typing import NDArray

from detectors.fraud.champions import Verdict
from detectors.fraud.features import FEATURE_SET
from schemas.errors import Refused
from schemas.topics import Topic
from schemas.transaction import Transaction
from streams.repeats import Repeat
from streams.reporting_currency import ReportingCurrency

__all__ = ["PaymentBatch", "is_judged", "score_records"]

JUDGED = frozenset({"authorised", "declined"})

Outcome = Transaction | Refused | Repeat
Judged = Iterator[tuple[Verdict, list[float]]]


class PaymentBatch(Protocol):
    """Where payments were read: a batch of the stream, or what stands for one where there is none."""

    topic: Topic
    partition: int
    generation: str
    offsets: Sequence[int]
    append_ms: Sequence[int]
    taken_at: datetime


def is_judged(payment: Transaction) -> bool:
    """Whether a payment is scored and counted; a capture, void or refund is only followed."""
    return payment.status in JUDGED


def score_records(
    batch: PaymentBatch,
    outcomes: Sequence[Outcome],
    features: NDArray[np.float64],
    verdicts: Sequence[Verdict],
    currency: ReportingCurrency,
) -> list[bytes]:
    """Write one record per input record, in its order.

    Parameters
    ----------
    batch
        The input.
    outcomes
        What became of each record.
    features, verdicts
        A row and a verdict per judged payment, in the order of the outcomes.
    currency
        Converts amounts into the reporting currency.

    Cost: about 6 µs a scored payment; through a `Score` object it would be three times as much.

    """
    judged: Judged = zip(verdicts, features.tolist(), strict=True)
    records = []
    for offset, append_ms, outcome in zip(batch.offsets, batch.append_ms, outcomes, strict=True):
        record: dict[str, object] = {
            "origin": {
                "generation": batch.generation,
                "topic": batch.topic.name,
                "partition": batch.partition,
                "offset": offset,
            },
            "disposition": "refused",
            "scored_at": batch.taken_at,
            "received_at": datetime.fromtimestamp(append_ms / 1000, UTC),
        }
        if isinstance(outcome, Transaction):
            record["payment"] = payment_fields(outcome, currency)
            if is_judged(outcome):
                add_verdict(record, *next(judged))
            else:
                record["disposition"] = "followed"
        elif isinstance(outcome, Repeat):
            record["disposition"] = "repeat"
        record["schema_version"] = 1
        records.append(orjson.dumps(record, option=orjson.OPT_UTC_Z))
    return records


def payment_fields(payment: Transaction, currency: ReportingCurrency) -> dict[str, object]:
    """Pick the fields of `ScoredPayment`."""
    return {
        "event_id": payment.event_id,
        "source": payment.source,
        "run": payment.run,
        "seq": payment.seq,
        "payment_id": payment.payment_id,
        "occurred_at": payment.occurred_at,
        "status": payment.status,
        "amount_minor": payment.amount_minor,
        "currency": payment.currency,
        "reporting_minor": currency.minor(payment.amount_minor, payment.currency),
        "channel": payment.channel,
        "payment_method": payment.payment_method,
        "customer_id": payment.customer_id,
        "card_id": payment.card_id,
        "terminal_id": payment.terminal_id,
        "store_id": payment.store_id,
        "device_id": payment.device_id,
        "network": payment.network,
        "decline_reason": payment.decline_reason,
        "lines": [
            {"sku": line.sku, "quantity": line.quantity, "unit_price_minor": line.unit_price_minor}
            for line in payment.lines
        ],
    }


def add_verdict(record: dict[str, object], verdict: Verdict, features: list[float]) -> None:
    """Add what the model said, and from what."""
    record["disposition"] = "scored"
    record["score"] = verdict.score
    record["threshold"] = verdict.threshold
    record["decision"] = verdict.decision
    record["reasons"] = [
        {"feature": reason.feature, "value": reason.value, "contribution": reason.contribution}
        for reason in verdict.reasons
    ]
    record["feature_set"] = FEATURE_SET
    record["features"] = features
    record["model_version"] = verdict.model_version
