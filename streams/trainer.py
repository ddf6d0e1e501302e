"""Learn from scores and labels, publish models, and say which of them scores.

Reads: scores, labels, models, promotions, model-metrics, drifts
Writes: models, promotions, model-metrics, drifts, dead-letters
Key: the version of a model; subject and day; segment, figure and hour
State: per process the lines of models with their joins of scores and labels; per partition of scores its mark
Delivery: all is keyed, and only what is newer than all that is out is made, even in a restore
"""

import asyncio
from collections.abc import AsyncIterable

from detectors.fraud.history import History
from detectors.fraud.learning_loop import LearningLoop
from schemas.topics import DEAD_LETTERS, DRIFTS, LABELS, MODEL_METRICS, MODELS, PROMOTIONS, SCORES
from streams.batch import Batch
from streams.broadcasts import Broadcast, Broadcasts
from streams.dense_reader import DenseReader
from streams.keyed_records import keyed_records
from streams.label_order import LabelOrder
from streams.learnt import Learnt
from streams.process import Process
from streams.refusals import dead_letters
from streams.training_records import take_labels, take_scores
from streams.whole_topics import for_one_process

__all__ = ["READS", "WRITES", "add_trainer_agent"]

INPUTS = (SCORES, LABELS)
FOLLOWED = (MODELS, PROMOTIONS, MODEL_METRICS, DRIFTS)
READS = (*INPUTS, *FOLLOWED)
WRITES = (MODELS, PROMOTIONS, MODEL_METRICS, DRIFTS, DEAD_LETTERS)


def add_trainer_agent(process: Process, history: History | None = None) -> None:
    """Add the agent, its source and what was published before to a process."""
    loop, order = LearningLoop(process.settings.alerts_per_day), LabelOrder()
    snapshots = process.whole_snapshots(
        "trainer", Learnt(loop, order), LearningLoop.VERSION, inputs=INPUTS, broadcasts=FOLLOWED
    )
    broadcasts = [
        Broadcast(MODELS, loop.take_model),
        Broadcast(PROMOTIONS, loop.take_promotion, process.generation(PROMOTIONS), before_snapshots=True),
        Broadcast(MODEL_METRICS, loop.take_metrics),
        Broadcast(DRIFTS, loop.take_drift),
    ]
    process.services.append(Broadcasts(process.bootstrap_servers, broadcasts, process.outputs, snapshots))
    source = process.source(
        "trainer",
        INPUTS,
        for_one_process("trainer", DenseReader),
        before_round=lambda: order.ask_ends(source),
        snapshots=snapshots,
        odd=lambda: {
            "tillwatch_odd_labels_total": loop.odd_labels,
            "tillwatch_odd_scores_total": loop.odd_scores,
        },
    )

    @process.app.agent(source.channel, name="trainer")
    async def learn(batches: AsyncIterable[Batch[DenseReader]]) -> None:
        async for batch in batches:
            with batch:
                if batch.topic is SCORES:
                    loop.scored(take_scores(batch, order))
                else:
                    batch.put_keyed(DEAD_LETTERS, dead_letters(batch, take_labels(batch, order)))
                known = order.known()
                # In a thread: fitting trees takes seconds, in which Kafka must hear of us.
                news = await asyncio.to_thread(
                    loop.learn, known, order.complete_to(), batch.taken_at, history
                )
                batch.put_keyed(MODELS, keyed_records(news.models), always=True)
                batch.put_keyed(PROMOTIONS, keyed_records(news.promotions), always=True)
                batch.put_keyed(MODEL_METRICS, keyed_records(news.metrics), always=True)
                batch.put_keyed(DRIFTS, keyed_records(news.drifts), always=True)
