"""The records of a batch that the trainer learns from."""

from math import inf

from schemas.decode import own_decoder
from schemas.errors import Refused
from schemas.label import Label
from schemas.score import Score
from streams.batch import Batch
from streams.dense_reader import DenseReader
from streams.label_order import LabelOrder
from streams.repeats import scores_once

__all__ = ["take_labels", "take_scores"]

READ_SCORE = own_decoder(Score)


def take_scores(batch: Batch[DenseReader], order: LabelOrder) -> list[Score]:
    """Give each score once, and tell the order how far they go."""
    scores = [score for _, score in scores_once(batch, batch.state, READ_SCORE)]
    order.reached(batch, max((s.payment.occurred_at.timestamp() for s in scores if s.payment), default=-inf))
    return scores


def take_labels(batch: Batch[DenseReader], order: LabelOrder) -> list[Label | Refused]:
    """Hand labels to the order; a repeated one changes nothing."""
    decoded = batch.decode(Label)
    labels = [label for label in decoded if not isinstance(label, Refused)]
    for label in labels:
        order.hold(label)
    order.reached(batch, max((label.known_at.timestamp() for label in labels), default=-inf))
    return decoded
