"""Turn what everybody reports into alerts, and answers to them into labels.

Reads: scores, metrics, arrivals, heartbeats, stock-levels, answers, alert-actions, drifts, stores, models, promotions, labels, alerts
Writes: labels, verdicts, alerts, expectations, synthetic-answers, dead-letters
Key: customer, else terminal; payment event; alert; series, store, channel and day
State: per process one desk, which resumes the alerts written since its snapshot; per partition of scores its mark
Delivery: keyed; labels and verdicts go before the alert that shows their answer, so after a crash none is missing
"""  # noqa: E501  # topics are listed in one line

from collections.abc import AsyncIterable

from detectors.watch.desk import Desk
from schemas.topics import (
    ALERT_ACTIONS,
    ALERTS,
    ANSWERS,
    ARRIVALS,
    DEAD_LETTERS,
    DRIFTS,
    EXPECTATIONS,
    HEARTBEATS,
    LABELS,
    METRICS,
    MODELS,
    PROMOTIONS,
    SCORES,
    STOCK_LEVELS,
    STORES,
    SYNTHETIC_ANSWERS,
    VERDICTS,
)
from streams.batch import Batch
from streams.broadcasts import Broadcast, Broadcasts
from streams.dense_reader import DenseReader
from streams.desk_records import found, take_records
from streams.keyed_records import keyed_records
from streams.process import Process
from streams.synthetic_answers import synthetic_answers
from streams.whole_topics import for_one_process

__all__ = ["READS", "WRITES", "add_judge_agent"]

INPUTS = (SCORES, METRICS, ARRIVALS, HEARTBEATS, STOCK_LEVELS, ANSWERS, ALERT_ACTIONS, DRIFTS)
FOLLOWED = (STORES, MODELS, PROMOTIONS, LABELS, ALERTS)
READS = (*INPUTS, *FOLLOWED)
WRITES = (LABELS, VERDICTS, ALERTS, EXPECTATIONS, SYNTHETIC_ANSWERS, DEAD_LETTERS)


def add_judge_agent(process: Process) -> None:
    """Add the agent, its source and its broadcasts to a process."""
    desk = Desk()
    snapshots = process.whole_snapshots("judge", desk, Desk.VERSION, inputs=INPUTS, broadcasts=FOLLOWED)
    broadcasts = Broadcasts(
        process.bootstrap_servers,
        [
            Broadcast(STORES, desk.take_store, process.generation(STORES)),
            Broadcast(MODELS, desk.take_model, refused=desk.model_refused),
            Broadcast(PROMOTIONS, desk.take_promotion),
            Broadcast(LABELS, lambda label: desk.take_labels([label])),
            Broadcast(ALERTS, desk.take_alert),
        ],
        process.outputs,
        snapshots,
    )
    process.services.append(broadcasts)
    source = process.ordered_source(  # a round asks about 55 partitions: as few as people will not notice
        "judge",
        INPUTS,
        for_one_process("judge", DenseReader),
        before_round=broadcasts.catch_up,
        snapshots=snapshots,
        gather_ms=20,
        odd=lambda: {"tillwatch_odd_goods_total": desk.odd_goods},
    )

    @process.app.agent(source.channel, name="judge")
    async def judge(batches: AsyncIterable[Batch[DenseReader]]) -> None:
        async for batch in batches:
            with batch:
                refusals = take_records(batch, desk)
                due = found(batch, desk, settled=source.settled())
                batch.put_keyed(DEAD_LETTERS, refusals)
                batch.put_keyed(LABELS, keyed_records(due.labels))
                batch.put_keyed(VERDICTS, keyed_records(due.verdicts))
                batch.put_keyed(ALERTS, keyed_records(due.alerts))
                batch.put_keyed(EXPECTATIONS, keyed_records(due.expectations))
                batch.put_keyed(SYNTHETIC_ANSWERS, keyed_records(synthetic_answers(batch)))
