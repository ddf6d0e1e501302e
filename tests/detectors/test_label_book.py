"""What labels say of terminals, as of any moment, in any order of arrival."""

from datetime import datetime, timedelta
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.fraud.detector import FraudDetector
from detectors.fraud.features import CUSTOMER_FEATURES, TERMINAL_FEATURES, UNKNOWN_TERMINAL
from detectors.fraud.label_book import LabelBook
from detectors.fraud.payments import tag_of
from detectors.watermark import Watermark
from schemas.label import Label
from schemas.model import AmountTable
from tests.detectors.models import model
from tests.support.events import MONDAY, label, payment

NAMES = [feature.name for feature in TERMINAL_FEATURES]
NOTHING = UNKNOWN_TERMINAL


def days(amount: float) -> datetime:
    return MONDAY + timedelta(days=amount)


def verdict(number: int, paid: float, known: float, what: str, said_by: str = "matured") -> Label:
    one = payment(number, terminal_id="t", occurred_at=days(paid))
    return label(one, days(known), verdict=what, said_by=said_by)


def seen(book: LabelBook, moment: float, terminal: str = "t") -> dict[str, float]:
    row = book.observe([terminal], np.array([round(days(moment).timestamp() * 1e6)], np.int64))[0]
    return dict(zip(NAMES, row.tolist(), strict=True))


def suspect(book: LabelBook, number: int, paid: float, risk: float) -> None:
    one = payment(number, terminal_id="t", occurred_at=days(paid))
    book.suspect([("t", round(days(paid).timestamp() * 1e6), tag_of(one.event_id.int), risk)])


def by_definition(standing: list[tuple[float, bool, float, float]], moment: float) -> list[float]:
    """The slow way, from (paid, fraud, known, risk) of what stands; without the filter over all of it."""
    newest_first = sorted((one for one in standing if moment - 60 < one[0] < moment), reverse=True)
    unexplained = [place for place, one in enumerate(newest_first) if one[1] and one[3] < 0.5]
    start = unexplained[0] if unexplained else len(newest_first)
    honest = [one for one in newest_first if not one[1]]
    run, before = [], None
    for one in newest_first[start:]:
        if not one[1]:
            before = one
            break
        run.append(one)
    most = 99.0 if not run else 75.0 if before is None else moment - before[0]
    return [
        sum(not one[1] for one in newest_first[:start]),
        moment - newest_first[start][0] if unexplained else 60,
        len(run),
        sum(1 - one[3] for one in run),
        moment - run[-1][0] if run else 99,
        most,
        most - (moment - run[-1][0]) if before else -1,
        moment - honest[0][0] if honest else 60,
        sum(one[1] and moment - one[2] < 7 for one in newest_first),
        sum(moment - one[2] < 30 for one in newest_first),
    ]


@given(
    st.lists(
        st.tuples(st.integers(0, 320), st.booleans(), st.integers(0, 80), st.sampled_from([0.0, 0.3, 0.9])),
        max_size=40,
        unique_by=lambda one: one[0],
    ),
    st.integers(0, 400),
    st.randoms(use_true_random=False),
)
def test_features_equal_their_definition_in_any_order_of_arrival(
    told: list[tuple[int, bool, int, float]], quarter: int, random: object
) -> None:
    moment = quarter / 4
    facts = [(paid / 4, fraud, (paid + delay) / 4, risk) for paid, fraud, delay, risk in told]
    steps = [(number, kind) for number in range(len(facts)) for kind in ("label", "suspicion")]
    random.shuffle(steps)  # type: ignore[attr-defined]
    book = LabelBook()
    for number, kind in steps:
        paid, fraud, known, risk = facts[number]
        if kind == "suspicion":
            suspect(book, number, paid, risk)
        else:
            book.learn([verdict(number, paid, known, "fraud" if fraud else "genuine")])
    row = seen(book, moment)
    expected = by_definition([one for one in facts if one[2] <= moment], moment)
    found = [value for name, value in row.items() if name != "terminal_compromised"]
    assert found == pytest.approx(expected, abs=1e-6)
    assert 0 < row["terminal_compromised"] < 1


RANKS = {"genuine": 0, "fraud": 1, "withdrawn": 2}


@given(
    st.lists(
        st.tuples(
            st.integers(0, 80).map(lambda half: 2 + half / 2),
            st.sampled_from(["fraud", "genuine", "withdrawn"]),
            st.sampled_from(["analyst", "analyst", "customer", "matured"]),
        ),
        min_size=1,
        max_size=12,
    ),
    st.integers(0, 80).map(lambda half: 2 + half / 2),
)
def test_of_several_verdicts_the_one_that_stands_counts(
    claims: list[tuple[float, str, str]], moment: float
) -> None:
    """Withdrawn takes back what its source said; of the rest the one known last counts."""
    book = LabelBook()
    for known, what, said_by in claims:
        book.learn([verdict(1, 1, known, what, said_by)])
        if len(claims) % 2:
            book.prepare()  # one by one, or all at once
    left = sorted((one for one in claims if one[0] <= moment), key=lambda one: (one[0], RANKS[one[1]]))
    backs = {said_by: place for place, (_, what, said_by) in enumerate(left) if what == "withdrawn"}
    left = [one for place, one in enumerate(left) if one[1] != "withdrawn" and place > backs.get(one[2], -1)]
    row = seen(book, moment)
    stands = left[-1][1] if left else None
    assert (row["terminal_frauds_run"], row["terminal_honest_run"]) == (
        float(stands == "fraud"), float(stands == "genuine"),
    )  # fmt: skip


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_label_counts_from_the_microsecond_it_is_known(order: tuple[int, ...]) -> None:
    labels = [verdict(number, 1, known, "fraud") for number, known in enumerate((7, 8, 9))]
    book = LabelBook()
    book.learn([labels[number] for number in order])
    just_before = 8 - 1 / 86_400e6
    assert [seen(book, moment)["terminal_frauds_run"] for moment in (6.9, 7, just_before, 8, 9)] == [
        0, 1, 1, 2, 3,
    ]  # fmt: skip
    assert tuple(seen(book, 9, "another").values()) == pytest.approx(NOTHING)


