"""Score every payment as it comes.

Reads: transactions, labels, models, promotions, rules, lists, generations
Writes: scores, dead-letters
Key: customer, else card, else terminal; the partition of a score is the payment's
State: per partition the customers' past and the numbers seen; per process what the other topics hold
Delivery: scores are dense: after a crash some are written again, with the same origin, and readers drop them
"""

from collections.abc import AsyncIterable

from detectors.fraud.champions import Champions
from detectors.fraud.detector import nothing_odd
from detectors.fraud.label_book import LabelBook
from detectors.rules.control_group import ControlGroup
from schemas.topics import (
    DEAD_LETTERS,
    GENERATIONS,
    LABELS,
    LISTS,
    MODELS,
    PROMOTIONS,
    RULES,
    SCORES,
    TRANSACTIONS,
)
from schemas.transaction import Transaction
from streams.batch import CACHED_RECORDS, Batch
from streams.broadcasts import Broadcast, Broadcasts
from streams.fraud_state import FraudState, without_devices
from streams.process import Process
from streams.refusals import dead_letters
from streams.repeats import mark_payments
from streams.reporting_currency import ReportingCurrency
from streams.rule_decisions import RuleDecisions
from streams.score_records import judged_payments, score_records
from streams.snapshots.state_format import format_of_fields

__all__ = ["READS", "WRITES", "add_fraud_agent"]

READS = (TRANSACTIONS, LABELS, MODELS, PROMOTIONS, RULES, LISTS, GENERATIONS)
WRITES = (SCORES, DEAD_LETTERS)


def add_fraud_agent(process: Process) -> None:
    """Add the agent, its source and its broadcasts to a process."""
    known, champions = LabelBook(), Champions()
    odd = nothing_odd()
    currency = ReportingCurrency(process.settings.reporting_currency, process.settings.exchange_rates)
    control = ControlGroup(process.settings.control_rate, process.settings.control_most_minor)
    decisions = RuleDecisions(currency, control)
    models = process.run.of_models(champions.with_tables(known.take_table), champions.remember_trees)
    kept_labels = process.broadcast_snapshots("fraud", LABELS, known, version=2)
    followed = [
        Broadcast(LABELS, lambda label: known.learn([label]), snapshots=kept_labels),
        Broadcast(MODELS, models, process.generation(MODELS)),
        Broadcast(PROMOTIONS, process.run.of_promotions(champions.promote)),
        Broadcast(RULES, decisions.rules, process.generation(RULES)),
        Broadcast(LISTS, decisions.entry, process.generation(LISTS)),
        Broadcast(GENERATIONS, process.run.follow),
    ]
    broadcasts = Broadcasts(process.bootstrap_servers, followed, process.outputs)
    process.services.append(broadcasts)
    source = process.source(
        "fraud",
        [TRANSACTIONS],
        lambda read: FraudState.of(known, read.partition, odd),
        before_round=broadcasts.catch_up,
        state_format=format_of_fields(version=3, migrations={2: without_devices}),
        batch_records=CACHED_RECORDS,
        gather_ms=5,
        hurry=True,
        odd=lambda: {"tillwatch_odd_payments_total": odd},
    )

    @process.app.agent(source.channel, name="fraud")
    async def score_payments(batches: AsyncIterable[Batch[FraudState]]) -> None:
        async for batch in batches:
            with batch:
                decoded = batch.decode_structs(Transaction)
                outcomes, batch.repeats = mark_payments(decoded, batch.state.seen, odd)
                judged = judged_payments(outcomes)
                features = batch.state.detector.observe_batch(judged)
                if batch.emit:
                    scored = champions.score_batch(judged.seconds, features)
                    decided = decisions.about(outcomes, judged, features, scored)
                    records = score_records(batch, outcomes, features, scored, currency, decisions=decided)
                    batch.put_dense(SCORES, records)
                    batch.put_keyed(DEAD_LETTERS, dead_letters(batch, decoded))
