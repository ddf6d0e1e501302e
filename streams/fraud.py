"""Score every payment as it comes.

Reads: transactions, labels, models
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
from detectors.snapshot import Parts, prefixed, unprefixed
from schemas.label import Label
from schemas.topics import DEAD_LETTERS, LABELS, MODELS, SCORES, TRANSACTIONS
from schemas.transaction import Transaction
from streams.batch import Batch
from streams.broadcasts import Broadcast, Broadcasts
from streams.process import Process
from streams.refusals import dead_letters
from streams.repeats import mark_repeated_fields
from streams.reporting_currency import ReportingCurrency
from streams.resend_filter import ResendFilter
from streams.score_records import judged_payments, score_records

__all__ = ["READS", "WRITES", "add_fraud_agent"]

READS = (TRANSACTIONS, LABELS, MODELS)
WRITES = (SCORES, DEAD_LETTERS)


class FraudState(NamedTuple):
    """What is kept per partition."""

    detector: FraudDetector
    seen: ResendFilter

    def snapshot(self) -> Parts:
        """Copy all of it; what later batches change is not changed in the copy."""
        return {**prefixed("detector", self.detector.snapshot()), **prefixed("seen", self.seen.snapshot())}

    def restore(self, parts: Parts) -> None:
        """Go on from a snapshot; raises SnapshotRefused if it is damaged."""
        self.detector.restore(unprefixed("detector", parts))
        self.seen.restore(unprefixed("seen", parts))


def add_fraud_agent(process: Process) -> None:
    """Add the agent, its source and its broadcasts to a process."""
    terminals, champions = TerminalRisk(), Champions()
    currency = ReportingCurrency(process.settings.reporting_currency, process.settings.exchange_rates)

    def learn(label: Label) -> None:
        terminals.learn([label])

    broadcasts = Broadcasts(
        process.bootstrap_servers,
        [Broadcast(LABELS, learn), Broadcast(MODELS, champions.add, process.generation(MODELS))],
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
                for part in batch.parts():
                    decoded = part.decode_fields(Transaction)
                    outcomes, part.repeats = mark_repeated_fields(decoded, part.state.seen)
                    judged = judged_payments(outcomes)
                    features = part.state.detector.observe_batch(judged)
                    if part.emit:
                        scored = champions.score_batch(judged.seconds, features)
                        part.put_dense(SCORES, score_records(part, outcomes, features, scored, currency))
                        part.put_keyed(DEAD_LETTERS, dead_letters(part, decoded))
