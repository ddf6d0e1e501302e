"""Finding the repeats in a batch: what a source sent twice, and what a dense topic holds twice."""

import logging
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from schemas.errors import Refused
from schemas.event import Event
from schemas.score import Score
from streams.batch import Batch
from streams.dense_reader import DenseReader
from streams.resend_filter import ResendFilter

__all__ = ["Repeat", "mark_repeats", "scores_once", "sent"]

log = logging.getLogger(__name__)

Sent = TypeVar("Sent", bound=Event)


class Repeat:
    """Stands in a batch for an event that its source sent before."""

    __slots__ = ()


REPEAT = Repeat()


def mark_repeats(
    outcomes: Sequence[Sent | Refused], seen: ResendFilter
) -> tuple[list[Sent | Refused | Repeat], int]:
    """Replace each event that was seen before; give the batch and the number of repeats in it."""
    marked: list[Sent | Refused | Repeat] = list(outcomes)
    is_repeat = seen.is_repeat
    repeats = 0
    for place, outcome in enumerate(outcomes):
        if not isinstance(outcome, Refused) and is_repeat(outcome.source, outcome.run, outcome.seq):
            marked[place] = REPEAT
            repeats += 1
    return marked, repeats


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
