"""What falls in `store-drop`: one store, a region or all, and nothing else."""

from datetime import timedelta

import pytest

from benchmarks.incidents import FIRST_DAY
from benchmarks.store_drop import DropWorld, Of
from producers.simulator.calendar import day_bounds
from producers.simulator.stores import SHOPS


@pytest.mark.parametrize(("of", "least", "most"), [("store", 1, 1), ("region", 3, 12), ("chain", 30, 40)])
def test_a_share_of_a_place_stays_away_and_all_else_is_as_ever(of: Of, least: int, most: int) -> None:
    day = FIRST_DAY + timedelta(days=1)
    as_ever = DropWorld(3, 0.5, day_bounds(day + timedelta(days=1))[0], of)
    fallen = DropWorld(3, 0.5, day_bounds(day)[0], of)
    before, after = ({one.payment_id: one for one in world.plan(day)} for world in (as_ever, fallen))
    fall = fallen.falls[day]
    there = {shop.store_id: shop.store.region for shop in SHOPS if shop.store_id in fall.store_ids}
    assert least <= len(there) <= most
    assert of != "region" or set(there.values()) == {fall.truth.entity}
    gone = [one for key, one in before.items() if key not in after]
    assert after.items() <= before.items()
    assert {one.shop.store_id for one in gone} <= set(there)
    assert 0.3 < len(gone) / fall.usual < 0.7
