"""Score every payment as it comes.

Reads: transactions, labels, models, generations
Writes: scores, dead-letters
Key: customer, else card, else terminal; the partition of a score is the payment's
State: per partition the customers' windows and the numbers seen; per process all labels and models
Delivery: scores are dense: after a crash some are written again, with the same origin, and readers drop them
"""

from collections.abc import AsyncIterable
from typing import NamedTuple

from detectors.fraud.champions import Champions
from detectors.fraud.detector import FraudDetector
from detectors.fraud.terminals import TerminalRisk
from schemas.label import Label
from schemas.topics import DEAD_LETTERS, GENERATIONS, LABELS, MODELS, SCORES, TRANSACTIONS
from schemas.transaction import Transaction
from streams.batch import Batch
from streams.broadcasts import Broadcast, Broadcasts
from streams.process import Process
from streams.refusals import dead_letters
from streams.repeats import mark_repeats
from streams.reporting_currency import ReportingCurrency
from streams.resend_filter import ResendFilter
from streams.score_records import is_judged, score_records

__all__ = ["READS", "WRITES", "add_fraud_agent"]

READS = (TRANSACTIONS, LABELS, MODELS, GENERATIONS)
WRITES = (SCORES, DEAD_LETTERS)


class FraudState(NamedTuple):
    """What is kept per partition."""

    detector: FraudDetector
    seen: ResendFilter


def add_fraud_agent(process: Process) -> None:
    """Add the agent, its source and its broadcasts to a process."""
    terminals, champions = TerminalRisk(), Champions()
    currency = ReportingCurrency(process.settings.reporting_currency, process.settings.exchange_rates)

    def learn(label: Label) -> None:
        terminals.learn([label])

    broadcasts = Broadcasts(
        process.bootstrap_servers,
        [
            Broadcast(LABELS, learn),
            Broadcast(MODELS, process.run.of_models(champions.add), process.generation(MODELS)),
            Broadcast(GENERATIONS, process.run.follow),
        ],
        process.outputs,
    )
    process.services.append(broadcasts)
    source = process.source(
        "fraud",
        [TRANSACTIONS],
        lambda _: FraudState(FraudDetector(terminals), ResendFilter()),
        before_round=broadcasts.catch_up,
    )

    @process.app.agent(source.channel, name="fraud")
    async def score_payments(batches: AsyncIterable[Batch[FraudState]]) -> None:
        async for batch in batches:
            with batch:
                decoded = batch.decode(Transaction)
                outcomes, batch.repeats = mark_repeats(decoded, batch.state.seen)
                judged = [event for event in outcomes if isinstance(event, Transaction) and is_judged(event)]
                features = batch.state.detector.observe(judged)
                if batch.emit:
                    verdicts = champions.score([payment.occurred_at for payment in judged], features)
                    batch.put_dense(SCORES, score_records(batch, outcomes, features, verdicts, currency))
                    batch.put_keyed(DEAD_LETTERS, dead_letters(batch, decoded))
