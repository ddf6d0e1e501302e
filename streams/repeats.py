"""Finding the repeats in a batch: what a source sent twice, and what a dense topic holds twice."""

import logging
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from detectors.fraud.detector import OddPayments
from schemas.errors import Refused
from schemas.event import Event
from schemas.score import Disposition, Score
from schemas.synthetic_answer import SYNTHETIC_SOURCE, is_synthetic
from schemas.transaction import Transaction
from streams.batch import Batch
from streams.dense_reader import DenseReader
from streams.resend_filter import ResendFilter

__all__ = ["Repeat", "mark_payments", "mark_repeats", "scores_once", "sent"]

log = logging.getLogger(__name__)

Sent = TypeVar("Sent", bound=Event)


class Repeat:
    """Stands in a batch for an event that touches nothing.

    Its source sent it before, or it is synthetic: `disposition` says which.
    """

    __slots__ = ("disposition",)

    def __init__(self, disposition: Disposition) -> None:
        self.disposition = disposition.encode()


REPEAT = Repeat("repeat")
SYNTHETIC = Repeat("synthetic")


def never(_: Event) -> bool:
    """Say of clicks and movements of stock that none is synthetic."""
    return False


def mark_repeats(
    outcomes: Sequence[Sent | Refused],
    seen: ResendFilter,
    synthetic: Callable[[Sent], bool] = never,
) -> tuple[list[Sent | Refused | Repeat], int]:
    """Replace each event that was seen before; give the batch and the number of repeats in it.

    Parameters
    ----------
    outcomes, seen
        The events of a batch, and the numbers seen before; those in it are from now on.
    synthetic
        Of an event with the reserved source, whether it is synthetic. It is replaced too, and its number is
        not kept.

    """
    marked: list[Sent | Refused | Repeat] = list(outcomes)
    is_repeat = seen.is_repeat
    repeats = 0
    for place, outcome in enumerate(outcomes):
        if isinstance(outcome, Refused):
            continue
        source = outcome.source
        if source == SYNTHETIC_SOURCE and synthetic(outcome):
            marked[place] = SYNTHETIC
        elif is_repeat(source, outcome.run, outcome.seq):
            marked[place] = REPEAT
            repeats += 1
    return marked, repeats


def mark_payments(
    payments: Sequence[Transaction | Refused], seen: ResendFilter, odd: OddPayments
) -> tuple[list[Transaction | Refused | Repeat], int]:
    """Replace repeats and synthetic payments; count those that only pretend to be synthetic."""

    def synthetic(payment: Transaction) -> bool:
        real = not is_synthetic(payment)
        odd["reserved_source"] += real
        return not real

    return mark_repeats(payments, seen, synthetic)


def sent(batch: Batch[Any], outcomes: Sequence[Sent | Refused | Repeat]) -> list[tuple[int, Sent]]:
    """Keep what is neither refused nor a repeat, each with its offset."""
    return [
        (offset, outcome)
        for offset, outcome in zip(batch.offsets, outcomes, strict=True)
        if not isinstance(outcome, Refused | Repeat)
    ]


def scores_once(
    batch: Batch[Any], reader: DenseReader, decode: Callable[[bytes], Score]
) -> list[tuple[int, Score]]:
    """Decode a batch of `scores` and keep each record, with its offset, that counts for the first time.

    What a worker wrote has passed the door already, so it is not searched for card numbers again: a record
    full of decimals would cost 10 µs more.

    Parameters
    ----------
    batch
        Of `scores`.
    reader
        Knows what counted before.
    decode
        Of `own_decoder`; it reads the origin and what else is wanted.

    """
    scores = []
    for offset, record in zip(batch.offsets, batch.records, strict=True):
        if offset in batch.aside:
            batch.refused += 1
            batch.reasons[str(batch.aside[offset])] += 1
            continue
        try:
            score = decode(record)
        except ValidationError as error:
            batch.refused += 1
            batch.reasons["a score breaks its contract"] += 1
            log.error("a score breaks its contract", extra={"offset": offset, "cause": error.title})
            continue
        origin = score.origin
        if reader.accept_place(origin.generation, origin.partition, origin.offset):
            scores.append((offset, score))
    batch.repeats = len(batch) - batch.refused - len(scores)
    return scores
