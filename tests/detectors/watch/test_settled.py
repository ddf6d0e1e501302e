"""Completeness is believed one settling later."""

from math import inf

from detectors.watch.settled import Settled
from detectors.watch.stores import StoreBook


class Sources:
    """Says what it was last told."""

    now = -inf

    def complete_until(self, store_id: str) -> float:
        return self.now - len(store_id)

    def completeness(self, store_id: str) -> float | None:
        return None if store_id else 0.5


def test_nothing_is_complete_before_it_settled() -> None:
    settled = Settled(Sources(), StoreBook())
    assert (settled.now, settled.complete_until(""), settled.completeness("")) == (-inf, -inf, None)


def test_what_is_known_now_counts_after_the_next_settling() -> None:
    sources = Sources()
    settled = Settled(sources, StoreBook())
    sources.now = 100.0
    settled.settle()
    assert settled.now == -inf
    sources.now = 200.0
    assert settled.now == -inf
    settled.settle()
    assert (settled.now, settled.complete_until(""), settled.completeness("")) == (100.0, 100.0, 0.5)
    assert settled.complete_until("unknown") == -inf
