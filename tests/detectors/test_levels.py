"""Levels, demand and cover."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from detectors.stock.levels import StockLevels
from schemas.stock_level import StockLevel
from schemas.stock_movement import StockMovement
from tests.support.events import MONDAY, movement


def moved(day: float, kind: str, quantity: int, **fields: Any) -> StockMovement:
    return movement(0, kind=kind, quantity=quantity, place_id="p", sku="s", **fields).model_copy(
        update={"occurred_at": at(day)}
    )


def at(day: float) -> datetime:
    return MONDAY + timedelta(days=day)


def after(*movements: StockMovement) -> StockLevel:
    levels = StockLevels("g:0", "stock-movements", 2)
    (level,) = levels.observe(list(enumerate(movements)))
    return level


def test_movements_add_up() -> None:
    level = after(
        moved(0, "receipt", 50),
        moved(1, "sale", 7),
        moved(1, "return", 2),
        moved(2, "transfer_out", 10),
        moved(2, "transfer_in", 4),
        moved(3, "adjustment", -1),
    )
    assert (level.level, level.counted_at, level.as_of) == (38, None, at(3))
    assert level.origin.model_dump() == {
        "generation": "g:0", "topic": "stock-movements", "partition": 2, "offset": 5,
    }  # fmt: skip


def test_more_sold_than_known_is_negative_and_covers_nothing() -> None:
    level = after(moved(0, "sale", 3))
    assert (level.level, level.days_of_cover) == (-3, 0)


def test_a_count_overrules_what_movements_added_up_to() -> None:
    level = after(moved(0, "receipt", 50), moved(1, "count", 44), moved(2, "sale", 4))
    assert (level.level, level.counted_at) == (40, at(1))


def test_a_movement_from_before_the_count_no_longer_changes_the_level() -> None:
    level = after(moved(0, "receipt", 50), moved(2, "count", 44), moved(1, "sale", 4))
    assert level.level == 44
    assert level.daily_demand > 0, "but it was sold"


def test_a_count_that_arrives_late_is_carried_forward() -> None:
    level = after(moved(0, "receipt", 50), moved(1.5, "sale", 4), moved(1, "count", 30))
    assert (level.level, level.counted_at) == (26, at(1))
    older = after(moved(0, "receipt", 50), moved(1, "count", 30), moved(0.5, "count", 99))
    assert (older.level, older.counted_at) == (30, at(1))


def test_a_level_that_the_source_states_is_believed() -> None:
    level = after(moved(0, "sale", 1, level_after=12), moved(1, "sale", 2))
    assert (level.level, level.counted_at) == (10, None)


def test_constant_sales_give_their_rate_from_the_second_day_on() -> None:
    for days in (2, 5, 40):
        level = after(*(moved(hour / 24, "sale", 1) for hour in range(24 * days)))
        assert level.daily_demand == pytest.approx(24, rel=0.03)


def test_demand_fades_with_a_time_constant_of_a_week() -> None:
    sold = [moved(hour / 24, "sale", 1) for hour in range(24 * 60)]
    before = after(*sold).daily_demand
    quiet = after(*sold, moved(60 + 7 - 1 / 24, "receipt", 100))
    assert quiet.daily_demand == pytest.approx(before / 2.71828, rel=0.01)
    assert quiet.days_of_cover == pytest.approx(max(quiet.level, 0) / quiet.daily_demand)


def test_no_demand_means_no_days_of_cover() -> None:
    assert after(moved(0, "receipt", 5)).days_of_cover is None


def test_a_late_sale_has_faded() -> None:
    in_order = after(moved(0, "sale", 5), moved(3, "sale", 1), moved(5, "receipt", 0))
    late = after(moved(3, "sale", 1), moved(0, "sale", 5), moved(5, "receipt", 0))
    assert late.daily_demand == pytest.approx(in_order.daily_demand)
    assert late.as_of == in_order.as_of


def test_a_count_from_the_future_overrules_movements_for_a_month_at_most() -> None:
    levels = StockLevels("g:0", "stock-movements", 0)
    levels.observe([(seq, moved(0, "receipt", 1)) for seq in range(64)])
    levels.observe(
        [(64, moved(0, "count", 500).model_copy(update={"occurred_at": MONDAY.replace(year=2099)}))]
    )
    levels.observe([(seq, moved(30, "sale", 1)) for seq in range(65, 193)])
    (level,) = levels.observe([(193, moved(30.1, "sale", 1))])
    assert level.level == 499


def test_a_count_says_by_how_much_it_differs() -> None:
    begun = [moved(0, "count", 50), moved(1, "sale", 4)]
    assert after(*begun).count_difference is None, "nothing was expected before the first count"
    level = after(*begun, moved(2, "count", 40), moved(3, "sale", 1))
    assert (level.count_difference, level.counted_at, level.level) == (-6, at(2), 39)
    assert after(*begun, moved(2, "count", 40), moved(3, "count", 40)).count_difference == 0


def test_a_late_movement_explains_what_a_count_found() -> None:
    begun = [moved(0, "count", 50), moved(2, "count", 40)]
    assert after(*begun).count_difference == -10
    assert after(*begun, moved(1, "sale", 10)).count_difference == 0
    assert after(*begun, moved(1, "sale", 10, level_after=40)).count_difference == 0
    assert after(*begun, moved(-1, "sale", 10)).count_difference == -10, "the first count had seen it"
    assert after(*begun, moved(2.5, "sale", 10)).count_difference == -10, "it was after the count"


def test_a_count_that_arrives_late_differs_from_what_was_there_then() -> None:
    level = after(moved(0, "count", 50), moved(1.5, "sale", 4), moved(1, "count", 30))
    assert (level.count_difference, level.level) == (-20, 26)


def test_sales_of_the_last_hour_by_event_time() -> None:
    minutes = 1 / 24 / 60
    level = after(moved(0, "sale", 9), moved(30 * minutes, "sale", 2), moved(70 * minutes, "sale", 3))
    assert (level.sold_last_hour, level.sales_last_hour) == (5, 2)
    late = after(moved(0, "sale", 9), moved(70 * minutes, "sale", 3), moved(30 * minutes, "sale", 2))
    assert (late.sold_last_hour, late.sales_last_hour) == (5, 2)
    assert after(moved(0, "sale", 9), moved(1, "receipt", 3)).sold_last_hour == 0


def test_the_last_receipt_is_remembered() -> None:
    assert after(moved(0, "sale", 1)).last_receipt_at is None
    assert after(moved(2, "receipt", 1), moved(1, "receipt", 1), moved(3, "sale", 1)).last_receipt_at == at(2)


def test_one_level_per_article_touched() -> None:
    levels = StockLevels("g:0", "stock-movements", 0)
    batch = [(offset, movement(offset)) for offset in range(30)]
    assert [level.origin.offset for level in levels.observe(batch)] == list(range(15, 30))
    assert [level.level for level in levels.observe([])] == []
