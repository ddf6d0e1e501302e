"""What holds for the watch of payments as a whole, whatever comes."""

from collections.abc import Sequence
from math import inf
from random import Random

import pytest

from detectors.watch.finding import Finding
from detectors.watch.payments import PaymentWatch
from detectors.watch.stores import StoreBook
from schemas.label import Label
from schemas.score import Score
from tests.detectors.watch.paying import (
    DAY,
    HOUR,
    MINUTE,
    Watched,
    at,
    habit,
    known,
    paid_of,
    pay,
    simple_model,
)


def story(seed: int, count: int = 300) -> list[tuple[Score, list[Label]]]:
    """Two busy days of few cards and tills: sprees, tested cards, complaints, verdicts taken back."""
    random = Random(seed)
    told: list[tuple[Score, list[Label]]] = []
    seconds = 0.0
    for number in range(count):
        seconds += random.choice([20.0, 60.0, 600.0, 1_200.0])
        late = random.choice([0.0, 0.0, 0.0, 2 * HOUR])
        card = f"card-{random.randrange(8)}"
        one = pay(
            number,
            seconds - late,
            score=random.choice([0.01, 0.01, 0.3, 0.7]),
            card_id=card,
            customer_id=f"of-{card}",
            terminal_id=f"terminal-{random.randrange(3)}",
            amount_minor=random.choice([2_000, 4_000, 60_000]) + number,
            status=random.choice(["authorised", "authorised", "declined"]),
            device_id=random.choice([None, "device-1", f"device-of-{card}"]),
        )
        labels = []
        for _ in range(random.choice([0, 0, 1, 2])):
            said_by = random.choice(["customer", "analyst"])
            verdict = random.choice(["fraud", "genuine", "withdrawn"])
            labels.append(known(one, seconds + random.randrange(1, 40_000), verdict, said_by))
        told.append((one, labels))
    return told


def run(
    story: Sequence[tuple[Score, list[Label]]], sizes: Random | None, *, early: bool
) -> dict[str, Finding]:
    """Hand a story in, in batches of any size; labels all at the start, or with their payments."""
    watch = PaymentWatch(StoreBook())
    watch.model(simple_model())
    last: dict[str, Finding] = {}
    if early:
        watch.labels([label for _, labels in story for label in labels])
    start = 0
    while start < len(story):
        end = len(story) if sizes is None else start + sizes.choice([1, 2, 7, 50])
        watch.paid(paid_of(score for score, _ in story[start:end]))
        if not early:
            watch.labels([label for _, labels in story[start:end] for label in labels])
        last |= {found.alert_id: found for found in watch.findings(-inf)}
        start = end
    return last | {found.alert_id: found for found in watch.findings(at(10 * DAY).timestamp())}


@pytest.mark.parametrize("seed", range(4))
def test_how_payments_are_cut_into_batches_does_not_matter(seed: int) -> None:
    told = story(seed)
    whole = run(told, None, early=True)
    assert {found.kind for found in whole.values()} >= {"payment_fraud", "terminal_fraud"}
    assert any(found.until is not None for found in whole.values())
    assert run(told, Random(seed), early=True) == whole
    assert run(told, Random(seed + 1), early=True) == whole


@pytest.mark.parametrize("seed", range(4))
def test_what_becomes_known_later_changes_nothing_before(seed: int) -> None:
    """Turn round every verdict that is known later than the middle of the story."""
    told = story(seed)
    middle = len(told) // 2
    begun = told[:middle]
    # a watermark believes no single clock, and lags; labels of the last moments are not turned
    moment = max(score.payment.occurred_at for score, _ in begun if score.payment)
    turned = {"fraud": "genuine", "genuine": "fraud", "withdrawn": "fraud"}

    def until_then(change: bool) -> list[Finding]:
        watch = PaymentWatch(StoreBook())
        watch.model(simple_model())
        for _, labels in told:
            watch.labels(
                [
                    label.model_copy(update={"verdict": turned[label.verdict]})
                    if change and label.known_at > moment
                    else label
                    for label in labels
                ]
            )
        watch.paid(paid_of(score for score, _ in begun))
        return watch.findings(moment.timestamp())

    assert until_then(change=True) == until_then(change=False)


def test_a_payment_told_twice_counts_once() -> None:
    told = [score for score, _ in story(1, 60)]
    once, twice = Watched().scores(told), Watched().scores([one for one in told for _ in range(2)])
    assert twice.last == once.last
    assert once.last


def test_only_scored_payments_count() -> None:
    other = [
        pay(n, n * MINUTE, score=0.9).model_copy(update={"disposition": disposition})
        for n, disposition in enumerate(["followed", "refused", "repeat"])
    ]
    assert not Watched().scores(other).last


def test_nothing_is_told_when_nothing_changed() -> None:
    watched = Watched().scores([score for score, _ in story(2, 100)])
    told = watched.told
    for second in range(100):
        watched.look(-DAY + second)
    assert watched.told == told


def test_a_broken_clock_ends_nothing() -> None:
    watched = Watched().scores([pay(1, 0, score=0.9)])
    watched.scores([pay(2, 70 * 365 * DAY, card_id="card-2099")])
    assert watched.one("payment_fraud").until is None


def test_a_payment_belongs_to_one_finding_that_has_not_ended() -> None:
    for seed in range(4):
        watched = Watched()
        watched.watch.model(simple_model())
        for score, labels in story(seed):
            watched.watch.labels(labels)
            watched.scores([score])
            lasting = [found for found in watched.last.values() if found.until is None]
            events = [one.event_id for found in lasting for one in found.payments]
            assert len(events) == len(set(events))


def test_history_that_is_loaded_leaves_nothing_open_that_is_over() -> None:
    watched = Watched().scores(habit(20, score=0.9))
    watched.scores([pay(n, n, card_id=f"card-{n}") for n in range(200)])
    assert [found.until is None for found in watched.of("payment_fraud")].count(True) <= 1
