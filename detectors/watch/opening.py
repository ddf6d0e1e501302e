"""When each store sells, slot by slot: what makes its day comparable with the others'."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detectors.watch.minute_book import SLOT_SECONDS
from detectors.watch.stores import StoreBook, minutes

__all__ = ["SLOTS_PER_DAY", "LocalSlots", "local_slots", "open_shares"]

SLOTS_PER_DAY = 96
SLOT_MINUTES = SLOT_SECONDS // 60


class LocalSlots:
    """What the wall clock of a store shows at the beginning of each of a run of slots; shape (slots,) each.

    `weekday` 0 is Monday, `slot` counts quarters of an hour from midnight, `day` counts days from the first.
    """

    __slots__ = ("day", "slot", "weekday")

    def __init__(self, weekday: NDArray[np.int64], slot: NDArray[np.int64], day: NDArray[np.int64]) -> None:
        self.weekday = weekday
        self.slot = slot
        self.day = day


def local_slots(stores: StoreBook, store_id: str | None, first: int, end: int) -> LocalSlots:
    """Read a store's clock at the slots from `first` to before `end` (counted from 1970); about 1 µs each."""
    clock = [stores.local(store_id, slot * SLOT_SECONDS) for slot in range(first, end)]
    ordinals = np.array([moment.toordinal() for moment in clock], dtype=np.int64)
    return LocalSlots(
        np.array([moment.weekday() for moment in clock], dtype=np.int64),
        np.array([(moment.hour * 60 + moment.minute) // SLOT_MINUTES for moment in clock], dtype=np.int64),
        ordinals - (ordinals[0] if len(ordinals) else 0),
    )


def open_shares(stores: StoreBook, store_id: str) -> NDArray[np.float64]:
    """Give the share of each slot in which a store sells, shape (7, 96); an unknown store never closes."""
    store = stores.get(store_id)
    if store is None:
        return np.ones((7, SLOTS_PER_DAY))
    shares = np.zeros((7, SLOTS_PER_DAY))
    for hours in store.hours:
        shares[hours.weekday] = overlaps(minutes(hours.opens), minutes(hours.closes))
    return shares


def overlaps(opens: int, closes: int) -> Sequence[float]:
    """Give the share of each slot of a day that lies between two minutes."""
    return [
        max(0, min(closes, begin + SLOT_MINUTES) - max(opens, begin)) / SLOT_MINUTES
        for begin in range(0, SLOTS_PER_DAY * SLOT_MINUTES, SLOT_MINUTES)
    ]
