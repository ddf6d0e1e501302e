"""What features of real payments are worth that the card-fraud data cannot show.

The question: how well payments of thieves rank above honest ones with all features, and with those nought
that a data set of amounts and times has nothing for: bursts, declines, devices, countries, entry modes,
checks. The rules: a simulated chain with random incidents; fraud agent and trainer as they ship, over as many
partitions, five minutes of event time at a time, score first, learn after; labels come when the simulator
says, mostly days later. The first days and the last, of which not all labels are known, do not count. No
rival publishes such figures.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from benchmarks.errors import BenchmarkError
from benchmarks.incidents import ALERTS_PER_DAY, FIRST_DAY, HISTORY_DAYS, truth
from benchmarks.offline_scoring import OfflineScoring
from detectors.ranking import Ranking
from producers.cue_sheet import Incident
from producers.simulator.calendar import day_bounds
from producers.simulator.world import World
from schemas.label import Label
from schemas.score import Score, ScoredPayment
from schemas.topics import TRANSACTIONS
from schemas.transaction import Transaction

__all__ = ["OF_REAL_PAYMENTS", "FeaturesResult", "measure_features", "report_features"]

OF_REAL_PAYMENTS = (
    "payments_10m",
    "payments_1h",
    "payments_1d",
    "declines_1d",
    "new_device",
    "other_country",
    "device_customers_1d",
    "card_weakly_read",
    "checks_failed",
    "declined",
)
LEARNING_DAYS = 14
LABELS_TAKE_DAYS = 12
STEP = timedelta(minutes=5)
EVERYDAY = "everyday theft"
KINDS = ("card_testing", "compromised_terminal", "stolen_card_spree", EVERYDAY)


@dataclass(frozen=True)
class FeaturesResult:
    """Average precision by kind of fraud, each against all honest payments, and of all frauds under `all`."""

    payments: int
    frauds: dict[str, int]
    with_all: dict[str, float]
    without: dict[str, float]
    days: int
    seed: int


def measure_features(days: int, seed: int, progress: Callable[[str, datetime], None]) -> FeaturesResult:
    """Simulate twice, with all features and without those of real payments.

    Parameters
    ----------
    days
        That count; as many as `LEARNING_DAYS` before and `LABELS_TAKE_DAYS` after are simulated too.
    seed
        Of the simulated retailer and its incidents.
    progress
        Is told which run it is and the simulated time now and then.

    Raises
    ------
    BenchmarkError
        If a kind of fraud does not happen in so short a time.

    """
    measured = []
    for run, ignored in (("all features", ()), ("without those of real payments", OF_REAL_PAYMENTS)):
        world = World(seed, first_day=FIRST_DAY, live_from=day_start(HISTORY_DAYS), incidents="random")
        scoring = OfflineScoring(ALERTS_PER_DAY, ignored, TRANSACTIONS.partitions)
        scores, frauds = scored(world, days, scoring, run, progress)
        incidents, _ = truth(world, day_start(LEARNING_DAYS), day_start(LEARNING_DAYS + days))
        measured.append(by_kind(scores, frauds, incidents))
    (precision, counts, payments), (without, *_) = measured
    return FeaturesResult(payments, counts, precision, without, days, seed)


def day_start(number: int) -> datetime:
    """Give the beginning of a simulated day, in UTC."""
    return day_bounds(FIRST_DAY + timedelta(days=number))[0]


def scored(
    world: World, days: int, scoring: OfflineScoring, run: str, progress: Callable[[str, datetime], None]
) -> tuple[list[Score], dict[UUID, bool]]:
    """Run the world through the detectors; give the scores that count, and which payments were frauds."""
    begin, until = day_start(LEARNING_DAYS), day_start(LEARNING_DAYS + days)
    kept: list[Score] = []
    frauds: dict[UUID, bool] = {}
    for day in range(LEARNING_DAYS + days + LABELS_TAKE_DAYS):
        for at, events in steps(world, day):
            labels = [event for event in events if isinstance(event, Label)]
            payments = [event for event in events if isinstance(event, Transaction)]
            frauds.update({label.event_id: label.verdict == "fraud" for label in labels})
            scores, _ = scoring.take(labels, payments, at)
            if begin < at <= until:
                kept += [score for score in scores if score.score is not None]
        progress(run, day_start(day + 1))
    return kept, frauds


def steps(world: World, day: int) -> Iterator[tuple[datetime, list[object]]]:
    """Cut a day of events into steps; give each with its end."""
    ends = day_start(day) + STEP
    events: list[object] = []
    for sent in world.events(FIRST_DAY + timedelta(days=day)):
        if sent.at >= ends:
            yield ends, events
            events, ends = [], ends + STEP * ((sent.at - ends) // STEP + 1)
        events.append(sent.event)
    yield ends, events


def by_kind(
    scores: Sequence[Score], frauds: dict[UUID, bool], incidents: Sequence[Incident]
) -> tuple[dict[str, float], dict[str, int], int]:
    """Average precision and number of frauds by kind, and the number of payments with a label."""
    labelled = [
        (score.payment, score.score)
        for score in scores
        if score.payment is not None and score.score is not None and score.payment.event_id in frauds
    ]
    kinds = np.array(
        [kind_of(payment, incidents) if frauds[payment.event_id] else "" for payment, _ in labelled]
    )
    values = np.array([value for _, value in labelled])
    counts = {kind: int((kinds == kind).sum()) for kind in KINDS}
    missing = [kind for kind, count in counts.items() if not count]
    if missing:
        raise BenchmarkError(f"no {', no '.join(missing)} in so few days; take more days or another seed")
    precision = {"all": average_precision(kinds != "", values)}
    for kind in KINDS:
        these = (kinds == kind) | (kinds == "")
        precision[kind] = average_precision(kinds[these] == kind, values[these])
    return precision, {"all": int((kinds != "").sum()), **counts}, len(labelled)


def average_precision(is_fraud: NDArray[np.bool_], scores: NDArray[np.float64]) -> float:
    """Rank and measure."""
    return Ranking(scores, is_fraud).average_precision()


def kind_of(payment: ScoredPayment, incidents: Sequence[Incident]) -> str:
    """Name the incident that a fraud is part of."""
    ids = {payment.card_id, payment.customer_id, payment.terminal_id, payment.device_id}
    for incident in incidents:
        if incident.begins_at <= payment.occurred_at <= incident.ends_at and incident.entity in ids:
            return incident.kind
    return EVERYDAY


def report_features(result: FeaturesResult) -> tuple[str, dict[str, float | None]]:
    """Write the table and the record of the last line."""
    lines = [
        f"{result.payments:,} payments of {result.days} simulated days with incidents, seed {result.seed}; "
        "average precision",
        f"{'frauds':22}{'number':>8}{'all features':>14}{'without':>9}",
        *(
            f"{kind.replace('_', ' '):22}{result.frauds[kind]:8,}{result.with_all[kind]:14.3f}"
            f"{result.without[kind]:9.3f}"
            for kind in ("all", *KINDS)
        ),
        f"without: {', '.join(OF_REAL_PAYMENTS)} are nought",
    ]
    record: dict[str, float | None] = {"payments": result.payments}
    for kind in ("all", *KINDS):
        key = kind.replace(" ", "_")
        record[f"{key}_ap"] = round(result.with_all[kind], 3)
        record[f"{key}_ap_without"] = round(result.without[kind], 3)
    return "\n".join(lines), record
