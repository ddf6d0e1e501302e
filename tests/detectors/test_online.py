"""What the trainer learns, when it publishes, and that a published model says what River says."""

from collections.abc import Hashable
from datetime import timedelta
from itertools import pairwise
from math import inf, nan
from random import Random
from typing import Any

import numpy as np
import pytest
from river import compose, evaluate, metrics

from detectors.fraud.calibration import calibrated, log_odds_of, probability
from detectors.fraud.champions import Champions
from detectors.fraud.features import FEATURE_NAMES, WARM_UP_DAYS
from detectors.fraud.online import OnlineTrainer
from detectors.fraud.river_classifier import TwoCauseClassifier
from schemas.label import Label
from schemas.metrics import OddScore
from schemas.score import Score
from tests.detectors.models import model, score_of
from tests.support.events import MONDAY, label, payment

HOUR = timedelta(hours=1)


def history(count: int, seed: int = 5) -> tuple[list[Score], list[Label]]:
    """Scored payments, one each 5 minutes, and their labels 2 days later; the amount betrays fraud."""
    random = Random(seed)
    scores, labels = [], []
    for seq in range(count):
        fraud = random.random() < 0.05
        paid = payment(seq, occurred_at=MONDAY + timedelta(minutes=5 * seq))
        row = [random.gauss(0, 1) for _ in FEATURE_NAMES]
        row[0] = random.gauss(300 if fraud else 50, 20)
        row[2] = 0.0
        scores.append(score_of(paid, tuple(row)))
        verdict = "fraud" if fraud else "genuine"
        labels.append(label(paid, paid.occurred_at + timedelta(days=2), verdict=verdict))
    return scores, labels


def taught(count: int = 1_000, alerts_per_day: float = 10) -> OnlineTrainer:
    trainer = OnlineTrainer(alerts_per_day)
    scores, labels = history(count)
    trainer.scored(scores)
    trainer.labelled(labels)
    return trainer


def test_published_model_is_what_river_learns_one_by_one() -> None:
    scores, labels = history(1_000)
    river = compose.FuncTransformer(dict) | TwoCauseClassifier()
    for score, one in zip(scores, labels, strict=True):
        river.learn_one(dict(zip(FEATURE_NAMES, score.features, strict=True)), one.verdict == "fraud")
    published = taught().next_model()
    assert published is not None
    assert published.two_causes == river["TwoCauseClassifier"].model.part()
    champions = Champions()
    champions.add(published)
    rows = np.array([score.features for score in scores])
    verdicts = champions.score([published.valid_from] * len(rows), rows)
    expected = [
        river.predict_proba_one(dict(zip(FEATURE_NAMES, row, strict=True)))[True] for row in rows.tolist()
    ]
    calibration = published.calibration
    assert calibration is not None
    log_odds = calibrated(log_odds_of(np.array(expected)), calibration)
    np.testing.assert_allclose([one.score for one in verdicts], probability(log_odds), atol=1e-5)


def test_river_measures_the_online_model_as_it_does_its_own() -> None:
    scores, labels = history(2_000)
    rows: list[tuple[dict[Hashable, Any], bool]] = [
        (dict(zip(FEATURE_NAMES, score.features, strict=True)), one.verdict == "fraud")
        for score, one in zip(scores, labels, strict=True)
    ]
    measure: Any = metrics.ROCAUC  # River types only a part of itself
    area = evaluate.progressive_val_score(rows, TwoCauseClassifier(), measure())
    assert area.get() > 0.9
    with pytest.raises(ValueError, match="finite"):
        TwoCauseClassifier().learn_one({"amount": nan}, True)


def test_model_says_what_it_was_learnt_from() -> None:
    _, labels = history(1_000)
    published = taught().next_model()
    assert published is not None
    assert published.valid_from == max(one.known_at for one in labels)
    assert (published.learnt_from, published.learnt_to) == (labels[0].occurred_at, labels[-1].occurred_at)
    assert published.labels == 1_000
    assert published.frauds == sum(one.verdict == "fraud" for one in labels)
    assert len(published.samples) == 3
    assert published.parent is None
    assert published.means[2] == 0
    assert 50 < published.means[0] < 100


def test_valid_from_is_the_latest_known_at_in_any_order() -> None:
    scores, labels = history(1_000)
    trainer = OnlineTrainer(10)
    trainer.scored(scores)
    trainer.labelled(labels[::-1])
    published = trainer.next_model()
    assert published is not None
    assert published.valid_from == labels[-1].known_at


