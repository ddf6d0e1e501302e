"""The records of `scores`, written column by column without an object for each.

What is the same in all records of a batch is written once; numbers are written by the array; only the payment
itself is written one by one, from the fields that were validated.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import repeat
from operator import attrgetter
from typing import Any, Protocol

import msgspec
import numpy as np
import orjson
from numpy.typing import NDArray

from detectors.fraud.champions import REASONS, Scores
from detectors.fraud.features import FEATURE_NAMES, FEATURE_SET
from detectors.fraud.payments import Payments
from detectors.rules.decisions import DECISIONS, Decisions
from schemas.errors import Refused
from schemas.score import ScoredPayment
from schemas.structs import struct_for_writing
from schemas.topics import Topic
from schemas.transaction import Transaction
from streams.repeats import Repeat
from streams.reporting_currency import ReportingCurrency

__all__ = ["PaymentBatch", "judged_of", "judged_payments", "score_records", "suspicious"]

JUDGED = frozenset({"authorised", "declined"})

Outcome = Transaction | Refused | Repeat


class PaymentBatch(Protocol):
    """Where payments were read: a batch of the stream, or what stands for one where there is none."""

    topic: Topic
    partition: int
    generation: str
    offsets: Sequence[int]
    append_ms: Sequence[int]
    taken_at: datetime


def judged_payments(outcomes: Sequence[Outcome]) -> Payments:
    """Pick the payments that are scored, as columns."""
    return Payments.of(judged_of(outcomes))


def judged_of(outcomes: Sequence[Outcome]) -> list[Transaction]:
    """Pick the payments that are scored; a capture, void or refund is only followed."""
    return [one for one in outcomes if not isinstance(one, (Refused, Repeat)) and one.status in JUDGED]


def score_records(
    batch: PaymentBatch,
    outcomes: Sequence[Outcome],
    features: NDArray[np.float64],
    scored: Scores,
    currency: ReportingCurrency,
    *,
    decisions: Decisions | None = None,
) -> list[bytes]:
    """Write one record per input record, in its order.

    Parameters
    ----------
    batch
        The input.
    outcomes
        What became of each record: a payment's fields, or why there is none.
    features, scored
        A row per judged payment, in the order of the outcomes.
    currency
        Converts amounts into the reporting currency.
    decisions
        Of rules and lists, one per judged payment; None = as the model says.

    Raises
    ------
    ValueError
        There are more or fewer verdicts than judged payments.

    Cost: 3.2 µs a scored payment among the other steps (`benchmarks stages`).

    """
    begin, scored_at = opening(batch)
    received = {ms: text(datetime.fromtimestamp(ms / 1000, UTC)) for ms in set(batch.append_ms)}
    if len(features) != len(scored.scores):
        raise ValueError(f"{len(scored.scores)} verdicts for {len(features)} rows of features")
    verdicts = verdict_texts(features, scored, decisions)
    records, judged = [], 0
    for offset, append_ms, outcome in zip(numbers(batch.offsets), batch.append_ms, outcomes, strict=True):
        payment = verdict = b""
        if isinstance(outcome, (Refused, Repeat)):
            disposition = outcome.disposition if isinstance(outcome, Repeat) else b"refused"
        else:
            minor = currency.minor(outcome.amount_minor, outcome.currency)
            payment = b',"payment":' + write(WRITTEN(minor, *values_written(outcome)))
            disposition = b"followed"
            if outcome.status in JUDGED:
                judged += 1
                disposition, verdict = b"scored", next(verdicts, b"")
        start = (begin, offset, b'},"disposition":"', disposition, scored_at, received[append_ms])
        records.append(b"".join((*start, payment, verdict, b',"schema_version":1}')))
    if judged != len(scored.scores):
        raise ValueError(f"{len(scored.scores)} verdicts for {judged} judged payments")
    return records


def text(value: object) -> bytes:
    """Write a value as JSON."""
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)


def numbers(values: Sequence[int] | NDArray[Any]) -> list[bytes]:
    """Write each number of a flat list or array."""
    column = np.ascontiguousarray(values)
    return orjson.dumps(column, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].split(b",") if column.size else []


def opening(batch: PaymentBatch) -> tuple[bytes, bytes]:
    """Write what all records of a batch begin with: up to the offset, and between disposition and receipt."""
    origin = text({"generation": batch.generation, "topic": batch.topic.name, "partition": batch.partition})
    return (
        b'{"origin":' + origin[:-1] + b',"offset":',
        b'","scored_at":' + text(batch.taken_at) + b',"received_at":',
    )


WRITTEN: Any = struct_for_writing(ScoredPayment, first="reporting_minor")
values_written = attrgetter(*WRITTEN.__struct_fields__[1:])
# The lines of a payment that the model had to judge are models themselves.
write = msgspec.json.Encoder(enc_hook=lambda model: model.__dict__).encode


REASON_OPENINGS = np.array([b'{"feature":' + text(name) + b',"value":' for name in FEATURE_NAMES], object)


def verdict_texts(
    features: NDArray[np.float64], scored: Scores, decisions: Decisions | None
) -> Iterator[bytes]:
    """Write what the models said of each judged payment, from what, and what was decided."""
    count = len(features)
    if not count:
        return
    rows = orjson.dumps(np.ascontiguousarray(features), option=orjson.OPT_SERIALIZE_NUMPY)[2:-2].split(b"],[")
    decided = suspicious(scored) if decisions is None else decisions.decided
    middles = [
        b',"threshold":' + text(threshold) + b',"decision":' + text(decision) + b',"reasons":['
        for threshold in scored.thresholds
        for decision in DECISIONS
    ]
    ends = [b'],"model_version":' + text(version) for version in scored.versions]
    feature_set = b'],"feature_set":' + text(FEATURE_SET) + b',"features":['
    why = repeat(b"", count) if decisions is None else decision_texts(decisions)
    columns = (numbers(scored.scores), rows, scored.models.tolist(), decided.tolist(), why)
    reasons = reason_texts(features, scored)
    for number, (score, row, model, place, who) in enumerate(zip(*columns, strict=True)):
        middle, said = middles[len(DECISIONS) * model + place], reasons.get(number, b"")
        yield b"".join((b',"score":', score, middle, said, feature_set, row, ends[model], who))


def reason_texts(features: NDArray[np.float64], scored: Scores) -> dict[int, bytes]:
    """Write the reasons of those payments that have any: few."""
    explained = np.flatnonzero((scored.added > 0).any(axis=1))
    if not len(explained):
        return {}
    strongest, added = scored.strongest[explained], scored.added[explained]
    values = numbers(np.take_along_axis(features[explained], strongest, axis=1).ravel())
    reasons = [
        opened + value + b',"contribution":' + odds + b"}"
        for opened, value, odds in zip(
            REASON_OPENINGS[strongest.ravel()], values, numbers(added.ravel()), strict=True
        )
    ]
    counts = (added > 0).sum(axis=1).tolist()
    starts = range(0, len(reasons), REASONS)
    return {
        number: b",".join(reasons[start : start + count])
        for number, start, count in zip(explained.tolist(), starts, counts, strict=True)
    }


def suspicious(scored: Scores) -> NDArray[np.bool_]:
    """Say which payments reach their model's threshold."""
    return np.asarray(scored.scores >= np.array(scored.thresholds)[scored.models], np.bool_)


def decision_texts(decisions: Decisions) -> Iterator[bytes]:
    """Write who decided and what hit; most payments of a batch share one text."""
    return map(
        decision_text,
        zip(decisions.decided_by, decisions.control_rates, strict=True),
        decisions.rule_sets,
        decisions.rules_hit,
        decisions.rules_failed,
        decisions.lists_hit,
    )


@lru_cache(maxsize=4_096)
def decision_text(
    whose: tuple[str, float | None],
    rule_set: int | None,
    rules_hit: tuple[str, ...],
    rules_failed: tuple[str, ...],
    lists_hit: tuple[str, ...],
) -> bytes:
    """Write these fields of a score, without those that say nothing."""
    decided_by, control_rate = whose
    fields = {
        "decided_by": None if decided_by == "model" else decided_by,
        "rule_set": rule_set,
        "rules_hit": rules_hit,
        "rules_failed": rules_failed,
        "lists_hit": lists_hit,
        "control_rate": control_rate,
    }
    told = {name: value for name, value in fields.items() if value}
    return b"," + text(told)[1:-1] if told else b""
