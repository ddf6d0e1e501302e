"""Scores and labels meet, once, whichever comes first."""

from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.fraud.claims import FRAUD, GENUINE, WITHDRAWN, Claim
from detectors.fraud.feature_rows import feature_bytes
from detectors.fraud.features import FEATURE_NAMES
from detectors.fraud.joining import Example, LabelJoin
from detectors.graph.reading import graph_of
from detectors.graph.writing import graph_parts

DAY = 86_400.0
ROW = feature_bytes(range(len(FEATURE_NAMES)))
PLACE = "terminal-1"


def said(known: float, fraud: bool, said_by: str = "matured") -> Claim:
    return Claim(known, FRAUD if fraud else GENUINE, said_by)


def scored(join: LabelJoin, event: int, occurred: float) -> Example | None:
    return join.scored(event, occurred, ROW, 0.5, PLACE)


def test_score_first_or_label_first_gives_the_same_example() -> None:
    expected = Example(DAY, 3 * DAY, ROW, 0.5, True, 1, PLACE)
    score_first, label_first = LabelJoin(), LabelJoin()
    assert scored(score_first, 1, DAY) is None
    assert score_first.labelled(1, DAY, said(3 * DAY, True)) == expected
    assert label_first.labelled(1, DAY, said(3 * DAY, True)) is None
    assert scored(label_first, 1, DAY) == expected


def test_a_payment_is_learnt_once_however_often_it_comes() -> None:
    join = LabelJoin()
    examples = []
    for _ in range(3):
        examples += [scored(join, 1, DAY), scored(join, 1, DAY), join.labelled(1, DAY, said(3 * DAY, False))]
    assert sum(example is not None for example in examples) == 1


def test_of_two_labels_before_the_score_the_later_known_counts() -> None:
    for first, second in (((3 * DAY, False), (9 * DAY, True)), ((9 * DAY, True), (3 * DAY, False))):
        join = LabelJoin()
        join.labelled(1, DAY, said(*first))
        join.labelled(1, DAY, said(*second))
        example = scored(join, 1, DAY)
        assert example is not None
        assert (example.known, example.fraud) == (9 * DAY, True)


def test_what_waits_is_dropped_by_age_in_event_time() -> None:
    join = LabelJoin(keep_days=60)
    for event in range(100 * 300):
        occurred = event * DAY / 100
        if event % 2:
            scored(join, event, occurred)
        else:
            join.labelled(event, occurred, said(occurred + 7 * DAY, False))
    assert len(join) <= 100 * 63
    waiting = len(join) // 2
    assert scored(join, -1, DAY) is None
    assert join.labelled(-2, DAY, said(8 * DAY, True)) is None
    assert join.dropped == 2
    assert join.odd["late"] == 1
    assert join.odd["unknown"] == 300 * 50 - waiting


def test_a_label_from_a_far_future_waits_for_the_payments() -> None:
    """It must not push a model's valid_from beyond every payment."""
    join = LabelJoin(keep_days=60)
    for event in range(64):
        scored(join, event, 100 * DAY)
    assert join.labelled(1, 100 * DAY, said(161 * DAY, True)) is None
    assert join.released() == []
    for event in range(64, 128):
        scored(join, event, 101 * DAY)
    assert [example.known for example in join.released()] == [161 * DAY]


def test_what_an_analyst_took_back_in_time_is_not_learnt() -> None:
    wrong, back = said(2 * DAY, True, "analyst"), Claim(3 * DAY, WITHDRAWN, "analyst")
    complaint = said(1.5 * DAY, True, "customer")
    join = LabelJoin()
    for claim in (wrong, back, wrong):
        assert join.labelled(1, DAY, claim) is None
    assert scored(join, 1, DAY) is None
    assert join.labelled(1, DAY, wrong) is None, "a repeat of what was taken back"
    assert join.labelled(1, DAY, said(7 * DAY, False)) == Example(DAY, 7 * DAY, ROW, 0.5, False, 1, PLACE)
    for claim in (complaint, said(2 * DAY, False, "analyst"), back):
        join.labelled(2, DAY, claim)
    assert scored(join, 2, DAY) == Example(DAY, 3 * DAY, ROW, 0.5, True, 2, PLACE), (
        "the customer's word stands again"
    )


