"""The trainer's loop over the card-fraud data: who scores, who is promoted, what drifts, what it costs.

The question: does a challenger that is no better stay one, does one that is better get promoted and how soon,
how often is drift found in data that do not change, and how soon in data that do? The rules: `LearningLoop`,
`FraudDetector`, `LabelBook` and `Champions` as trainer and workers run them, in event time over the whole
file, without Kafka; labels 7 days late; score first, learn after. Beside the loop with all its lines runs one
whose champion has no challenger, told the same: the difference is what a challenger costs. Costs are CPU of
the process with all its threads. The rivals: none publish this.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from statistics import mean, median

import numpy as np

from benchmarks.card_fraud import Payments
from benchmarks.errors import BenchmarkError
from benchmarks.learning_stream import LearningStream, Step, Timed
from detectors.fraud.drift import FIGURES
from detectors.fraud.learning_loop import News
from detectors.fraud.matured import CHAMPION
from schemas.model_metrics import ModelMetrics

__all__ = ["LearningResult", "Learnt", "dearer", "measure_learning", "report_learning"]


@dataclass(frozen=True)
class LearningResult:
    """The keys of the JSON line.

    `promotions` by the rule, the first model aside; `drifts` as found; `…_ap` the means of the daily figures
    over 14 matured days, all of them scored by every line; `…_us` CPU of the trainer's loop per payment,
    learning, models, fits, shadow, comparison and drift together.
    """

    payments: int
    models: int
    promotions: int
    drifts: int
    drift_alerts: int
    champion_ap: float
    blend_ap: float
    online_ap: float
    unlabelled_share: float
    one_line_us: float | None
    all_lines_us: float


@dataclass(frozen=True)
class Learnt:
    """What came out, and all that the loop told."""

    result: LearningResult
    news: News
    ships: Timed
    alone: Timed | None


def dearer(payments: Payments, since: date, factor: float) -> Payments:
    """Raise all amounts from a day on."""
    later = payments.days >= (since - date(1970, 1, 1)).days
    raised = np.where(later, np.round(payments.amounts_minor * factor), payments.amounts_minor)
    return replace(payments, amounts_minor=raised.astype(np.int64))


def measure_learning(
    payments: Payments,
    progress: Callable[[int], None],
    *,
    days: int | None = None,
    compares_costs: bool = True,
    starts_with_first: bool = False,
) -> Learnt:
    """Run the loop over the file.

    Parameters
    ----------
    payments
        The file.
    progress
        Is told how many payments are done.
    days
        Of the file, from its first on; None = all.
    compares_costs
        Whether a loop whose champion has no challenger is told the same.
    starts_with_first
        Whether a copy of the very first model, which never learns again, is promoted by hand.

    """
    stream = LearningStream(payments, compares_costs=compares_costs, starts_with_first=starts_with_first)
    count = len(payments) if days is None else int(np.searchsorted(payments.days, payments.days[0] + days))
    stream.run(count, progress)
    news = stream.news
    if not news.metrics:
        raise BenchmarkError(f"no day of {count:,} payments is old enough to be judged")

    def average(subject: str) -> float:
        return round(mean(one.average_precision for one in whole(news, subject)), 4)

    result = LearningResult(
        payments=count,
        models=len(news.models),
        promotions=sum(one.by == "rule" and bool(one.figures) for one in news.promotions),
        drifts=len(news.drifts),
        drift_alerts=len({(one.segment, one.found_at.date()) for one in news.drifts}),
        champion_ap=average(CHAMPION),
        blend_ap=average("blend"),
        online_ap=average("online"),
        unlabelled_share=round(mean(one.unlabelled_share for one in whole(news, CHAMPION)), 4),
        one_line_us=None if stream.alone is None else round(total(stream.alone) / count * 1e6, 1),
        all_lines_us=round(total(stream.ships) / count * 1e6, 1),
    )
    return Learnt(result, news, stream.ships, stream.alone)


def total(timed: Timed) -> float:
    """Add up all steps, in seconds."""
    return sum(map(sum, timed.seconds.values()))


def whole(news: News, subject: str) -> list[ModelMetrics]:
    """Give the figures of a subject over windows that are full."""
    longest = max((one.window_days for one in news.metrics), default=0)
    return [one for one in news.metrics if one.subject == subject and one.window_days == longest]


def report_learning(learnt: Learnt) -> tuple[str, dict[str, float | None]]:
    """Write the tables and the flat record."""
    result, news = learnt.result, learnt.news
    lines = [
        f"Card-fraud data, {result.payments:,} payments, labels 7 days late; {result.models:,} models made",
        "",
        *weekly(news),
        "",
        *promoted(news),
        "",
        *drifted(news),
        "",
        *costs(learnt),
    ]
    return "\n".join(lines), asdict(result)


STEPS: tuple[tuple[str, Step, float], ...] = (
    ("an hour's scores, ms", "scores", 1e3),
    ("an hour's labels, ms", "labels", 1e3),
    ("with a model, ms", "model", 1e3),
    ("with a day judged, ms", "day", 1e3),
    ("with trees fitted, s", "fit", 1.0),
)
"""What is told of each step, and in which part of a second."""


def costs(learnt: Learnt) -> list[str]:
    """Write what each step of the trainer costs, with a challenger and without."""
    lines = [f"{'CPU of the trainer, medians':30}{'times':>8}{'all lines':>12}{'one line':>12}{'ratio':>8}"]
    alone = learnt.alone.seconds if learnt.alone is not None else {}
    for what, step, unit in STEPS:
        if ours := learnt.ships.seconds.get(step):
            theirs = alone.get(step)
            lines.append(
                f"{what:30}{len(ours):8,}"
                + beside(median(ours) * unit, median(theirs) * unit if theirs else None)
            )
    result = learnt.result
    lines.append(f"{'all together, µs a payment':38}{beside(result.all_lines_us, result.one_line_us)}")
    return lines


def beside(ours: float, theirs: float | None) -> str:
    """Write a cost, that of one line, and how many times as much it is."""
    return f"{ours:12.2f}" if theirs is None else f"{ours:12.2f}{theirs:12.2f}{ours / theirs:8.2f}"


def weekly(news: News) -> list[str]:
    """Write the figures of every second week: each window once."""
    champion = whole(news, CHAMPION)
    lines = [
        f"{'14 days that end with':22}{'payments':>10}{'frauds':>8}{'unlabelled':>12}"
        + "".join(f"{name + ': AP, 95 %':>24}{'CP':>7}" for name in (CHAMPION, "blend", "online"))
    ]
    others = {(one.subject, one.day): one for one in news.metrics}
    for one in champion[::14]:
        row = f"{one.day:%Y-%m-%d}{'':12}{one.payments:10,}{one.frauds:8,}{one.unlabelled_share:12.3f}"
        for name in (CHAMPION, "blend", "online"):
            found = others[name, one.day]
            interval = f"{found.average_precision_low:.3f}–{found.average_precision_high:.3f}"
            row += f"{found.average_precision:12.3f} {interval}{found.card_precision:7.3f}"
        lines.append(row)
    return lines


def promoted(news: News) -> list[str]:
    """Write who was promoted from when, and why."""
    return [
        f"promoted from {one.valid_from:%Y-%m-%d %H:%M} by {one.by}: {one.version}; {one.reason}"
        for one in news.promotions
    ]


def drifted(news: News) -> list[str]:
    """Write what drifted, the first finding of each figure first."""
    count = Counter(one.figure for one in news.drifts)
    first: dict[str, datetime] = {}
    for one in news.drifts:
        first.setdefault(one.figure, one.found_at)
    return [
        f"drift: {len(news.drifts)} findings among {len(FIGURES)} figures",
        *(
            f"  {one.figure}, {count[one.figure]} times, first {one.found_at:%Y-%m-%d %H:%M}: "
            f"{one.usual:.3g} to {one.now:.3g}, {one.shift:+.2f} deviations"
            for one in news.drifts
            if first[one.figure] == one.found_at
        ),
    ]
