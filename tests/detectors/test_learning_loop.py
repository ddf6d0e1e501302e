"""Lines of models over one log: what is published, promoted, relearnt."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import groupby, islice, pairwise
from typing import NamedTuple

import numpy as np
import pytest

from detectors.errors import SnapshotRefused
from detectors.fraud.champions import Champions
from detectors.fraud.features import FEATURE_NAMES
from detectors.fraud.learning_loop import LearningLoop, News
from detectors.fraud.promotion_rule import PromotionRule, Ruling
from schemas.errors import Stop
from schemas.label import Label
from schemas.model import Model, Trees
from schemas.promotion import LabelExclusion, Promotion
from schemas.score import Score
from tests.detectors.models import score_of
from tests.support.events import MONDAY, label, payment

DAYS, PER_DAY = 26, 150
WEEK = timedelta(days=7)
AT = datetime(2030, 1, 1, tzinfo=UTC)
AMOUNT = FEATURE_NAMES.index("amount")
SOON = PromotionRule(least_frauds=20, window_days=7)


class Log(NamedTuple):
    """Scores and labels in the order of their times."""

    scores: list[Score]
    labels: list[Label]


@cache
def log() -> Log:
    """Large amounts are fraud; analysts call small ones fraud from the 13th day on, and are wrong."""
    random = np.random.default_rng(5)
    scores, labels = [], []
    for seq in range(DAYS * PER_DAY):
        at = MONDAY + timedelta(days=seq / PER_DAY)
        paid = payment(seq, occurred_at=at, channel="web" if seq % 3 else "pos")
        row = random.normal(0, 1, len(FEATURE_NAMES))
        row[AMOUNT] = paid.amount_minor / 100
        scores.append(score_of(paid, tuple(row.tolist()), score=float(random.random())))
        fraud = paid.amount_minor > 17_500
        wrong = paid.amount_minor < 1_500 and seq > 13 * PER_DAY
        said = label(paid, at + WEEK, verdict="fraud" if fraud else "genuine")
        if wrong:
            said = label(paid, at + timedelta(hours=2), verdict="fraud", said_by="analyst")
        labels.append(said)
    return Log(scores, sorted(labels, key=lambda one: one.known_at))


def days(until: float = DAYS) -> Iterator[tuple[float, list[Score], list[Label]]]:
    """What comes with each half day, and its end."""
    for half in range(round(2 * until)):
        begin, end = (MONDAY + timedelta(days=part / 2) for part in (half, half + 1))
        yield (
            end.timestamp(),
            [one for one in log().scores if one.payment and begin <= one.payment.occurred_at < end],
            [one for one in log().labels if begin <= one.known_at < end],
        )


def run(loop: LearningLoop, until: float = DAYS) -> News:
    """Let a loop read the log; give all its news."""
    out = News([], [], [], [])
    for end, scores, labels in days(until):
        loop.scored(scores)
        models = [*loop.labelled(labels), *loop.labelled([], end)]
        out.extend(loop.news(models, end, AT))
    return out


def resumed(news: News, *decisions: Promotion) -> LearningLoop:
    """Start a loop that is told what is out."""
    loop = LearningLoop(10, SOON)
    for model in news.models:
        loop.take_model(model)
    for promotion in (*news.promotions, *decisions):
        loop.take_promotion(promotion)
    for metrics in news.metrics:
        loop.take_metrics(metrics)
    for drift in news.drifts:
        loop.take_drift(drift)
    return loop


def rewind(**fields: object) -> Promotion:
    return Promotion(
        action="rewind", valid_from=MONDAY + timedelta(days=DAYS - 1), by="hand", who="anna", reason="a test",
        exclusions=(LabelExclusion.model_validate(fields),), at=AT,
    )  # fmt: skip


def scores_of_small(model: Model, models: Sequence[Model]) -> float:
    """Ask a model about small amounts."""
    champions = Champions(model.line)
    for one in models:
        if one.trees is not None:
            champions.remember_trees(one)
    rows = np.zeros((1, len(FEATURE_NAMES)))
    rows[0, AMOUNT] = 5.0
    return float(champions.scorer_of(model).scores(rows)[0])


@cache
def first_run() -> News:
    return run(LearningLoop(10, SOON))


def test_every_line_publishes_and_the_first_model_is_promoted_once() -> None:
    news = first_run()
    assert {model.line for model in news.models} == {"blend", "online"}
    assert len({model.version for model in news.models}) == len(news.models)
    first = news.promotions[0]
    assert (first.action, first.by, first.line) == ("promote", "rule", "blend")
    assert first.version == next(model.version for model in news.models if model.line == "blend")
    assert sum(one.reason == "the first model" for one in news.promotions) == 1
    for model in news.models:
        assert (model.amounts is not None) == (model.line == "blend"), "features do not hang on challengers"


def test_figures_are_of_payments_that_are_old_enough() -> None:
    news = first_run()
    assert {one.subject for one in news.metrics} == {"champion", "blend", "online"}
    end = MONDAY + timedelta(days=DAYS)
    for one in news.metrics:
        assert one.matured_at <= end
        assert one.day + timedelta(days=8) == one.matured_at
        assert one.payments == pytest.approx(one.window_days * PER_DAY, abs=1)
        assert one.labelled == one.payments
        assert one.average_precision_low <= one.average_precision <= one.average_precision_high
    newest = {one.subject: one for one in news.metrics}
    assert newest["blend"].average_precision > newest["champion"].average_precision + 0.2, (
        "what scored was thrown by dice, the lines in shadow have learnt"
    )


def test_payments_without_a_label_are_counted_as_such() -> None:
    loop = LearningLoop(10, SOON)
    told = []
    for end, scores, labels in days():
        loop.scored(scores)
        models = [*loop.labelled([one for one in labels if one.event_id.int % 4]), *loop.labelled([], end)]
        told += loop.news(models, end, AT).metrics
    assert told
    for one in told:
        assert 0.15 < one.unlabelled_share < 0.35
        assert one.unlabelled_share == pytest.approx(1 - one.labelled / one.payments)


def test_a_payment_from_a_far_future_makes_no_day_old() -> None:
    """Days would be judged before their labels had come."""
    far = payment(10**6, occurred_at=MONDAY + timedelta(days=20_000))
    loop = LearningLoop(10, SOON)
    loop.scored([score_of(far, log().scores[0].features)])
    metrics = []
    for _, scores, labels in days():
        loop.scored(scores)
        metrics += loop.learn([labels], far.occurred_at.timestamp(), AT).metrics
    assert len(metrics) > 10
    assert max(one.unlabelled_share for one in metrics) == 0


def test_a_restarted_loop_publishes_nothing_again() -> None:
    again = run(resumed(first_run()))
    assert [len(part) for part in again] == [0, 0, 0, 0]


def test_a_restarted_loop_goes_on_as_if_it_had_not_been() -> None:
    half = run(LearningLoop(10, SOON), until=18)
    rest = run(resumed(half))
    whole = first_run()
    assert [one.key for one in (*half.metrics, *rest.metrics)] == [one.key for one in whole.metrics]
    assert [*half.metrics, *rest.metrics][-1].average_precision == whole.metrics[-1].average_precision
    assert [one.version for one in (*half.models, *rest.models)] == [one.version for one in whole.models]


def copied(loop: LearningLoop, *decisions: Promotion) -> LearningLoop:
    """Go on from a snapshot, in a loop that was told decisions first."""
    again = LearningLoop(10, SOON)
    for decided in decisions:
        again.take_promotion(decided)
    again.restore(loop.snapshot())
    return again


def halves(loop: LearningLoop, begin: float, end: float) -> News:
    """Let a loop read the log from one day to another."""
    out = News([], [], [], [])
    for until, scores, labels in islice(days(end), round(2 * begin), None):
        loop.scored(scores)
        out.extend(loop.news([*loop.labelled(labels), *loop.labelled([], until)], until, AT))
    return out


def test_a_restarted_loop_makes_no_model_of_labels_that_were_too_few_for_one() -> None:
    loop = LearningLoop(10, SOON)
    before = halves(loop, 0, 18)
    few = [one for one in log().labels if MONDAY + timedelta(days=18) <= one.known_at][:2]
    late = [one.model_copy(update={"known_at": one.known_at + timedelta(hours=2)}) for one in few]
    soon = (MONDAY + timedelta(days=18, hours=5)).timestamp()
    assert not loop.learn([late], soon, AT).models
    again = resumed(before)
    halves(again, 0, 18)
    assert not again.learn([late], soon, AT).models


@pytest.mark.parametrize("stops", [(0.5, 8, 9.5), (13, 20, 25.5)])
def test_a_loop_that_goes_on_from_snapshots_tells_what_one_without_a_stop_does(
    stops: Sequence[float],
) -> None:
    loop, told = LearningLoop(10, SOON), News([], [], [], [])
    for begin, end in pairwise((0, *stops, DAYS)):
        told.extend(halves(loop, begin, end))
        loop = copied(loop)
    assert told == first_run()


def test_what_was_published_after_the_snapshot_is_not_published_again() -> None:
    loop = LearningLoop(10, SOON)
    before = halves(loop, 0, 14)
    taken = loop.snapshot()
    since = halves(loop, 14, 19)
    successor = LearningLoop(10, SOON)
    successor.restore(taken)
    for model in since.models:
        successor.take_model(model)
    for promotion in since.promotions:
        successor.take_promotion(promotion)
    for metrics in since.metrics:
        successor.take_metrics(metrics)
    assert [len(part) for part in halves(successor, 14, 19)] == [0, 0, 0, 0]
    rest, whole = halves(successor, 19, DAYS), first_run()
    told = [*before.models, *since.models, *rest.models]
    assert [one.version for one in told] == [one.version for one in whole.models]
    assert rest.metrics == whole.metrics[-len(rest.metrics) :]


def test_a_snapshot_with_labels_that_a_rewind_excludes_is_refused_and_nothing_of_it_is_kept() -> None:
    loop = LearningLoop(10, SOON)
    halves(loop, 0, 9)
    decided = rewind(said_by="analyst")
    again = LearningLoop(10, SOON)
    again.take_promotion(decided)
    with pytest.raises(SnapshotRefused, match="a rewind excludes labels"):
        again.restore(loop.snapshot())
    told = halves(again, 0, 9)
    assert told.models
    assert all(one.rewind == decided.key for one in told.models)
    assert halves(copied(again, decided), 9, 10).models, "one that was written after it is good"


def test_a_rewind_that_comes_between_a_snapshot_and_the_first_label_ends_the_trainer() -> None:
    loop = LearningLoop(10, SOON)
    halves(loop, 0, 9)
    again = copied(loop)
    again.take_promotion(rewind(said_by="analyst"))
    with pytest.raises(Stop, match="start the trainer again"):
        halves(again, 9, 10)


def test_a_snapshot_that_was_made_for_another_budget_is_refused() -> None:
    loop = LearningLoop(20, SOON)
    with pytest.raises(SnapshotRefused, match=r"alerts_per_day=10.*alerts_per_day=20"):
        loop.restore(LearningLoop(10, SOON).snapshot())


def test_a_rewind_gives_models_that_never_saw_the_labels_and_name_their_parent() -> None:
    before = first_run()
    decided = rewind(said_by="analyst")
    after = run(resumed(before, decided))
    for line in ("blend", "online"):
        spoilt = [model for model in before.models if model.line == line][-1]
        clean = next(model for model in after.models if model.line == line)
        assert clean.rewind == decided.key
        assert clean.parent == spoilt.version
        assert clean.valid_from > spoilt.valid_from, "it takes over in its line"
        assert clean.frauds < spoilt.frauds
        assert scores_of_small(clean, after.models) < 0.5 * scores_of_small(spoilt, before.models)


def test_the_same_log_and_rewind_give_the_same_models_whatever_was_before() -> None:
    other = rewind(said_by="matured", known_from=MONDAY + timedelta(days=20))
    before = first_run()
    rewound = run(resumed(before, other))
    twice = News([*before.models, *rewound.models], [*before.promotions, other], before.metrics, [])
    decided = rewind(said_by="analyst").model_copy(update={"at": AT + timedelta(hours=1)})
    ours, theirs = (
        next(one for one in run(resumed(published, decided)).models if one.line == "blend")
        for published in (before, twice)
    )
    assert ours.rewind == theirs.rewind == decided.key
    assert ours.parent != theirs.parent
    assert ours.two_causes == theirs.two_causes
    assert ours.amounts == theirs.amounts
    assert (ours.labels, ours.frauds) == (theirs.labels, theirs.frauds)


def test_trees_that_learnt_excluded_labels_are_not_used_again() -> None:
    """Without a rewind the trees of the last model are."""
    leaf = [np.zeros(1, kind).tobytes() for kind in ("<i2", "<f4", "<i4", "<i4", "<f4")]
    feature, threshold, left, right, value = np.array([-1], "<i2").tobytes(), *leaf[1:]
    trees = Trees(
        roots=(0,), feature=feature, threshold=threshold, left=left, right=right, value=value, bias=0.0
    )
    half = run(LearningLoop(10, SOON), until=20)
    last = [one for one in half.models if one.line == "blend"][-1]
    models = [one for one in half.models if one != last] + [last.model_copy(update={"trees": trees})]
    before = half._replace(models=models)
    for decisions, used in ((), last.version), ((rewind(said_by="analyst"),), None):
        after = [one for one in run(resumed(before, *decisions)).models if one.line == "blend"]
        assert {one.trees_of for one in after} == {used}


def test_a_rewind_to_before_a_time_forgets_what_became_known_since() -> None:
    cut = MONDAY + timedelta(days=13)
    decided = rewind(known_from=cut, known_to=MONDAY + timedelta(days=DAYS - 1))
    after = run(resumed(first_run(), decided))
    model = next(one for one in after.models if one.line == "blend")
    fitting = [
        one for one in log().labels if one.known_at < cut or one.known_at >= MONDAY + timedelta(days=DAYS - 1)
    ]
    assert model.labels <= len(fitting)
    assert model.labels > 0.8 * len([one for one in log().labels if one.known_at < cut])


def test_a_rewind_while_it_learns_makes_it_start_again() -> None:
    loop = LearningLoop(10, SOON)
    run(loop, until=9)
    with pytest.raises(Stop, match="start the trainer again"):
        loop.take_promotion(rewind(said_by="analyst"))


def test_whichever_line_scores_makes_a_model_an_hour_and_the_table_of_amounts() -> None:
    half = run(LearningLoop(10, SOON), until=12)
    promoted = [one for one in half.models if one.line == "online"][-1]
    decided = Promotion(
        action="promote", version=promoted.version, line="online", valid_from=MONDAY + timedelta(days=12),
        by="hand", who="anna", reason="a test", at=AT,
    )  # fmt: skip
    loop, after = resumed(half, decided), News([], [], [], [])
    for end, scores, labels in days(16):
        loop.scored(scores)
        by_hour = [list(hour) for _, hour in groupby(labels, lambda one: one.known_at.hour)]
        after.extend(loop.learn(by_hour, end, AT))
    made = {line: [one for one in after.models if one.line == line] for line in ("blend", "online")}
    assert len(made["online"]) > 1.5 * len(made["blend"]) > 0
    assert all(one.amounts for one in made["online"])
    assert not any(one.amounts for one in made["blend"])


def test_a_pinned_champion_is_never_replaced_by_the_rule() -> None:
    """The rule promotes a challenger once it may, and with a pin it never does."""
    eager = PromotionRule(margin=-1.0, sureness=0.0, least_frauds=1, window_days=7)
    for pins in (False, True):
        loop = LearningLoop(10, eager)
        if pins:
            version = next(one.version for one in first_run().models if one.line == "blend")
            loop.take_promotion(
                Promotion(
                    action="pin", version=version, line="blend", valid_from=MONDAY, by="hand", who="anna",
                    reason="holidays", at=AT,
                )
            )  # fmt: skip
        promoted = [one.line for one in run(loop).promotions if one.figures]
        assert (promoted == []) == pins


class Always(PromotionRule):
    """Promotes whatever is no champion."""

    def judge(self, *_: object) -> Ruling:
        return Ruling(promotes=True, reason="always", figures={"difference": 1.0})


def test_of_days_that_are_old_enough_together_the_newest_decides_once() -> None:
    """A trainer that comes back to a backlog looks at many days at once."""
    loop = LearningLoop(10, Always(window_days=7))
    by_hour = [list(hour) for _, hour in groupby(log().labels, lambda one: one.known_at.timestamp() // 3_600)]
    loop.scored(log().scores)
    news = loop.learn(by_hour, (MONDAY + timedelta(days=DAYS)).timestamp(), AT)
    assert len({one.day for one in news.metrics}) > 3
    assert [one.line for one in news.promotions] == ["blend", "online"]
