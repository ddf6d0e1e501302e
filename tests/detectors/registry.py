"""Every detector, as the general suite drives it. A new detector is one entry here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import inf
from random import Random
from typing import Any

import numpy as np

from detectors.anomaly.records import RecordDetector
from detectors.fraud.champions import Champions
from detectors.fraud.detector import FraudDetector
from detectors.fraud.features import FEATURE_NAMES
from detectors.fraud.label_book import LabelBook
from detectors.fraud.online import OnlineTrainer
from detectors.series.arrivals import Arrivals
from detectors.series.minutes import MinuteSeries
from detectors.snapshot import Parts, prefixed, unprefixed
from detectors.stock.levels import StockLevels
from detectors.watch.minute_book import MinuteBook
from detectors.watch.paid import judged
from detectors.watch.payments import PaymentWatch
from detectors.watch.prices import PriceWatch
from detectors.watch.stores import StoreBook
from schemas.arrival_partial import ArrivalPartial
from schemas.metric_partial import MetricPartial
from schemas.origin import Origin
from schemas.stock_level import StockLevel
from schemas.transaction import Line
from tests.detectors.models import model, score_of
from tests.support.events import MONDAY, click, label, movement, payment

__all__ = ["DETECTORS", "Case"]


@dataclass(frozen=True)
class Case:
    """How to drive one detector.

    Parameters
    ----------
    make
        Builds it.
    events
        Inputs numbered from the first argument, as many as the second says, spread over about that many
        hours; the third is the seed.
    run
        Hands a batch in; what comes out as one comparable value per input, or the last per key.
    size
        How much it remembers.
    last_wins
        Outputs are cumulative by key: only the last per key counts, however the input was cut.

    """

    make: Callable[[], Any]
    events: Callable[[int, int, int], list[Any]]
    run: Callable[[Any, Sequence[Any]], dict[Any, Any] | list[Any]]
    size: Callable[[Any], int]


class FraudFeatures(FraudDetector):
    """A partition's detector with what is known of terminals, which a worker keeps for all partitions."""

    def __init__(self) -> None:
        super().__init__(LabelBook())

    def snapshot(self) -> Parts:
        return super().snapshot() | prefixed("known", self.known.snapshot())

    def restore(self, parts: Parts) -> None:
        self.known.restore(unprefixed("known", parts))
        super().restore(parts)


def paid(first: int, count: int, seed: int) -> list[Any]:
    """One payment an hour, some late, each with a label known at some time."""
    random = Random(seed * 1_000_003 + first)
    made = []
    for seq in range(first, first + count):
        late = random.choice([0, 0, 0, 0, 40])
        one = payment(
            seq,
            occurred_at=MONDAY + timedelta(hours=seq - late),
            customer_id=random.choice([None, f"c-{random.randrange(8)}", f"once-{seq}"]),
            terminal_id=random.choice([f"t-{random.randrange(5)}", f"once-{seq}"]),
            amount_minor=random.randrange(100_000),
        )
        verdict = random.choice(["fraud", "genuine", "genuine"])
        # not before the payment arrives, or the cut of batches would decide who sees the label
        known_at = MONDAY + timedelta(hours=seq + random.randrange(400))
        made.append((one, label(one, known_at, verdict=verdict)))
    return made


def valued(first: int, count: int, seed: int) -> list[Any]:
    """A value an hour for one of three series: noise, now and then a spike."""
    random = Random(seed * 1_000_003 + first)
    return [
        (hour * 3600.0, random.gauss(10, 1) * random.choice([1] * 99 + [9]), random.randrange(3))
        for hour in range(first, first + count)
    ]


def observe_values(detector: RecordDetector, batch: Sequence[Any]) -> list[Any]:
    """Scores of values."""
    seconds, values, places = (np.array(column) for column in zip(*batch, strict=True))
    scores: list[Any] = detector.observe(seconds, values, places).tolist()
    return scores


def bytes_known(detector: RecordDetector) -> int:
    """Size of all that is known."""
    return sum(part.nbytes for part in detector.snapshot().values())


def observe_fraud(detector: FraudDetector, batch: Sequence[Any]) -> list[Any]:
    """Features of each payment; labels first, as the broadcast brings them."""
    detector.known.learn([known for _, known in batch])
    rows: list[Any] = detector.observe([one for one, _ in batch]).tolist()
    return rows


def champions() -> Champions:
    """Three models, one every 10 days."""
    made = Champions()
    for day in (0, 10, 20):
        made.add(model(day))
    return made


def score_batch(scorer: Champions, batch: Sequence[Any]) -> list[Any]:
    """Verdicts on made-up features."""
    width = len(FEATURE_NAMES)
    rows = [np.random.default_rng(one.seq).normal(np.arange(width), 5.0) for one, _ in batch]
    return scorer.score([one.occurred_at for one, _ in batch], np.array(rows))


def teach(trainer: OnlineTrainer, batch: Sequence[Any]) -> list[Any]:
    """Scores and labels one by one, and the model after each."""
    models = []
    for one, known in batch:
        features = tuple(np.random.default_rng(one.seq).normal(size=len(FEATURE_NAMES)).tolist())
        trainer.scored([score_of(one, features)])
        trainer.labelled([known])
        models.append(trainer.next_model())
    return models