def test_after_it_was_learnt_nothing_said_about_a_payment_changes_anything() -> None:
    join = LabelJoin()
    scored(join, 1, DAY)
    first = join.labelled(1, DAY, said(2 * DAY, True, "analyst"))
    assert first == Example(DAY, 2 * DAY, ROW, 0.5, True, 1, PLACE)
    later = [Claim(3 * DAY, WITHDRAWN, "analyst"), said(4 * DAY, True, "chargeback"), said(8 * DAY, False)]
    assert [join.labelled(1, DAY, claim) for claim in later] == [None] * 3


def test_a_label_from_before_its_payment_is_dropped_and_counted() -> None:
    join = LabelJoin()
    scored(join, 1, DAY)
    assert join.labelled(1, DAY, said(DAY - 1, True)) is None
    assert join.odd["early"] == 1
    assert join.labelled(1, DAY, said(DAY, True)) is not None, "known at once is late enough"


def test_each_odd_label_is_counted_by_what_is_wrong_with_it() -> None:
    join = LabelJoin(keep_days=60)
    for event in (1, 2, 3):
        scored(join, event, DAY)
    join.labelled(1, DAY, said(DAY - 1, True))
    join.labelled(9, DAY, said(2 * DAY, True))
    join.labelled(8, DAY, said(2 * DAY, True))
    join.labelled(8, DAY, said(2 * DAY, True))
    join.labelled(8, DAY, said(3 * DAY, False))
    join.labelled(8, DAY, Claim(4 * DAY, WITHDRAWN, "analyst"))
    for claim in (
        said(2 * DAY, True),
        said(2 * DAY, True),
        said(9 * DAY, True, "chargeback"),
        said(9 * DAY, False),
    ):
        join.labelled(2, DAY, claim)
    assert join.odd == {"late": 0, "early": 1, "unknown": 0, "repeated": 3, "contradictory": 2}
    for event in range(64):
        scored(join, 100 + event, 80 * DAY)
    join.labelled(3, DAY, said(70 * DAY, True))
    assert join.odd == {"late": 1, "early": 1, "unknown": 4, "repeated": 3, "contradictory": 2}


def test_labels_as_they_should_be_are_not_odd() -> None:
    join = LabelJoin(keep_days=60)
    for event in range(200):
        scored(join, event, event * DAY)
        join.labelled(event, event * DAY, said((event + 7) * DAY, event % 20 == 0))
    assert set(join.odd.values()) == {0}


STEPS = st.lists(
    st.tuples(
        st.integers(0, 3) | st.just(2**128 - 1),
        st.sampled_from(["score", "cold start", "genuine", "fraud", "withdrawn"]),
        st.integers(1, 200),
        st.sampled_from(["matured", "analyst"]),
    )
)


def stepped(join: LabelJoin, event: int, what: str, day: int, said_by: str) -> Example | None:
    """Take a step of a story: a score of a payment, or what was said about it on a day."""
    if what in ("score", "cold start"):
        return join.scored(event, DAY, ROW, None if what == "cold start" else 0.5, PLACE, weight=1.0 + day)
    kind = {"genuine": GENUINE, "fraud": FRAUD, "withdrawn": WITHDRAWN}[what]
    return join.labelled(event, DAY, Claim(day * DAY, kind, said_by))


@settings(max_examples=60, deadline=None)
@given(STEPS, STEPS)
def test_a_join_that_was_written_down_goes_on_as_if_it_had_not_been(
    before: list[tuple[int, str, int, str]], after: list[tuple[int, str, int, str]]
) -> None:
    join = LabelJoin()
    for step in before:
        stepped(join, *step)
    again = graph_of(graph_parts(join))
    assert len(again) == len(join)
    assert [stepped(again, *step) for step in after] == [stepped(join, *step) for step in after]
    assert again.odd == join.odd
    assert again.released() == join.released()
