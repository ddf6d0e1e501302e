"""How well the detectors that ship find fraud.

The question: average precision on the published test week, with labels that become known 7 days late. The
rules: `FraudDetector`, `LabelBook`, `OnlineTrainer` and `Champions` as the workers run them, in event time
over the file up to the end of the test, without Kafka; score first, learn after; the handbook's choice
of rows (`card_fraud.choose_rows`). `online` learns payment by payment; `champion` mixes it with trees that
are fitted anew each week; with `feedback` an analyst looks at 100 cards of each day, 60 by score and 40 for
what their answer would teach, and says the next morning at 8 what their payments of that day were. The same
rows are tested. The rivals: the handbook's own results.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from benchmarks.card_fraud import Payments, card_precision, choose_rows
from benchmarks.errors import BenchmarkError
from benchmarks.fraud_stream import BY_SCORE, BY_VALUE, FraudStream
from benchmarks.scored_stream import ALERTS_PER_DAY
from detectors.fraud.calibration import reliability
from detectors.fraud.online import OnlineTrainer
from detectors.ranking import Ranking

__all__ = ["FraudResult", "ModelChoice", "Tested", "measure_fraud", "report_fraud"]

ModelChoice = Literal["champion", "online", "feedback"]

RESAMPLES = 1_000
SEED = 20_180_808

CHAPTER_3 = (
    ("handbook: logistic regression", 0.606, 0.871, 0.291),
    ("handbook: random forest", 0.658, 0.867, 0.287),
    ("handbook: XGBoost", 0.639, 0.862, 0.273),
)
"""Test week 2018-08-08: average precision, area under ROC, card precision among 100 a day."""

CHAPTER_5 = (("handbook: XGBoost, tuned", 0.694, 0.872, 0.304),)
"""The four test weeks from 2018-08-08."""

SCENARIOS = {1: "amount above 220", 2: "terminal compromised for 28 days", 3: "card stolen for 14 days"}


@dataclass(frozen=True)
class FraudResult:
    """The keys of the JSON line.

    `ap_low` and `ap_high` are the middle 95 % over resampled customers; `scoring_us` is the CPU of features
    and score of a payment, `labels_us` of its label, each the median over the hours of the test.
    """

    ap: float
    ap_low: float
    ap_high: float
    auc: float
    cp100: float
    payments: int
    frauds: int
    alerts_per_day: float
    models: int
    scoring_us: float
    labels_us: float


@dataclass(frozen=True)
class Tested:
    """What a test has found, and the rows that it was found on."""

    result: FraudResult
    scores: NDArray[np.float64]
    frauds: NDArray[np.bool_]
    scenarios: NDArray[np.int64]


def measure_fraud(
    payments: Payments, test_from: date, weeks: int, model: ModelChoice, progress: Callable[[int], None]
) -> Tested:
    """Run the stream to the end of the test and measure on the payments that the handbook tests.

    Parameters
    ----------
    payments
        The whole file; what comes after the test is not read.
    test_from, weeks
        First day and length of the test.
    model
        Which.
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
    start = (test_from - date(1970, 1, 1)).days
    first, end = np.searchsorted(payments.days, [start, start + 7 * weeks]).tolist()
    trainer = OnlineTrainer(ALERTS_PER_DAY, refit_days=None if model == "online" else 7.0)
    stream = FraudStream(payments, trainer, analyst=model == "feedback")
    stream.run(end, progress)
    scores, customers = stream.scores[rows], payments.customers[rows]
    ranking = Ranking(scores, frauds)
    low, high = bootstrap(ranking, customers)
    result = FraudResult(
        ap=round(ranking.average_precision(), 4),
        ap_low=round(low, 4),
        ap_high=round(high, 4),
        auc=round(ranking.area_under_roc(), 4),
        cp100=round(card_precision(scores, frauds, customers, payments.days[rows]), 4),
        payments=len(rows),
        frauds=int(frauds.sum()),
        alerts_per_day=round(float(stream.reviewed[first:end].sum()) / (7 * weeks), 1),
        models=stream.models,
        scoring_us=round(float(np.median(stream.seconds_spent[first:end])) * 1e6, 2),
        labels_us=round(float(np.median(stream.seconds_learning[first:end])) * 1e6, 2),
    )
    return Tested(result, scores, frauds, payments.scenarios[rows])


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


def report_fraud(
    tested: Tested, test_from: date, weeks: int, model: ModelChoice
) -> tuple[str, dict[str, float]]:
    """Write the tables and the flat record."""
    result = tested.result
    last = test_from + timedelta(days=7 * weeks - 1)
    lines = [
        f"Card-fraud data, test {test_from} to {last}, labels 7 days late, {result.payments:,} payments of "
        f"customers not known to be defrauded, {result.frauds:,} frauds",
        f"{'':34}{'AP':>7}{'95 %':>14}{'AUC':>7}{'CP@100':>8}",
        f"{f'tillwatch, {model}':34}{result.ap:7.3f}{f'{result.ap_low:.3f}–{result.ap_high:.3f}':>14}"
        f"{result.auc:7.3f}{result.cp100:8.3f}",
    ]
    published = {1: CHAPTER_3, 4: CHAPTER_5}.get(weeks, ()) if test_from == date(2018, 8, 8) else ()
    lines += [f"{name:34}{ap:7.3f}{'':14}{auc:7.3f}{cp:8.3f}" for name, ap, auc, cp in published]
    if model == "feedback":
        lines.append(
            f"An analyst looked at {BY_SCORE} cards a day by score and {BY_VALUE} by what they teach"
        )
    lines += ["", *by_scenario(tested), "", *reliable(tested), ""]
    lines.append(
        f"{result.models:,} models published; {result.alerts_per_day:.1f} alerts a day at a budget of "
        f"{ALERTS_PER_DAY:.0f}; interval from {RESAMPLES:,} resamples of customers, seed {SEED}"
    )
    lines.append(
        f"features and score: {result.scoring_us:.1f} µs of CPU a payment, in batches of an hour's, and its "
        f"label {result.labels_us:.1f}"
    )
    return "\n".join(lines), asdict(result)


def by_scenario(tested: Tested) -> list[str]:
    """Write how well each kind of simulated fraud is found, each against all honest payments."""
    scores, frauds = tested.scores, tested.frauds
    threshold = np.sort(scores)[-int(frauds.sum())]
    lines = [
        f"{'how it was simulated':34}{'frauds':>7}{'AP':>7}{'AUC':>7}{'found among as many as there are':>34}"
    ]
    for scenario, what in SCENARIOS.items():
        chosen = tested.scenarios == scenario
        rows = ~frauds | chosen
        if not (frauds & chosen).any():
            continue
        ranking = Ranking(scores[rows], frauds[rows])
        found = (scores[frauds & chosen] >= threshold).mean()
        lines.append(
            f"{what:34}{int((frauds & chosen).sum()):7,}{ranking.average_precision():7.3f}"
            f"{ranking.area_under_roc():7.3f}{found:34.2f}"
        )
    return lines


def reliable(tested: Tested) -> list[str]:
    """Write what scores said and what came, in bins of equally many frauds."""
    bins = reliability(tested.scores, tested.frauds, bins=6)
    return [
        f"{'payments, highest scores first':34}" + "".join(f"{number:10,}" for *_, number in bins),
        f"{'mean score':34}" + "".join(f"{said:10.4f}" for said, _, _ in bins),
        f"{'share of fraud':34}" + "".join(f"{came:10.4f}" for _, came, _ in bins),
    ]