def watched(first: int, count: int, seed: int) -> list[Any]:
    """One scored payment an hour, some late and some suspicious, with a label that comes days after."""
    random = Random(seed * 1_000_003 + first)
    made = []
    for one, known in paid(first, count, seed):
        line = Line(sku=f"sku-{one.seq % 5}", quantity=1, unit_price_minor=random.choice([999, 1_099, 9_990]))
        score = random.random()
        scored = score_of(one, (1.0,) * len(FEATURE_NAMES), score=score, threshold=0.8)
        if score >= 0.8:
            scored = scored.model_copy(update={"decision": "review"})
        sold = scored.payment.model_copy(update={"lines": (line,)}) if scored.payment else None
        # later than the watermark of any cut, or the cut would decide when it is learnt
        later = known.model_copy(update={"known_at": known.known_at + timedelta(days=20)})
        made.append((scored.model_copy(update={"payment": sold}), later))
    return made


def watch(watches: tuple[PaymentWatch, PriceWatch], batch: Sequence[Any]) -> dict[Any, Any]:
    """Findings of both by id; payments are made once for them, which is most of the time it takes."""
    watches[0].labels([known for _, known in batch])
    payments = judged(scored for scored, _ in batch)
    watches[0].paid([one for one, _ in payments])
    watches[1].paid(payments)
    found = [finding for one in watches for finding in one.findings(-inf)]
    return {finding.alert_id: finding for finding in found}


def clicked(first: int, count: int, seed: int) -> list[Any]:
    """One click an hour, some late."""
    random = Random(seed * 1_000_003 + first)
    actions = ["view", "product", "pay", "error"]
    return [
        (
            seq,
            click(seq, action=random.choice(actions)).model_copy(
                update={"occurred_at": MONDAY + timedelta(hours=seq - random.choice([0, 0, 3]))}
            ),
        )
        for seq in range(first, first + count)
    ]


def count_minutes(series: MinuteSeries, batch: Sequence[Any]) -> dict[Any, Any]:
    """Partials by key."""
    series.count(batch)
    partials: list[MetricPartial] = series.touched()
    return {partial.key: partial for partial in partials}


def numbered(first: int, count: int, seed: int) -> list[Any]:
    """Clicks of three shops that start anew each day, and of one that was there once."""
    random = Random(seed * 1_000_003 + first)
    return [
        (
            seq,
            one.model_copy(
                update={
                    "source": random.choice(["shop-1", "shop-2", "shop-3", f"once-{seq}"]),
                    "run": f"{one.occurred_at:%F}",
                }
            ),
        )
        for seq, one in clicked(first, count, seed)
    ]


def count_arrivals(arrivals: Arrivals, batch: Sequence[Any]) -> dict[Any, Any]:
    """Partials by key."""
    arrivals.count(batch)
    partials: list[ArrivalPartial] = arrivals.touched()
    return {partial.key: partial for partial in partials}


def stocked(first: int, count: int, seed: int) -> list[Any]:
    """One movement an hour of few articles, some late."""
    random = Random(seed * 1_000_003 + first)
    kinds = ["sale", "sale", "receipt", "count", "adjustment"]
    return [
        (
            seq,
            movement(seq, kind=random.choice(kinds), quantity=random.randrange(9)).model_copy(
                update={"occurred_at": MONDAY + timedelta(hours=seq - random.choice([0, 0, 30]))}
            ),
        )
        for seq in range(first, first + count)
    ]


def observe_stock(levels: StockLevels, batch: Sequence[Any]) -> dict[Any, Any]:
    """Levels by key."""
    touched: list[StockLevel] = levels.observe(batch)
    return {level.key: level for level in touched}


def told_minutes(first: int, count: int, seed: int) -> list[Any]:
    """One cumulative partial an hour from one of two partitions, some late."""
    random = Random(seed * 1_000_003 + first)
    return [
        MetricPartial(
            series=random.choice(["orders", "refunds"]),
            store_id=random.choice(["s1", "s2"]),
            channel="pos",
            minute=MONDAY + timedelta(hours=seq - random.choice([0, 0, 3])),
            count=seq,
            total=seq * 7,
            origin=Origin(generation="g:0", topic="scores", partition=seq % 2, offset=seq),
        )
        for seq in range(first, first + count)
    ]


def sum_minutes(book: MinuteBook, batch: Sequence[Any]) -> dict[Any, Any]:
    """Sums of each minute touched; then forget what no partial can change any more."""
    book.take(batch)
    sums = {}
    for one in batch:
        minute = int(one.minute.timestamp())
        sums[one.series, one.store_id, minute] = book.sums(one.series, one.store_id, minute, minute + 60)
    book.forget(max(one.minute.timestamp() for one in batch) - 48 * 3_600)
    return sums


DETECTORS: dict[str, Case] = {
    "fraud features": Case(
        FraudFeatures,
        paid,
        observe_fraud,
        lambda detector: (
            detector.customers.entries
            + len(detector.customers)
            + detector.known.entries
            + len(detector.known)
        ),
    ),
    "anomalies, records": Case(lambda: RecordDetector(3), valued, observe_values, bytes_known),
    "champions": Case(champions, paid, score_batch, len),
    "online trainer": Case(lambda: OnlineTrainer(10, publish_every_hours=48), paid, teach, len),
    "minute series": Case(lambda: MinuteSeries("g:0", "clicks", 0), clicked, count_minutes, len),
    "arrivals": Case(lambda: Arrivals("g:0", "clicks", 0), numbered, count_arrivals, len),
    "payment and price watch": Case(
        lambda: (PaymentWatch(StoreBook()), PriceWatch(StoreBook())),
        watched,
        watch,
        lambda watches: sum(map(len, watches)),
    ),
    "minute book": Case(MinuteBook, told_minutes, sum_minutes, len),
    "stock levels": Case(lambda: StockLevels("g:0", "stock-movements", 0), stocked, observe_stock, len),
}
