"""The section that says where an alert about a total comes from, in each of its states."""

from datetime import timedelta
from typing import Any

from console.alerts.wherefrom import Held, WherefromView, shown
from schemas.causes import DimensionValue, Explanation, Nearby, PartCause
from tests.support.events import MONDAY
from tests.support_console.shop import ZONE

ANDROID = PartCause(
    values=(DimensionValue(dimension="device", value="android"),), words="Android", actual=10, expected=50,
    share=0.8, surprise=20,
)  # fmt: skip


def explained(**fields: Any) -> Explanation:
    usual: dict[str, Any] = {
        "metric": "orders", "unit": "payments", "since": MONDAY, "until": MONDAY + timedelta(hours=1),
        "actual": 50, "expected": 100, "surprise": 15, "causes": (ANDROID,), "rest_share": 0.2, "days": 9,
        "sentence": "Payments −50 % since 11:00, 80 % of it Android",
    }  # fmt: skip
    return Explanation(**usual | fields)


def view(held: Held) -> WherefromView:
    return shown(held, now=MONDAY + timedelta(hours=1), zone=ZONE)


def test_before_the_first_answer_it_is_looking() -> None:
    assert view(Held()).state == "loading"


def test_store_that_is_away_is_named_and_what_was_known_stays() -> None:
    problem = "ClickHouse at here:1 does not answer."
    first = view(Held(problem=problem))
    assert (first.state, problem in first.text) == ("error", True)
    later = view(Held(found=explained(), problem=problem))
    assert (later.state, problem in later.note) == ("found", True)
    assert later.parts


def test_parts_and_everything_else_add_up() -> None:
    parts = view(Held(found=explained())).parts
    assert [(part.words, part.share, part.bar) for part in parts] == [
        ("Android", "80 %", "80.0%"),
        ("everything else", "20 %", "20.0%"),
    ]
    assert parts[0].figures == "10, usually 50"


def test_no_single_cause_lists_no_parts() -> None:
    assert view(Held(found=explained(causes=(), evenly=True))).state == "empty"
    assert view(Held(found=explained(causes=()))).parts == ()


def test_part_of_a_total_that_did_not_change_shows_its_own_change() -> None:
    flat = explained(actual=99.0, surprise=0.1, causes=(ANDROID.model_copy(update={"share": 40.0}),))
    assert [(part.share, part.bar) for part in view(Held(found=flat)).parts] == [("−80 %", "80.0%")]


def test_only_alerts_nearby_are_links() -> None:
    near = tuple(
        Nearby(what=what, text="It happened.", at=MONDAY, told=told, reference="r-1")
        for what, told in (("card_spree", False), ("release", True))
    )
    lines = view(Held(found=explained(nearby=near))).nearby
    assert [(line.what, line.href) for line in lines] == [("Card spree", "/alerts/r-1"), ("Release", "")]
