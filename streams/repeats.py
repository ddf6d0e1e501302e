"""Finding the repeats in a batch: what a source sent twice, and what a dense topic holds twice."""

import logging
from collections.abc import Callable, Sequence
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

from pydantic import ValidationError

from schemas.errors import Refused
from schemas.event import Event
from schemas.fields import Fields
from schemas.score import Score
from streams.batch import Batch
from streams.dense_reader import DenseReader
from streams.resend_filter import ResendFilter

__all__ = ["Repeat", "mark_repeated_fields", "mark_repeats", "score_fields_once", "scores_once"]

log = logging.getLogger(__name__)

Sent = TypeVar("Sent", bound=Event)
Outcome = TypeVar("Outcome")
Decoded = TypeVar("Decoded")


class Repeat:
    """Stands in a batch for an event that its source sent before."""

    __slots__ = ()


REPEAT = Repeat()


NUMBER = ("source", "run", "seq")


def mark_repeats(
    outcomes: Sequence[Sent | Refused], seen: ResendFilter
) -> tuple[list[Sent | Refused | Repeat], int]:
    """Replace each event that was seen before; give the batch and the number of repeats in it."""
    return mark(outcomes, seen, attrgetter(*NUMBER))


def mark_repeated_fields(
    outcomes: Sequence[Fields | Refused], seen: ResendFilter
) -> tuple[list[Fields | Refused | Repeat], int]:
    """Do the same for events as fields."""
    return mark(outcomes, seen, itemgetter(*NUMBER))


def mark(
    outcomes: Sequence[Outcome | Refused],
    seen: ResendFilter,
    number_of: Callable[[Outcome], tuple[str, str, int]],
) -> tuple[list[Outcome | Refused | Repeat], int]:
    """Replace what was seen before, by the number that tells it."""
    marked: list[Outcome | Refused | Repeat] = list(outcomes)
    is_repeat = seen.is_repeat
    repeats = 0
    for place, outcome in enumerate(outcomes):
        if not isinstance(outcome, Refused) and is_repeat(*number_of(outcome)):
            marked[place] = REPEAT
            repeats += 1
    return marked, repeats


def scores_once(batch: Batch[Any], reader: DenseReader) -> list[tuple[int, Score]]:
    """Decode a batch of `scores` and keep each record, with its offset, that counts for the first time.

    What a worker wrote has passed the door already, so it is not searched for card numbers again: a record
    full of decimals would cost 10 µs more.
    """
    return once(batch, Score.model_validate_json, lambda score: reader.accept(score.origin))


def score_fields_once(
    batch: Batch[Any], reader: DenseReader, validate: Callable[[bytes], Fields]
) -> list[tuple[int, Fields]]:
    """Do the same by a validator that reads the origin and what else is wanted: half the cost, or less."""

    def accept(score: Fields) -> bool:
        origin = score["origin"]
        return reader.accept_place(origin["generation"], origin["partition"], origin["offset"])

    return once(batch, validate, accept)


def once(
    batch: Batch[Any], decode: Callable[[bytes], Decoded], accept: Callable[[Decoded], bool]
) -> list[tuple[int, Decoded]]:
    """Decode scores; keep those that are accepted, and count all others."""
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
        if accept(score):
            scores.append((offset, score))
    batch.repeats = len(batch) - batch.refused - len(scores)
    return scores
