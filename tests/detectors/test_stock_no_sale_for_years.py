"""An article that nobody buys for years, or whose till's clock jumped."""

from datetime import timedelta

from detectors.stock.levels import StockLevels
from tests.support.events import MONDAY, movement

__all__: list[str] = []


def test_cover_is_unknown_when_demand_has_faded_away() -> None:
    """Demand fades exponentially; a level divided by what is left would be no number."""
    levels = StockLevels("topic:0", "stock-movements", 0)
    levels.observe([(0, movement(0, sku="rare", place_id="s"))])
    later = MONDAY + timedelta(days=13 * 365)
    (level,) = levels.observe(
        [(1, movement(1, sku="rare", place_id="s", kind="receipt", quantity=9, occurred_at=later))]
    )
    assert level.days_of_cover is None
