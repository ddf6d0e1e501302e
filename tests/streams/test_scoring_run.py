"""What a process may score: its models, and when it has to end."""

import pytest

from schemas.errors import Stop
from schemas.generation import Generation
from schemas.model import Model
from streams.scoring_run import ScoringRun
from tests.detectors.models import model
from tests.support.events import MONDAY


def record(number: int, kind: str, topic_id: str = "id") -> Generation:
    return Generation.model_validate(
        {
            "number": number, "kind": kind, "name": "new", "topic_id": topic_id, "offsets": (0,),
            "at": MONDAY,
        }
    )  # fmt: skip


def test_without_a_choice_every_model_is_handed_on() -> None:
    taken: list[Model] = []
    ScoringRun("id").of_models(taken.append, taken.append)(model(3))
    assert taken == [model(3)]


def test_a_chosen_model_scores_whatever_the_time_and_no_other() -> None:
    taken: list[Model] = []
    others: list[Model] = []
    take = ScoringRun("id", model_version=model(3).version).of_models(taken.append, others.append)
    for day in (2, 3, 4):
        take(model(day))
    assert [one.version for one in taken] == [model(3).version]
    assert [one.version for one in others] == [model(2).version, model(4).version], "it may use their trees"
    assert taken[0].valid_from < MONDAY
    assert taken[0].weights == model(3).weights


@pytest.mark.parametrize(
    ("run", "ends_it"),
    [
        (ScoringRun("id", 2), record(3, "switch")),
        (ScoringRun("id", 4, "new", reprocess=True), record(4, "dropped")),
    ],
)
def test_a_run_that_was_replaced_or_dropped_ends(run: ScoringRun, ends_it: Generation) -> None:
    with pytest.raises(Stop):
        run.follow(ends_it)


@pytest.mark.parametrize(
    ("run", "goes_by"),
    [
        (ScoringRun("id", 2), record(2, "switch")),
        (ScoringRun("id", 2), record(1, "switch")),
        (ScoringRun("id", 2), record(3, "reprocess")),
        (ScoringRun("id", 2), record(3, "switch", "another")),
        (ScoringRun("id", 4, "new", reprocess=True), record(5, "switch")),
        (ScoringRun("id", 4, "new", reprocess=True), record(3, "dropped")),
    ],
)
def test_a_run_goes_on_past_what_is_not_about_it(run: ScoringRun, goes_by: Generation) -> None:
    run.follow(goes_by)
