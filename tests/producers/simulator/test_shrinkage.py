"""Goods that vanish were there."""

from datetime import date
from random import Random

import pytest

from producers.simulator.calendar import moment
from producers.simulator.happening import Happening
from producers.simulator.incidents.stock import Shrinkage
from producers.simulator.incidents.trouble import Scene
from producers.simulator.shelf import Shelf
from producers.simulator.stores import SHOPS
from producers.simulator.world import World

DAY = date(2026, 3, 2)
WORLD = World(5, first_day=DAY, live_from=moment(DAY, 0), incidents="none")


def counted(held: int) -> Happening:
    scene = Scene(5, DAY, WORLD.crowd, WORLD.assortments, frozenset(), frozenset())
    trouble = Shrinkage(Random(1), scene, [SHOPS[0]], 40_000.0)
    [happening] = trouble.counts([], lambda *_: Shelf(held, ()))
    return happening


@pytest.mark.parametrize(
    ("held", "left"), [(100, range(60, 86)), (7, range(1)), (0, range(1)), (-3, range(1))]
)
def test_no_more_vanishes_than_is_there(held: int, left: range) -> None:
    movement = counted(held).build(run="run-1", seq=0)
    assert movement.model_dump()["quantity"] in left
