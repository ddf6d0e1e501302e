"""Learn from scores and labels, and publish models.

Reads: scores, labels, models
Writes: models, dead-letters
Key: the version of a model
State: per process the join of scores and labels and the models; per partition of scores its mark
Delivery: models are keyed by version; only ones newer than all published are made, even in a restore
"""

import asyncio
from collections.abc import AsyncIterable
from math import inf

from detectors.fraud.online import OnlineTrainer
from schemas.errors import Refused
from schemas.label import Label
from schemas.topics import DEAD_LETTERS, LABELS, MODELS, SCORES
from streams.batch import Batch
from streams.broadcasts import Broadcast, Broadcasts
from streams.dense_reader import DenseReader
from streams.keyed_records import keyed_records
from streams.label_order import LabelOrder
from streams.process import Process
from streams.refusals import dead_letters
from streams.repeats import scores_once
from streams.whole_topics import for_one_process

__all__ = ["READS", "WRITES", "add_trainer_agent"]

READS = (SCORES, LABELS, MODELS)
WRITES = (MODELS, DEAD_LETTERS)


def add_trainer_agent(process: Process) -> None:
    """Add the agent, its source and what was published before to a process."""
    trainer, order = OnlineTrainer(process.settings.alerts_per_day), LabelOrder()
    process.services.append(
        Broadcasts(process.bootstrap_servers, [Broadcast(MODELS, trainer.resume)], process.outputs)
    )
    source = process.source(
        "trainer",
        [SCORES, LABELS],
        for_one_process("trainer", DenseReader),
        before_round=lambda: order.ask_ends(source),
        odd_labels=lambda: trainer.odd_labels,
    )

    @process.app.agent(source.channel, name="trainer")
    async def learn(batches: AsyncIterable[Batch[DenseReader]]) -> None:
        async for batch in batches:
            with batch:
                if batch.topic is SCORES:
                    take_scores(batch, trainer, order)
                else:
                    take_labels(batch, order)
                models = []
                for labels in [*order.known(), []]:  # scores alone may complete what is known of labels
                    trainer.labelled(labels)
                    # in a thread: fitting trees takes seconds, in which Kafka must hear of us
                    models.append(await asyncio.to_thread(trainer.next_model))
                batch.put_keyed(MODELS, keyed_records(filter(None, models)), always=True)


def take_scores(batch: Batch[DenseReader], trainer: OnlineTrainer, order: LabelOrder) -> None:
    """Take each score once."""
    scores = [score for _, score in scores_once(batch, batch.state)]
    trainer.scored(scores)
    order.reached(batch, max((s.payment.occurred_at.timestamp() for s in scores if s.payment), default=-inf))


def take_labels(batch: Batch[DenseReader], order: LabelOrder) -> None:
    """Take labels; a repeated one changes nothing."""
    decoded = batch.decode(Label)
    batch.put_keyed(DEAD_LETTERS, dead_letters(batch, decoded))
    labels = [label for label in decoded if not isinstance(label, Refused)]
    for label in labels:
        order.hold(label)
    order.reached(batch, max((label.known_at.timestamp() for label in labels), default=-inf))
