"""How well the detectors that ship find fraud.

The question: average precision on the published test week, with labels that become known 7 days late. The
rules: `FraudDetector`, `TerminalRisk`, `OnlineTrainer` and `Champions` as the workers run them, in event
time over the whole file, without Kafka; score first, learn after; the handbook's choice of payments
(`card_fraud.choose_rows`). The rivals: the handbook's own results.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from benchmarks.card_fraud import Payments, card_precision, choose_rows
from benchmarks.errors import BenchmarkError
from detectors.fraud.champions import Champions, Verdict
from detectors.fraud.detector import FraudDetector
from detectors.fraud.features import FEATURE_SET
from detectors.fraud.online import OnlineTrainer
from detectors.fraud.terminals import TerminalRisk
from detectors.ranking import Ranking
from schemas.label import Label
from schemas.origin import Origin
from schemas.score import Reason, Score, ScoredPayment
from schemas.transaction import Transaction

__all__ = ["FraudResult", "measure_fraud", "report_fraud"]

ALERTS_PER_DAY = 100.0
"""The handbook's team checks 100 cards a day."""

RESAMPLES = 1_000
SEED = 20_180_808

PUBLISHED = (
    ("handbook: logistic regression", 0.606, 0.871, 0.291),
    ("handbook: random forest", 0.658, 0.867, 0.287),
    ("handbook: XGBoost", 0.639, 0.862, 0.273),
)
"""Chapter 3, test week 2018-08-08: average precision, area under ROC, card precision among 100 a day."""


@dataclass(frozen=True)
class FraudResult:
    """The keys of the JSON line. `ap_low` and `ap_high` are the middle 95 % over resampled customers."""

    ap: float
    ap_low: float
    ap_high: float
    auc: float
    cp100: float
    payments: int
    frauds: int
    alerts_per_day: float
    models: int


def measure_fraud(
    payments: Payments, test_from: date, weeks: int, progress: Callable[[int], None]
) -> FraudResult:
    """Run the stream to the end of the test and measure on the payments that the handbook tests.

    Parameters
    ----------
    payments
        The whole file; what comes after the test is not read.
    test_from, weeks
        First day and length of the test.
    progress
        Is told how many payments are done.

    Raises
    ------
    BenchmarkError
        If the file has no payment, or no fraud, to test on.

    """
    rows = choose_rows(payments, test_from, weeks)
    frauds = payments.frauds[rows]
    if not frauds.any():
        raise BenchmarkError(f"no payment with fraud to test on in {weeks} weeks from {test_from}")
    end = int(np.searchsorted(payments.days, (test_from - date(1970, 1, 1)).days + 7 * weeks))
    scores, reviewed, models = stream_scores(payments, end, progress)
    ranking = Ranking(scores[rows], frauds)
    low, high = bootstrap(ranking, payments.customers[rows])
    first = int(np.searchsorted(payments.days, (test_from - date(1970, 1, 1)).days))
    return FraudResult(
        ap=round(ranking.average_precision(), 4),
        ap_low=round(low, 4),
        ap_high=round(high, 4),
        auc=round(ranking.area_under_roc(), 4),
        cp100=round(card_precision(scores[rows], frauds, payments.customers[rows], payments.days[rows]), 4),
        payments=len(rows),
        frauds=int(frauds.sum()),
        alerts_per_day=round(float(reviewed[first:end].sum()) / (7 * weeks), 1),
        models=models,
    )


