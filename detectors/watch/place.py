"""Where a rate is of: one store, the stores of a region together, or all of them."""

from typing import NamedTuple

from detectors.watch.stores import StoreBook

__all__ = ["CHAIN", "Place", "place_of"]


class Place(NamedTuple):
    """A store, with the region that it is in; without a store the region; without either the chain."""

    store_id: str = ""
    region: str = ""

    def covers(self, other: "Place") -> bool:
        """Say whether another place is this one or belongs to it."""
        return self in (CHAIN, other) or (not self.store_id and self.region == other.region)

    @property
    def size(self) -> int:
        """0 for the chain, 1 for a region, 2 for a store."""
        return 2 if self.store_id else 1 if self.region else 0


CHAIN = Place()
"""All stores together."""


def place_of(store_id: str, stores: StoreBook) -> Place:
    """Give the place that a store is; one that is not known is in no region."""
    store = stores.get(store_id)
    return Place(store_id, "" if store is None else store.region)
