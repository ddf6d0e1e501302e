"""Every rollup: which views fill it, from which table, and by which time."""

from typing import NamedTuple

__all__ = ["ROLLUPS", "Rollup", "View"]


class View(NamedTuple):
    """A materialised view, the table that it reads, and the time there by which that is read day by day."""

    name: str
    reads: str
    time: str = "occurred_at"


class Rollup(NamedTuple):
    """A table that views fill.

    Parameters
    ----------
    name
        The table.
    time
        Its column of the same time as its views'; none where a row is of no time.
    views
        All that fill it.

    """

    name: str
    time: str | None
    views: tuple[View, ...]


ROLLUPS: dict[str, Rollup] = {
    rollup.name: rollup
    for rollup in (
        Rollup("payments_minute", "minute", (View("payments_minute_view", "scores"),)),
        Rollup("payment_parts", "minute", (View("payment_parts_view", "scores"),)),
        Rollup("goods_minute", "minute", (View("goods_minute_view", "scores"),)),
        Rollup("rule_hit_payments", "occurred_at", (View("rule_hit_payments_view", "scores"),)),
        Rollup("review_payments", "occurred_at", (View("review_payments_view", "scores"),)),
        Rollup("said_of_payments", "hour", (View("said_of_payments_view", "labels"),)),
        Rollup("scoring_second", "second", (View("scoring_second_view", "scores", "scored_at"),)),
        Rollup("clicks_minute", "minute", (View("clicks_minute_view", "clicks"),)),
        Rollup("visits_hour", "hour", (View("visits_hour_view", "clicks"),)),
        Rollup("click_parts", "minute", (View("click_parts_view", "clicks"),)),
        Rollup("click_pages_hour", "hour", (View("click_pages_hour_view", "clicks"),)),
        Rollup("click_pages_minute", "minute", (View("click_pages_minute_view", "clicks"),)),
        Rollup("visit_ends", "minute", (View("visit_ends_view", "clicks"),)),
        Rollup("stock_minute", "minute", (View("stock_minute_view", "stock_movements"),)),
        Rollup("heartbeats_minute", "minute", (View("heartbeats_minute_view", "heartbeats", "at"),)),
        Rollup("last_heartbeats", None, (View("last_heartbeats_view", "heartbeats", "at"),)),
        Rollup(
            "arrivals_second",
            "second",
            tuple(
                View(f"arrivals_of_{table}", table, "received_at")
                for table in ("transactions", "clicks", "stock_movements")
            ),
        ),
    )
}