def test_the_label_of_a_payment_is_not_known_to_itself() -> None:
    book = LabelBook()
    book.learn([verdict(1, 3, 3, "fraud", "analyst")])
    assert tuple(seen(book, 3).values()) == pytest.approx(NOTHING)
    assert seen(book, 3.01)["terminal_frauds_run"] == 1


def test_labels_twice_early_and_too_late_change_nothing_and_are_counted() -> None:
    book = LabelBook()
    watermark = Watermark()
    book.follow(watermark)
    once = verdict(1, 1, 2, "fraud")
    book.learn([once, once, verdict(2, 5, 4, "fraud")])
    book.learn([once])
    assert seen(book, 6)["terminal_frauds_run"] == 1
    assert (book.entries, book.early) == (2, 1), "one fact of the terminal, one of the customer"
    for _ in range(64):
        watermark.advance(days(100).timestamp())
    book.expire()
    book.learn([verdict(3, 30, 100, "fraud")])
    assert book.late == 1
    assert book.entries == 0


def test_labels_wait_for_the_partition_that_is_farthest_behind() -> None:
    book = LabelBook()
    ahead, behind = FraudDetector(book), FraudDetector(book)
    book.learn([verdict(number, 1, 1.5, "fraud") for number in range(100)])

    def run(detector: FraudDetector, day: float) -> float:
        """64 payments move the watermark; every second one asks for the terminal that matters."""
        paid = [
            payment(seq, occurred_at=days(day), terminal_id="t" if seq % 2 else "other") for seq in range(64)
        ]
        return float(detector.observe(paid)[-1, len(CUSTOMER_FEATURES) + NAMES.index("terminal_frauds_run")])

    assert run(behind, 2) == 100
    assert run(ahead, 70) == 0
    assert run(ahead, 71) == 0
    assert run(behind, 3) == 100
    run(behind, 72)
    run(behind, 73)
    assert book.entries == 0


def test_features_do_not_depend_on_how_far_other_partitions_were_read() -> None:
    """A fraud whose amount explains it, of a customer of another partition, at the same terminal."""
    table = AmountTable(payments=(40,) * 448, frauds=(38,) * 448)
    dear = payment(1, terminal_id="t", customer_id="a", occurred_at=days(1))
    later = payment(2, terminal_id="t", customer_id="b", occurred_at=days(9))

    def row(order: tuple[int, int], partitions: tuple[int, int] = (0, 1)) -> list[float]:
        book = LabelBook()
        book.take_table(model(0, amounts=table))
        book.learn([label(dear, days(8), verdict="fraud")])
        detectors = [FraudDetector(book, partition) for partition in partitions]
        rows = {place: detectors[place].observe([(dear, later)[place]])[0] for place in order}
        return list(map(float, rows[1]))

    assert row((0, 1)) == row((1, 0))
    assert row((0, 1), (5, 5)) != row((1, 0), (5, 5))


def test_an_idle_partition_cannot_keep_labels_for_ever() -> None:
    book = LabelBook()
    idle, busy = Watermark(), Watermark()
    book.follow(idle)
    book.follow(busy)
    for day in range(300):
        book.learn([verdict(day, day, day, "fraud")])
        for _ in range(64):
            busy.advance(days(day).timestamp())
        book.expire()
    assert book.entries <= 2 * (62 + 45 + 2)


def test_a_busy_terminal_is_bounded_and_looks_at_its_newest_labels() -> None:
    book, ahead = LabelBook(), LabelBook()
    watermark = Watermark()
    book.follow(watermark)
    labels = [verdict(number, number / 1_000, number / 1_000, "genuine") for number in range(3_000)]
    ahead.learn(labels)
    for number, one in enumerate(labels):
        book.learn([one])
        if number % 100 == 0:
            for _ in range(64):
                watermark.advance(one.known_at.timestamp())
            book.expire()
            moment = number / 1_000
            assert seen(book, moment) == seen(ahead, moment), "what comes later, and is there, has no say"
    assert book.entries < 5_000
    assert seen(book, 4)["terminal_honest_run"] == 256


def test_a_table_of_amounts_counts_from_its_model_on() -> None:
    book = LabelBook()
    table = AmountTable(payments=(40,) * 448, frauds=(20,) * 448)
    book.take_table(model(5, amounts=table))
    risks = []
    for number, day in enumerate((1, 5, 6)):
        detector = FraudDetector(book)
        paid = payment(number, occurred_at=days(day), amount_minor=20_000)
        risks.append(detector.observe([paid])[0, 10])
    assert risks[0] == pytest.approx(0.005)
    assert risks[1] == risks[2] == pytest.approx(0.5, abs=0.02)
