"""A judge that dies and reads everything again, in another order, tells each finding once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from detectors.snapshot import Parts
from detectors.watch.case import RELEASED
from detectors.watch.desk import Desk
from schemas.alert import Alert
from schemas.label import Label
from schemas.score import Score
from tests.detectors.watch.paying import DAY, HOUR, MINUTE, at, known, pay, simple_model
from tests.support.findings import ORIGIN, WALL, answer

PARTITIONS = 3
CARDS = 6


def payments(random: Random, count: int) -> list[list[Score]]:
    """Half a day of few cards and tills, some with a thief; each card in one partition, in order."""
    parts: list[list[Score]] = [[] for _ in range(PARTITIONS)]
    seconds = 0.0
    for number in range(count):
        seconds += random.choice([20.0, MINUTE, 10 * MINUTE, HOUR])
        card = random.randrange(CARDS)
        one = pay(
            number,
            seconds,
            score=random.choice([0.01, 0.3, 0.7, 0.9]),
            card_id=f"card-{card}",
            customer_id=f"of-card-{card}",
            terminal_id=f"terminal-{random.randrange(2)}",
            amount_minor=random.choice([2_000, 4_000, 60_000]) + number,
            status=random.choice(["authorised", "authorised", "declined"]),
            device_id=random.choice([None, "device-1", f"device-{card}"]),
        )
        parts[card % PARTITIONS].append(one)
    return parts


def verdicts(random: Random, parts: Sequence[Sequence[Score]]) -> list[Label]:
    """Half of the payments get one soon, in the order in which they become known."""
    said = []
    for one in (one for part in parts for one in part if random.random() < 0.5):
        assert one.payment is not None
        since = (one.payment.occurred_at - at(0)).total_seconds()
        verdict = random.choice(["fraud", "genuine", "withdrawn"])
        who = random.choice(["customer", "analyst"])
        said.append(known(one, since + random.choice([5.0, 10 * MINUTE, 5 * HOUR]), verdict, who))
    return sorted(said, key=lambda label: label.known_at)


class Story(NamedTuple):
    """Payments, what became known about them, and one payment more."""

    scores: list[Score]
    labels: list[Label]
    more: Score


def card_of(score: Score) -> str:
    assert score.payment is not None
    return score.payment.card_id or ""


def told(desk: Desk, story: Story, scores: Sequence[Score], second: float = 0.0) -> tuple[list[Alert], Desk]:
    """Say what a desk tells of payments, one after the other, that knows the labels."""
    desk.take_labels(story.labels)
    for one in scores:
        desk.scores([one])
        desk.look(WALL + timedelta(seconds=second), ORIGIN)
    return desk.due(WALL + timedelta(seconds=second), ORIGIN).alerts, desk


class Snapshot(NamedTuple):
    """A desk as it was written down, and how much of what Kafka holds was in it."""

    desk: Parts
    read: list[int]
    labels: int
    alerts: int


class Judge:
    """What Kafka holds, a desk that may be lost at any moment, and how far it has read.

    With `snapshots` it writes itself down now and then, and begins again from there.
    """

    def __init__(self, random: Random, count: int, *, snapshots: bool = False) -> None:
        self.snapshots = snapshots
        self.snapshot: Snapshot | None = None
        self.random = random
        self.parts = payments(random, count)
        self.labels = verdicts(random, self.parts)
        self.sent = 0
        self.read = [0] * PARTITIONS
        self.committed = [0] * PARTITIONS
        self.alerts: list[Alert] = []
        self.answered: dict[str, int] = {}
        self.second = 0.0
        self.desk = self.begin()

    def begin(self) -> Desk:
        desk = Desk()
        desk.take_model(simple_model())
        return desk

    def step(self) -> None:
        """Some labels are sent; then a few payments of one partition are looked at."""
        self.sent = min(len(self.labels), self.sent + self.random.choice([0, 1, 1, 5]))
        self.desk.take_labels(self.labels[: self.sent])
        if self.alerts and self.random.random() < 0.2:
            self.answer(self.random.choice(self.alerts))
        some = [place for place in range(PARTITIONS) if self.read[place] < len(self.parts[place])]
        if some:
            self.take(self.random.choice(some), self.random.choice([1, 1, 2, 9]))
        self.write(lost=0.0)
        if self.snapshots and self.random.random() < 0.3:
            self.snapshot = Snapshot(self.desk.snapshot(), list(self.read), self.sent, len(self.alerts))

    def seen(self) -> set[UUID]:
        """Payments that this desk has looked at; a commit may lie behind what a lost one had written of."""
        parts = zip(self.parts, self.read, strict=True)
        return {one.payment.event_id for part, end in parts for one in part[:end] if one.payment}

    def answer(self, alert: Alert) -> None:
        number = len(self.answered) + 1
        said = answer(
            alert.alert_id,
            self.random.choice(["fraud", "genuine"]),
            numbered=number,
            replaces=self.answered.get(alert.alert_id),
            at=alert.last_at + timedelta(minutes=5),
        )
        self.answered[alert.alert_id] = number
        self.desk.answers([said])

    def take(self, place: int, count: int) -> None:
        start = self.read[place]
        self.read[place] = min(len(self.parts[place]), start + count)
        self.desk.scores(self.parts[place][start : self.read[place]])

    def write(self, lost: float) -> None:
        """Write what is due; a judge that dies meanwhile has written the beginning of it."""
        self.second += self.random.choice([0.1, 10.0])
        due = self.desk.due(WALL + timedelta(seconds=self.second), ORIGIN)
        self.alerts += due.alerts[: round(len(due.alerts) * (1 - lost))]
        if not lost:
            self.committed = list(self.read)
            self.labels = [*self.labels[: self.sent], *due.labels, *self.labels[self.sent :]]
            self.sent += len(due.labels)

    def die(self) -> None:
        """End in the middle of a round, and read again what was committed, in any order of partitions."""
        for place in range(PARTITIONS):
            self.take(place, self.random.choice([0, 1, 5]))
        self.write(lost=self.random.choice([0.5, 0.9, 1.0]))
        ends, self.desk = self.committed, self.begin()
        begun = self.snapshot or Snapshot({}, [0] * PARTITIONS, 0, 0)
        if self.snapshot is not None:
            self.desk.restore(self.snapshot.desk)
        self.read = list(begun.read)
        self.desk.take_labels(self.labels[begun.labels : self.sent])
        for alert in self.in_any_order_of_alerts(begun.alerts):
            self.desk.take_alert(alert)
        while any(read < end for read, end in zip(self.read, ends, strict=True)):
            place = self.random.choice([p for p in range(PARTITIONS) if self.read[p] < ends[p]])
            self.take(place, min(ends[place] - self.read[place], self.random.choice([1, 5, 50])))
            self.desk.look(WALL + timedelta(seconds=self.second), ORIGIN)

    def in_any_order_of_alerts(self, first: int) -> list[Alert]:
        """Records of one alert stay in order."""
        return sorted(self.alerts[first:], key=lambda alert: hash_of(alert.alert_id, self.read))

    def run(self, steps: int, deaths: Iterable[int]) -> None:
        for step in range(steps):
            self.run_step(step, deaths)

    def run_step(self, step: int, deaths: Iterable[int]) -> None:
        self.step()
        if step in deaths:
            self.die()
            self.write(lost=0.0)


def hash_of(alert_id: str, salt: object) -> float:
    return Random(f"{alert_id} {salt}").random()


def told_twice(alerts: Iterable[Alert]) -> dict[tuple[str, object], set[str]]:
    """Payments that two alerts of one kind name."""
    names: dict[tuple[str, object], set[str]] = defaultdict(set)
    for alert in alerts:
        for one in alert.payments:
            names[alert.kind, one.event_id].add(alert.alert_id)
    return {place: ids for place, ids in names.items() if len(ids) > 1}


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False), st.sets(st.integers(1, 39), max_size=4), st.booleans())
@example(Random(333), set(), False).via("a payment came back when its card had a newer alert")
@example(Random(333), {23, 32}, False).via("the same, and the judge dies before and after")
def test_no_payment_is_in_two_alerts_of_a_kind(random: Random, deaths: set[int], snapshots: bool) -> None:
    judge = Judge(random, 80, snapshots=snapshots)
    judge.run(40, deaths)
    assert not told_twice(judge.alerts)


def told_nowhere(judge: Judge) -> set[UUID]:
    """Payments of which nobody has said anything, that alerts name, and none of them is open.

    Alerts without news for a day, or whose payments are not suspicious any more, may end. Nobody looks at one
    that was answered: what it had never named before is told elsewhere. One that it had named as no longer
    suspicious may come back into it with the answer.
    """
    named: dict[UUID, list[Alert]] = defaultdict(list)
    before = {(one.alert_id, paid.event_id) for one in judge.alerts if is_told(one) for paid in one.payments}
    for alert_id in {alert.alert_id for alert in judge.alerts}:
        alert = judge.desk.book[alert_id]
        for one in alert.payments:
            named[one.event_id].append(alert)
    said = {label.event_id for label in judge.labels[: judge.sent]}
    unsaid = [event for event in judge.seen() - said if event in named]
    return {
        event
        for event in unsaid
        if not any(is_told(one) or (one.alert_id, event) in before for one in named[event])
    }


def is_open(alert: Alert) -> bool:
    return alert.until is None and (alert.answer is None or alert.answer.verdict == "withdrawn")


def is_told(alert: Alert) -> bool:
    if alert.until is None:
        return is_open(alert)
    quiet = alert.until - alert.last_at > timedelta(hours=23)
    return quiet or alert.sentence.endswith(f" {RELEASED}.")


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False), st.sets(st.integers(1, 39), max_size=4))
@example(Random(1049), {4, 16, 31}).via("a crash lost the record of the alert that this had become part of")
@example(Random(395), {2, 22}).via("the same, when the payment comes from the log again")
@example(Random(915), {20}).via("a payment that is no longer suspicious changes behind a restart")
@example(Random(10568), set()).via("one that was let go untold came back into an answered alert")
@example(Random(21012), {3}).via("the same, and the answer was fraud")
@example(Random(10219), {12}).via("the same behind a restart: its new alert had the name of the answered one")
def test_what_became_part_of_another_alert_is_told_somewhere(random: Random, deaths: set[int]) -> None:
    judge = Judge(random, 80)
    for step in range(40):
        judge.run_step(step, deaths)
        assert not told_nowhere(judge)


@pytest.mark.parametrize("seed", range(10))
def test_it_is_told_somewhere_also_by_a_judge_that_goes_on_from_a_snapshot(seed: int) -> None:
    random = Random(seed)
    deaths = {random.randint(1, 39) for _ in range(random.randint(1, 4))}
    judge = Judge(Random(seed * 7 + 1), 80, snapshots=True)
    for step in range(40):
        judge.run_step(step, deaths)
        assert not told_nowhere(judge)


def habits() -> list[Score]:
    return [pay(1_000 + day, (day - 20) * DAY) for day in range(20)]


def spree() -> Story:
    quick = [pay(n, n * 4 * MINUTE, amount_minor=40_000 + n, terminal_id=f"terminal-{n}") for n in range(6)]
    return Story([*habits(), *quick[:5]], [], quick[5])


def tried(**fields: Any) -> Story:
    tries = [
        pay(n, n * 20.0, card_id=f"card-{n}", amount_minor=299, status="declined", **fields)
        for n in range(13)
    ]
    return Story(tries[:12], [], tries[12])


def robbed() -> Story:
    paid = [pay(n, n * 8 * MINUTE, card_id=f"card-{n}", customer_id=f"c-{n}") for n in range(4)]
    said = [known(one, 30 * MINUTE + n, "fraud") for n, one in enumerate(paid)]
    passing = [pay(100 + n, HOUR + n, card_id=f"by-{n}", terminal_id="terminal-9") for n in range(130)]
    return Story([*paid, *passing], said, pay(200, 2 * HOUR, score=0.9, card_id="card-new"))


def stolen() -> Story:
    first = pay(1, 0)
    return Story([first, pay(2, HOUR)], [known(first, MINUTE, "fraud", "analyst")], pay(3, 2 * HOUR))


@pytest.mark.parametrize(
    ("kind", "story"),
    [
        ("card_spree", spree()),
        ("card_testing", tried(device_id="device-bot", network="45.0.0.0/24")),
        ("card_testing", tried(network="45.0.0.0/24")),
        ("card_testing", tried()),
        ("terminal_fraud", robbed()),
        ("payment_fraud", stolen()),
    ],
)
def test_what_was_told_is_told_on_and_not_again(kind: str, story: Story) -> None:
    """The successor reads payments in the opposite order of cards, and each card's in its own."""
    alerts, desk = told(Desk(), story, story.scores)
    [alert] = [one for one in alerts if one.kind == kind and one.until is None]
    successor = Desk()
    for one in alerts:
        successor.take_alert(one)
    cards = sorted({card_of(one) for one in story.scores}, reverse=True)
    again = [one for card in cards for one in story.scores if card_of(one) == card]
    assert told(successor, story, again)[0] == []
    on, either = (told(who, story, [story.more], 60.0)[0] for who in (successor, desk))
    [more] = [one for one in on if one.alert_id == alert.alert_id]
    [usual] = [one for one in either if one.alert_id == alert.alert_id]
    assert more.count == alert.count + 1
    assert (more.sentence, more.payments, more.since) == (usual.sentence, usual.payments, usual.since)
    assert len(on) == len(either)


@pytest.mark.parametrize("number", [12, 80])
def test_what_an_answer_spoke_of_is_not_told_again(number: int) -> None:
    """An alert of 80 payments names 50, and the answer labels these: the others are no news."""
    tries = [
        pay(n, n * 20.0, card_id=f"card-{n}", amount_minor=299, status="declined", device_id="device-bot")
        for n in range(number)
    ]
    story, desk = Story(tries, [], tries[0]), Desk()
    alerts = told(desk, story, tries)[0]
    [alert] = [one for one in alerts if one.kind == "card_testing"]
    desk.answers([answer(alert.alert_id, "fraud", at=alert.last_at + timedelta(seconds=1))])
    due = desk.due(WALL + timedelta(seconds=30), ORIGIN)
    assert len(due.labels) == min(number, 50)
    successor = Desk()
    for one in (*alerts, *due.alerts):
        successor.take_alert(one)
    again = told(successor, Story(tries, due.labels, tries[0]), tries, 60.0)[0]
    assert {one.alert_id for one in again} <= {alert.alert_id}
