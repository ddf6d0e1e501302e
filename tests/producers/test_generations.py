"""Which generation is live, and which switch back would undo, from the records alone."""

from datetime import UTC, datetime

import pytest

from producers.generations import live_generation, next_number, reprocess_named, standing_switches
from schemas.generation import Generation

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def made(number: int, kind: str, name: str, *, undoes: int | None = None, topic_id: str = "id") -> Generation:
    return Generation.model_validate(
        {
            "number": number, "kind": kind, "name": name, "topic_id": topic_id, "offsets": (0,),
            "undoes": undoes, "at": NOW,
        }
    )  # fmt: skip


FIRST, SECOND = made(1, "reprocess", "a"), made(2, "reprocess", "b")


@pytest.mark.parametrize(
    ("switches", "live", "standing"),
    [
        ([], None, []),
        ([made(3, "switch", "a")], 3, [3]),
        ([made(3, "switch", "a"), made(4, "switch", "b")], 4, [3, 4]),
        ([made(3, "switch", "a"), made(4, "switch", "b"), made(5, "switch", "a", undoes=4)], 5, [3]),
        (
            [
                made(3, "switch", "a"), made(4, "switch", "b"), made(5, "switch", "a", undoes=4),
                made(6, "switch", "original", undoes=3), made(7, "switch", "b"),
            ],
            7, [7],
        ),
    ],
)  # fmt: skip
def test_switches_are_taken_back_last_first(
    switches: list[Generation], live: int | None, standing: list[int]
) -> None:
    generations = [FIRST, SECOND, *switches]
    found = live_generation(generations, "id")
    assert (found and found.number) == live
    assert [one.number for one in standing_switches(generations, "id")] == standing


def test_a_topic_made_anew_has_no_generation_yet_but_numbers_go_on() -> None:
    generations = [FIRST, made(2, "switch", "a")]
    assert live_generation(generations, "another") is None
    assert reprocess_named(generations, "a", "another") is None
    assert standing_switches(generations, "another") == []
    assert next_number(generations) == 3


def test_a_dropped_name_is_free() -> None:
    dropped = FIRST.model_copy(update={"kind": "dropped"})
    assert reprocess_named([FIRST], "a", "id") == FIRST
    assert reprocess_named([dropped], "a", "id") is None
    assert reprocess_named([dropped, made(3, "reprocess", "a")], "a", "id") == made(3, "reprocess", "a")
