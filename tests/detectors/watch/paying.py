"""Scripted payments for the watchers, as the fraud agent would have scored them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import inf
from typing import Any

from detectors.fraud.features import FEATURE_NAMES
from detectors.watch.finding import Finding
from detectors.watch.paid import Paid, judged
from detectors.watch.payments import PaymentWatch
from detectors.watch.stores import StoreBook
from schemas.label import Label
from schemas.model import Model
from schemas.score import Score
from tests.detectors.models import model, score_of
from tests.support.events import MONDAY, label, payment

__all__ = ["DAY", "HOUR", "MINUTE", "Watched", "at", "habit", "known", "paid_of", "pay", "simple_model"]

SIMPLE = "model-simple"
MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0


def at(seconds: float) -> datetime:
    """Give the moment so long after Monday, 9:00."""
    return MONDAY + timedelta(seconds=seconds)


def pay(
    seq: int, seconds: float, *, score: float = 0.01, features: dict[str, float] | None = None, **fields: Any
) -> Score:
    """Make a scored payment; its number makes it unique, the threshold is .5."""
    more: dict[str, Any] = {
        name: fields.pop(name) for name in ("device_id", "network", "lines") if name in fields
    }
    one = payment(
        seq,
        **{
            "occurred_at": at(seconds),
            "customer_id": None,
            "card_id": "card-own",
            "terminal_id": "terminal-1",
            "store_id": "store-1",
            "amount_minor": 4_000,
            **fields,
        },
    )
    row = {"amount": one.amount_minor / 100, **(features or {})}
    scored = score_of(
        one,
        tuple(float(row.get(name, 0.0)) for name in FEATURE_NAMES),
        score=score,
        threshold=0.5,
        decision="review" if score >= 0.5 else "approve",
        model_version=SIMPLE,
    )
    assert scored.payment is not None
    return scored.model_copy(update={"payment": scored.payment.model_copy(update=more)})


def paid_of(scores: Iterable[Score]) -> list[Paid]:
    """Give what watchers of payments look at."""
    return [one for one, _ in judged(scores)]


def habit(days: int, *, first: int = 100_000, **fields: Any) -> list[Score]:
    """One payment of 40 EUR a day, the last a day before Monday."""
    return [pay(first + day, -(days - day) * DAY, **fields) for day in range(days)]


def known(score: Score, seconds: float, verdict: str, said_by: str = "customer") -> Label:
    """Make the label of a payment."""
    assert score.payment is not None
    one = payment(
        0,
        event_id=score.payment.event_id,
        occurred_at=score.payment.occurred_at,
        customer_id=score.payment.customer_id,
        terminal_id=score.payment.terminal_id,
    )
    return label(one, at(seconds), verdict=verdict, said_by=said_by)


def simple_model() -> Model:
    """Make a model by which only the frauds at the terminal count, and the amount a little."""
    weights = [0.0] * len(FEATURE_NAMES)
    weights[FEATURE_NAMES.index("terminal_frauds_7d")] = 4.0
    weights[0] = 0.01
    return model(
        -30,
        version=SIMPLE,
        means=(0.0,) * len(FEATURE_NAMES),
        scales=(1.0,) * len(FEATURE_NAMES),
        weights=tuple(weights),
        bias=-3.0,
    )


class Watched:
    """A watch and the last version of each of its findings."""

    def __init__(self, *, stores: StoreBook | None = None) -> None:
        self.watch = PaymentWatch(stores or StoreBook())
        self.last: dict[str, Finding] = {}
        self.told = 0

    def scores(self, scores: Iterable[Score], now: float = -inf) -> "Watched":
        """Hand payments in one by one."""
        for score in scores:
            self.watch.paid(paid_of([score]))
            self.look(now)
        return self

    def labels(self, labels: Sequence[Label], now: float) -> "Watched":
        """Hand labels in and let time pass, in seconds after Monday."""
        self.watch.labels(labels)
        return self.look(now)

    def look(self, now: float) -> "Watched":
        """Ask what is new."""
        for finding in self.watch.findings(now if now == -inf else at(now).timestamp()):
            self.last[finding.alert_id] = finding
            self.told += 1
        return self

    def of(self, kind: str) -> list[Finding]:
        """List the findings of a kind."""
        return [finding for finding in self.last.values() if finding.kind == kind]

    def one(self, kind: str) -> Finding:
        """Give the only finding of a kind."""
        [found] = self.of(kind)
        return found