def stream_scores(
    payments: Payments, end: int, progress: Callable[[int], None]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], int]:
    """Score the first `end` payments hour by hour, each hour with what was known when it began.

    Returns
    -------
    tuple
        Scores and decisions in the order of the payments, and how many models were published.

    """
    terminals = TerminalRisk()
    detector = FraudDetector(terminals)
    trainer = OnlineTrainer(ALERTS_PER_DAY)
    champions = Champions()
    scores = np.zeros(end)
    reviewed = np.zeros(end, np.bool_)
    waiting: list[Label] = []
    learnt = 0
    done = 0
    events = payments.events()
    for size in hours(payments.times[:end]):
        hour = list(islice(events, size))
        batch = [payment for payment, _ in hour]
        begins = batch[0].occurred_at
        known = learnt
        while known < len(waiting) and waiting[known].known_at <= begins:
            known += 1
        # Terminal risk looks at known_at itself and may have every label at once; the trainer must not.
        terminals.learn([label for _, label in hour])
        trainer.labelled(waiting[learnt:known])
        learnt = known
        model = trainer.next_model()
        if model is not None:
            champions.add(model)
        features = detector.observe(batch)
        verdicts = champions.score([payment.occurred_at for payment in batch], features)
        for place, verdict in enumerate(verdicts, start=done):
            scores[place] = verdict.score
            reviewed[place] = verdict.decision == "review"
        trainer.scored(
            [
                score_record(payment, row, verdict)
                for payment, row, verdict in zip(batch, features.tolist(), verdicts, strict=True)
            ]
        )
        waiting.extend(label for _, label in hour)
        if learnt > 500_000:
            del waiting[:learnt]
            learnt = 0
        done += size
        progress(done)
    return scores, reviewed, len(champions)


def hours(times: list[datetime]) -> list[int]:
    """Count the payments of each hour, in order."""
    sizes: list[int] = []
    ends: datetime | None = None
    for moment in times:
        if ends is None or moment >= ends:
            ends = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
            sizes.append(0)
        sizes[-1] += 1
    return sizes


def score_record(payment: Transaction, row: list[float], verdict: Verdict) -> Score:
    """Build the record that the fraud agent would have emitted."""
    return Score(
        origin=ORIGIN,
        disposition="scored",
        scored_at=payment.occurred_at,
        payment=ScoredPayment(
            event_id=payment.event_id,
            source=payment.source,
            payment_id=payment.payment_id,
            occurred_at=payment.occurred_at,
            status=payment.status,
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            reporting_minor=payment.amount_minor,
            channel=payment.channel,
            payment_method=payment.payment_method,
            customer_id=payment.customer_id,
            card_id=payment.card_id,
            terminal_id=payment.terminal_id,
            store_id=payment.store_id,
        ),
        score=verdict.score,
        threshold=verdict.threshold,
        decision=verdict.decision,
        reasons=tuple(Reason(**reason._asdict()) for reason in verdict.reasons),
        feature_set=FEATURE_SET,
        features=tuple(row),
        model_version=verdict.model_version,
    )


ORIGIN = Origin(generation="benchmark:0", topic="transactions", partition=0, offset=0)


def bootstrap(ranking: Ranking, customers: NDArray[np.int64]) -> tuple[float, float]:
    """Give the 95 % interval of the average precision when customers are drawn again with replacement."""
    random = np.random.default_rng(SEED)
    _, places = np.unique(customers, return_inverse=True)
    count = int(places.max()) + 1
    drawn = [
        ranking.average_precision(
            np.bincount(random.integers(count, size=count), minlength=count)[places].astype(np.float64)
        )
        for _ in range(RESAMPLES)
    ]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(low), float(high)


def report_fraud(result: FraudResult, test_from: date, weeks: int) -> tuple[str, dict[str, float]]:
    """Write the table and the flat record."""
    last = test_from + timedelta(days=7 * weeks - 1)
    lines = [
        f"Card-fraud data, test {test_from} to {last}, labels 7 days late, {result.payments:,} payments of "
        f"customers not known to be defrauded, {result.frauds:,} frauds",
        f"{'':34}{'AP':>7}{'95 %':>14}{'AUC':>7}{'CP@100':>8}",
        f"{'tillwatch, online model':34}{result.ap:7.3f}{f'{result.ap_low:.3f}–{result.ap_high:.3f}':>14}"
        f"{result.auc:7.3f}{result.cp100:8.3f}",
    ]
    if test_from == date(2018, 8, 8) and weeks == 1:
        lines += [f"{name:34}{ap:7.3f}{'':14}{auc:7.3f}{cp:8.3f}" for name, ap, auc, cp in PUBLISHED]
    lines.append(
        f"{result.models:,} models published; {result.alerts_per_day:.1f} alerts a day at a budget of "
        f"{ALERTS_PER_DAY:.0f}; interval from {RESAMPLES:,} resamples of customers, seed {SEED}"
    )
    return "\n".join(lines), asdict(result)