def test_threshold_keeps_the_budget_on_the_recent_payments() -> None:
    scores, labels = history(1_000)
    trainer = OnlineTrainer(10)
    trainer.scored(scores)
    # Known on the last day, so that the payments of the days before are the recent ones.
    last = MONDAY + timedelta(days=3)
    trainer.labelled([one.model_copy(update={"known_at": last}) for one in labels])
    published = trainer.next_model()
    assert published is not None
    champions = Champions()
    champions.add(published)
    recent = [score for score in scores if score.payment and score.payment.occurred_at <= last]
    verdicts = champions.score([last] * len(recent), np.array([score.features for score in recent]))
    days = (last - MONDAY) / timedelta(days=1)
    reviewed = sum(verdict.decision == "review" for verdict in verdicts)
    assert reviewed == pytest.approx(10 * days, abs=4), "scores of bins tie now and then"


def test_labels_and_scores_in_either_order_teach_the_same() -> None:
    scores, labels = history(1_000)
    trainer = OnlineTrainer(10)
    trainer.labelled(labels)
    trainer.scored(scores)
    first, second = trainer.next_model(), taught().next_model()
    assert first is not None
    assert second is not None
    assert (first.two_causes, first.amounts, first.labels) == (
        second.two_causes,
        second.amounts,
        second.labels,
    )


def test_repeated_scores_and_labels_teach_nothing_new() -> None:
    scores, labels = history(1_000)
    trainer = taught()
    trainer.scored(scores)
    trainer.labelled(labels)
    published = trainer.next_model()
    assert published is not None
    assert published.labels == 1_000
    trainer.labelled(labels)
    assert trainer.next_model() is None


def test_no_model_before_enough_was_learnt() -> None:
    assert taught(150).next_model() is None
    assert taught(1_000).next_model() is not None


def test_a_version_an_hour_and_versions_sort_by_valid_from() -> None:
    scores, labels = history(2_000)
    trainer = OnlineTrainer(10)
    trainer.scored(scores)
    published = []
    for one in labels:
        trainer.labelled([one])
        made = trainer.next_model()
        if made is not None:
            assert made.valid_from == one.known_at
            published.append(made)
    assert len(published) > 20
    versions = [made.version for made in published]
    assert versions == sorted(set(versions))
    for before, after in pairwise(published):
        assert after.valid_from - before.valid_from >= HOUR
        assert after.parent == before.version


def test_after_a_restart_nothing_older_is_published_again() -> None:
    published = taught(1_000).next_model()
    assert published is not None
    restarted = OnlineTrainer(10)
    restarted.resume(model(-1))
    restarted.resume(published)
    restarted.resume(model(-2))
    scores, labels = history(1_012)
    restarted.scored(scores)
    for one in labels[:1_011]:
        restarted.labelled([one])
        assert restarted.next_model() is None, "known less than an hour after the last version"
    restarted.labelled(labels[1_011:])
    after = restarted.next_model()
    assert after is not None
    assert after.parent == published.version
    assert after.version > published.version


@pytest.mark.parametrize(
    ("broken", "why"),
    [(nan, "not_finite"), (inf, "not_finite"), (-inf, "not_finite"), (1e6 + 0.01, "absurd_amount")],
)
def test_an_amount_that_cannot_be_never_reaches_the_model(broken: float, why: OddScore) -> None:
    """The contract refuses what is no number; this is for records that were built without validation."""
    trainer = taught()
    scores, labels = history(1_000, seed=6)
    spoilt = scores[7].model_copy(update={"features": (broken, *scores[7].features[1:])})
    fresh = payment(5_000, occurred_at=MONDAY + timedelta(days=1))
    payment_of = score_of(fresh, spoilt.features[:0]).payment
    trainer.scored([spoilt.model_copy(update={"payment": payment_of})])
    trainer.labelled([label(fresh, labels[-1].known_at, verdict="fraud")])
    published = trainer.next_model()
    assert trainer.odd_scores[why] == sum(trainer.odd_scores.values()) == 1
    assert published is not None
    assert published.labels == 1_000
    assert published.two_causes is not None
    assert np.isfinite(published.means).all()
    assert np.isfinite(np.frombuffer(published.two_causes.weights, "<f4")).all()


