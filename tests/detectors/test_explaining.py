"""A score record is made again from its own features, and what does not agree is named."""

from datetime import timedelta
from typing import Any

import pytest

from detectors.errors import FeaturesRefused, ModelRefused
from detectors.fraud.boosting import fit_trees
from detectors.fraud.champions import COLD_START, Champions
from detectors.fraud.explaining import explained
from detectors.fraud.two_causes import TwoCauseModel
from schemas.model import Calibration, Model
from schemas.score import Reason, Score
from tests.detectors.models import model, score_of
from tests.detectors.test_contributions import FRAUDS, ROWS
from tests.support.events import MONDAY, payment


@pytest.fixture(scope="module")
def models() -> list[Model]:
    """A model with trees, and a later one that uses them."""
    taught = TwoCauseModel()
    taught.learn(ROWS, FRAUDS)
    trees = model(-9, kind="blend", samples=(), trees=fit_trees(ROWS, FRAUDS, honest_share=0.5, rounds=20))
    parts: dict[str, Any] = {"two_causes": taught.part(), "trees_of": trees.version, "trees_share": 0.4}
    calibration = Calibration(a=0.7, b=1.6, c=0.2)
    blend = model(-1, kind="blend", samples=(), calibration=calibration, **parts).model_copy(
        update={"threshold": 0.3}
    )
    return [model(-20), trees, blend]


def recorded(models: list[Model], row: int) -> Score:
    """What a worker that knows the models says of a row."""
    champions = Champions()
    for one in models:
        champions.add(one)
    paid = payment(row, occurred_at=MONDAY)
    (verdict,) = champions.score([MONDAY], ROWS[row : row + 1])
    return score_of(
        paid,
        tuple(ROWS[row].tolist()),
        score=verdict.score,
        threshold=verdict.threshold,
        decision=verdict.decision,
        reasons=tuple(
            Reason(feature=one.feature, value=one.value, contribution=one.contribution)
            for one in verdict.reasons
        ),
        model_version=verdict.model_version,
    )


SUSPICIOUS = int(ROWS[:, 0].argmax())


def test_a_record_of_a_worker_agrees(models: list[Model]) -> None:
    record = recorded(models, SUSPICIOUS)
    assert record.decision == "review"
    assert len(record.reasons) == 3
    found = explained(record, models)
    assert found.differences == ()
    assert found.verdict.score == record.score
    assert found.counterfactual is not None
    assert {"amount_risk", "ratio_strangeness"} <= set(found.counterfactual.held), "no model has a table"


def test_an_approved_payment_has_no_other_amount(models: list[Model]) -> None:
    found = explained(recorded(models, int((ROWS[:, 0] + ROWS[:, 21]).argmin())), models)
    assert (found.differences, found.counterfactual) == ((), None)


def test_a_cold_start_agrees_without_a_model() -> None:
    record = recorded([], SUSPICIOUS)
    assert record.model_version == COLD_START
    assert explained(record, []).differences == ()


def changed_reason(record: Score, **fields: Any) -> dict[str, Any]:
    first, *others = record.reasons
    return {"reasons": (first.model_copy(update=fields), *others)}


def test_whatever_was_changed_is_named(models: list[Model]) -> None:
    record = recorded(models, SUSPICIOUS)
    assert record.score is not None
    first = record.reasons[0].feature
    changes: list[tuple[dict[str, Any], str]] = [
        ({"score": record.score - 2e-6}, "score was"),
        ({"threshold": 0.31}, "threshold was"),
        ({"features": (*record.features[:21], 50.0, *record.features[22:])}, "score was"),
        ({"reasons": record.reasons[:2]}, "2 reasons were given, 3"),
        (changed_reason(record, contribution=9.0), f"{first} added 9.0"),
        (changed_reason(record, value=-1.0), f"{first} was -1.0"),
        (changed_reason(record, feature="gone"), "gone is no feature"),
    ]
    for update, said in changes:
        found = explained(record.model_copy(update=update), models).differences
        assert any(one.startswith(said) for one in found), (said, found)
    assert explained(record.model_copy(update={"score": record.score - 5e-7}), models).differences == ()


def test_what_cannot_be_made_again_is_refused(models: list[Model]) -> None:
    record = recorded(models, SUSPICIOUS)
    with pytest.raises(FeaturesRefused, match="of the set other, this version reads"):
        explained(record.model_copy(update={"feature_set": "other"}), models)
    with pytest.raises(FeaturesRefused, match="its 2 features"):
        explained(record.model_copy(update={"features": (1.0, 2.0)}), models)
    with pytest.raises(FeaturesRefused, match="not scored"):
        explained(record.model_copy(update={"disposition": "followed"}), models)
    with pytest.raises(ModelRefused, match="not among the 2"):
        explained(record, models[:2])
    with pytest.raises(ModelRefused, match=r"the trees of .* are not known"):
        explained(record, models[2:])
    with pytest.raises(ModelRefused, match="feature set older"):
        explained(record, [models[2].model_copy(update={"feature_set": "older"})])


def test_a_score_by_a_model_chosen_for_all_times_agrees(models: list[Model]) -> None:
    """A reprocess lets one model score what was paid before it was valid."""
    record = recorded(models, SUSPICIOUS)
    late = [*models[:2], models[2].model_copy(update={"valid_from": MONDAY + timedelta(days=3)})]
    assert explained(record, late).differences == ()
