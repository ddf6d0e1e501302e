"""Completeness is believed one settling later."""

from math import inf
from typing import ClassVar

from detectors.watch.settled import Settled
from detectors.watch.stores import StoreBook
from tests.support.findings import store


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


def test_time_goes_with_what_has_arrived_and_never_back() -> None:
    """A worker that is behind holds time back; one store with a broken clock or none at all does not."""

    class Behind(Sources):
        until: ClassVar = {f"store-{place}": 50.0 for place in range(20)} | {"": 10.0}

        def complete_until(self, store_id: str) -> float:
            return self.until[store_id]

    stores, sources = StoreBook(), Behind()
    for place in range(20):
        stores.take(store(f"store-{place}"))
    sources.now = 100.0
    sources.until["store-3"] = 99.0
    settled = Settled(sources, stores)
    settled.settle()
    settled.settle()
    assert settled.now == 50.0
    sources.until.update(dict.fromkeys(sources.until, -inf))
    settled.settle()
    settled.settle()
    assert settled.now == 50.0
