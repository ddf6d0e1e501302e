"""Which cards somebody spoke about lately: stolen, or all right."""

from typing import NamedTuple

from detectors.fraud.claims import Claim
from detectors.watch.fresh_labels import FreshLabels
from detectors.watermark import DAY_SECONDS

__all__ = ["CardReports", "Report"]

SPOKEN = frozenset({"analyst", "customer"})
"""Who knows about the card. A chargeback comes days later, when the card has long been exchanged."""

HEEDED_SECONDS = DAY_SECONDS
"""So long a card is stolen, or all right, after somebody said so. Chosen, not tuned."""


class Report(NamedTuple):
    """What was said about a card, and by whom."""

    known: float
    stolen: bool
    said_by: str


class CardReports:
    """What analysts and customers said of each card's payments within a day.

    Cost: .1 µs a payment of a card of which nobody spoke. Memory: as `FreshLabels`.
    """

    def __init__(self, labels: FreshLabels) -> None:
        self._labels = labels
        self._events: dict[str, dict[int, None]] = {}

    def __len__(self) -> int:
        """Count the payments remembered."""
        return sum(map(len, self._events.values()))

    def note(self, card: str, event: int) -> None:
        """Note that something is known about a payment of a card."""
        self._events.setdefault(card, {})[event] = None

    def at(self, card: str, seconds: float) -> Report | None:
        """Give the latest word about a card at a moment."""
        events = self._events.get(card)
        if events is None:
            return None
        claims = [self._labels.standing(event, seconds) for event in events]
        heeded = [claim for claim in claims if claim is not None and is_heeded(claim, seconds)]
        if not heeded:
            return None
        last = max(heeded)
        return Report(last.known, last.fraud, last.said_by)

    def sweep(self) -> None:
        """Forget payments whose labels are forgotten."""
        for card, events in list(self._events.items()):
            for event in [event for event in events if event not in self._labels]:
                del events[event]
            if not events:
                del self._events[card]


def is_heeded(claim: Claim, seconds: float) -> bool:
    """Say whether somebody who knows said it, not too long ago."""
    return claim.said_by in SPOKEN and seconds - claim.known < HEEDED_SECONDS