def test_only_judged_payments_with_our_features_are_learnt() -> None:
    trainer = OnlineTrainer(10)
    scores, labels = history(300)
    trainer.scored([score.model_copy(update={"feature_set": "another"}) for score in scores[:100]])
    trainer.scored([score.model_copy(update={"disposition": "followed"}) for score in scores[100:200]])
    trainer.scored([score.model_copy(update={"features": score.features[:14]}) for score in scores[200:]])
    trainer.labelled(labels)
    assert trainer.next_model() is None
    assert trainer.odd_scores == {"other_features": 200, "not_finite": 0, "absurd_amount": 0}


def test_metrics_judge_only_scores_given_before_the_label() -> None:
    trainer = OnlineTrainer(10)
    scores, labels = history(1_000)
    assert taught().next_model().metrics == {}  # type: ignore[union-attr]  # not None: see above
    verdicts = {one.event_id: one.verdict == "fraud" for one in labels}
    judged = [
        score.model_copy(
            update={
                "model_version": "m",
                "score": 0.9 if score.payment and verdicts[score.payment.event_id] else 0.1,
            }
        )
        for score in scores
    ]
    trainer.scored(judged)
    trainer.labelled(labels)
    published = trainer.next_model()
    assert published is not None
    assert published.metrics == {
        "prequential_average_precision": 1.0,
        "prequential_area_under_roc": 1.0,
        "prequential_payments": 1_000,
    }


def test_a_control_group_speaks_for_those_that_were_declined() -> None:
    """Half were declined; each that passed all the same counts for ten, labels of the others for nothing."""
    scores, labels = history(1_000)
    fate = [{}, {"control_rate": 0.1, "decision": "decline", "decided_by": "rules"}]
    fate.append({"control_rate": 0.1, "decision": "approve", "decided_by": "control"})
    said = {"model_version": "m", "score": 0.5}
    trainer = OnlineTrainer(10)
    trainer.scored(
        [
            score.model_copy(update=said | fate[0 if number % 2 else 1 if number % 10 else 2])
            for number, score in enumerate(scores)
        ]
    )
    trainer.labelled(labels)
    published = trainer.next_model()
    assert published is not None
    assert published.labels == 600
    frauds = [number for number, one in enumerate(labels) if one.verdict == "fraud"]
    weight = sum(1 if number % 2 else 0 if number % 10 else 10 for number in frauds)
    # all scores are the same, so the average precision is the share of fraud
    assert published.metrics["prequential_average_precision"] == pytest.approx(weight / 1_500)


def test_trees_are_fitted_when_they_are_due_and_used_by_the_models_after() -> None:
    """Five weeks: labels a day late, fitted each week once there is enough of both kinds.

    Frauds are half of the payments, since all of them and a tenth of the others make the sample.
    """
    random = Random(9)
    trainer = OnlineTrainer(10)
    champions = Champions()
    made = []
    for day in range(36):
        scores, labels = [], []
        for number in range(20 if day < WARM_UP_DAYS else 300):
            fraud = random.random() < 0.5
            moment = MONDAY + timedelta(days=day, minutes=number)
            paid = payment(day * 300 + number, occurred_at=moment)
            row = [random.gauss(0, 1) for _ in FEATURE_NAMES]
            row[0] = random.gauss(300 if fraud else 50, 40)
            scores.append(score_of(paid, tuple(row)))
            labels.append(label(paid, moment + timedelta(days=1), verdict="fraud" if fraud else "genuine"))
        trainer.scored(scores)
        trainer.labelled(labels)
        published = trainer.next_model()
        if published is not None:
            champions.add(published)
            made.append(published)
    with_trees = [one for one in made if one.trees is not None]
    assert len(with_trees) >= 2
    for before, after in pairwise(with_trees):
        assert after.valid_from - before.valid_from >= timedelta(days=7)
    assert made[0].trees_of is None
    assert made[-1].trees_of == with_trees[-1].version
    assert made[-1].trees_share > 0
    restarted = OnlineTrainer(10)
    for one in made:
        restarted.resume(one)
    (verdict,) = champions.score(
        [made[-1].valid_from], np.array([[400.0, *[0.0] * (len(FEATURE_NAMES) - 1)]])
    )
    assert verdict.score > 0.5
    assert verdict.reasons[0].feature == "amount"
