"""Where a rate is of: one store, the stores of a region together, or all of them; or which goods it is of."""

from typing import NamedTuple

from detectors.watch.stores import StoreBook

__all__ = ["CHAIN", "Place", "place_of"]


class Place(NamedTuple):
    """A store, with the region that it is in; without a store the region; without either the chain.

    With a category it is those goods in all stores, or in the stores of one channel.
    """

    store_id: str = ""
    region: str = ""
    channel: str = ""
    category: str = ""

    def covers(self, other: "Place") -> bool:
        """Say whether another place is this one or belongs to it."""
        if self in (CHAIN, other):
            return True
        if self.category or other.category:
            return self.category == other.category and not self.channel
        return not self.store_id and self.region == other.region

    @property
    def size(self) -> int:
        """0 for the chain, 1 for a region or a category, 2 for a store or a category in one channel."""
        return 2 if self.store_id or self.channel else 1 if self.region or self.category else 0


CHAIN = Place()
"""All stores together."""


def place_of(store_id: str, stores: StoreBook) -> Place:
    """Give the place that a store is; one that is not known is in no region."""
    store = stores.get(store_id)
    return Place(store_id, "" if store is None else store.region)
