"""Decisions about models: who scores which payment, whatever the order in which one hears of it."""

from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import numpy as np
import pytest

from detectors.fraud.champions import COLD_START, Champions
from schemas.promotion import Promotion
from tests.detectors.models import WIDTH, model
from tests.support.events import MONDAY


def at(day: float) -> datetime:
    return MONDAY + timedelta(days=day)


def decision(action: str, day: float, version: str | None = None, **fields: Any) -> Promotion:
    return Promotion.model_validate(
        {
            "action": action, "version": version, "line": version and version.split("@")[0],
            "valid_from": at(day), "by": "hand", "who": "anna", "reason": "a test", "at": at(day), **fields,
        }
    )  # fmt: skip


def of_line(line: str, day: float) -> Any:
    return model(day, version=f"{line}@{day}", line=line)


MODELS = [of_line("blend", day) for day in (1, 3, 5, 7)] + [of_line("online", day) for day in (2, 4, 6)]


def scored_by(champions: Champions, days: list[float]) -> list[str]:
    rows = np.zeros((len(days), WIDTH))
    return [one.model_version for one in champions.score([at(day) for day in days], rows)]


def champions_of(*decisions: Promotion) -> Champions:
    champions = Champions()
    for one in MODELS:
        champions.add(one)
    for decided in decisions:
        champions.promote(decided)
    return champions


def test_without_decisions_a_challenger_scores_nothing() -> None:
    assert scored_by(champions_of(), [0, 2.5, 4.5, 6.5, 8]) == [
        COLD_START, "blend@1", "blend@3", "blend@5", "blend@7",
    ]  # fmt: skip


def test_a_promoted_challenger_scores_from_then_on_and_its_newer_ones_after_it() -> None:
    champions = champions_of(decision("promote", 4.5, "online@4"))
    assert scored_by(champions, [4.4, 4.6, 5.5, 6.5, 8]) == [
        "blend@3", "online@4", "online@4", "online@6", "online@6",
    ]  # fmt: skip


def test_a_model_that_was_promoted_again_scores_until_the_next_of_its_line() -> None:
    champions = champions_of(decision("promote", 5.5, "blend@1"))
    assert scored_by(champions, [5.2, 5.6, 6.9, 7.1]) == ["blend@5", "blend@1", "blend@1", "blend@7"]


def test_a_pin_holds_against_models_and_promotions_until_it_is_taken_off() -> None:
    champions = champions_of(
        decision("pin", 3.5, "blend@3"), decision("promote", 4.5, "online@4"), decision("unpin", 6.5)
    )
    assert scored_by(champions, [3.6, 4.6, 5.5, 6.4, 6.6]) == [*["blend@3"] * 4, "online@6"]


def test_a_decision_about_an_unknown_model_changes_nothing() -> None:
    champions = champions_of(decision("promote", 2, "online@99"), decision("pin", 4, "blend@99"))
    assert scored_by(champions, [2.5, 8]) == ["blend@1", "blend@7"]


def test_no_model_scores_payments_from_before_it_was_valid() -> None:
    champions = champions_of(decision("promote", 2, "online@6"))
    assert scored_by(champions, [2.5, 5.9, 6.1]) == ["blend@1", "blend@5", "online@6"]


def test_catching_up_gives_what_being_on_time_would_have_given() -> None:
    """Whatever of it is read first, and whether it was read before or between the payments."""
    decisions = [decision("promote", 4.5, "online@4"), decision("pin", 5.5, "blend@5"), decision("unpin", 6)]
    days = [0.5 + 0.25 * step for step in range(30)]
    late = scored_by(champions_of(*decisions), days)
    for order in permutations(decisions):
        assert scored_by(champions_of(*order), days) == late
    on_time = Champions()
    news: list[tuple[datetime, Any]] = [(one.valid_from, one) for one in (*MODELS, *decisions)]
    seen = []
    for day in days:
        for moment, one in news:
            if at(day - 0.25) < moment <= at(day):
                on_time.promote(one) if isinstance(one, Promotion) else on_time.add(one)
        seen += scored_by(on_time, [day])
    assert seen == late


@pytest.mark.parametrize("action", ["promote", "pin"])
def test_an_old_model_that_was_chosen_is_not_forgotten(action: str) -> None:
    champions = champions_of(decision(action, 5.5, "online@2"))
    for day in range(100, 200):
        champions.add(of_line("blend", float(day)))
    assert scored_by(champions, [199.5]) == ["online@2" if action == "pin" else "online@6"]
    assert len(champions) < 55
