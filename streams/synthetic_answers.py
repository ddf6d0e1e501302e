"""What the judge answers to synthetic payments."""

from schemas.score import Score
from schemas.synthetic_answer import SyntheticAnswer
from schemas.topics import SCORES
from streams.batch import Batch
from streams.dense_reader import DenseReader

__all__ = ["synthetic_answers"]

MARK = b'"disposition":"synthetic"'
LONGEST = 512
"""Such a score holds no payment and no features, so it is shorter; most others need not be searched."""


def synthetic_answers(batch: Batch[DenseReader]) -> list[SyntheticAnswer]:
    """Answer the synthetic payments of a batch of scores.

    Asked for last, so that the answer goes out with all that was found. A score that a worker wrote again
    is answered again, with the same key.

    Cost: .02 µs a score.
    """
    if batch.topic is not SCORES or not batch.emit:
        return []
    marked = [record for record in batch.records if len(record) < LONGEST and MARK in record]
    return [
        SyntheticAnswer(origin=score.origin, received_at=score.received_at, scored_at=score.scored_at)
        for score in map(Score.model_validate_json, marked)
        if score.disposition == "synthetic" and score.received_at is not None
    ]
