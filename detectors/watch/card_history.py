"""What a card usually does, learnt from payments that are past suspicion."""

from bisect import insort
from collections.abc import Sequence
from math import exp, log

from detectors.watch.paid import Paid
from detectors.watermark import DAY_SECONDS

__all__ = ["CardHistories", "CardHistory"]

MEMORY_SECONDS = 30 * DAY_SECONDS
"""A payment counts e times less after so long: the features' longest window."""

KEPT_SECONDS = 45 * DAY_SECONDS

AMOUNTS = 15
"""Of the last payments, for what is usual: half of them would have to be a thief's before the median is."""

PRIOR_AMOUNTS = 2.0
"""What all customers pay counts as so many payments of a new card. Chosen, not tuned."""

PRIOR_PAYMENTS, PRIOR_DAYS = 2.0, 2.0
"""A new card pays once a day: more than most, so that the first days of a stream raise nothing. Chosen."""


class CardHistory:
    """One card: the payments of the last hours, and the habit from those before."""

    __slots__ = ("amounts", "at", "count", "recent")

    def __init__(self) -> None:
        self.recent: list[Paid] = []
        self.amounts: tuple[int, ...] = ()
        self.count = 0.0
        self.at = 0.0

    def learn(self, one: Paid) -> None:
        """Let a payment count as a habit."""
        self.count = self.count * exp(min(0.0, self.at - one.seconds) / MEMORY_SECONDS) + 1
        self.at = max(self.at, one.seconds)
        if one.amount:
            self.amounts = (*self.amounts[1 - AMOUNTS :], one.amount)


class CardHistories:
    """Every card that paid within 45 to 90 days.

    Parameters
    ----------
    span
        Seconds for which payments are held back from the habit.

    Cost: 1.5 µs a payment.

    """

    def __init__(self, span: float) -> None:
        self._span = span
        self._cards: dict[str, CardHistory] = {}
        self._aging: dict[str, CardHistory] = {}
        self._rotate_at = 0.0
        self._began: float | None = None
        self._log_amount = log(3_000)
        """Of all payments, minor units: 30 until the first ones have come."""

    def __len__(self) -> int:
        """Count the cards and payments remembered."""
        both = (*self._cards.values(), *self._aging.values())
        return sum(1 + len(history.recent) for history in both)

    def see(self, card: str, one: Paid, watermark: float) -> tuple[CardHistory, Sequence[Paid]]:
        """Put a payment into its card's history; give that, and what is old enough to be a habit."""
        if watermark >= self._rotate_at:
            self._aging, self._cards = self._cards, {}
            self._rotate_at = watermark + KEPT_SECONDS
        if self._began is None:
            self._began = one.seconds
        history = self._cards.get(card)
        if history is None:
            history = self._aging.pop(card) if card in self._aging else CardHistory()
            self._cards[card] = history
        recent = history.recent
        if not recent or one.seconds >= recent[-1].seconds:
            recent.append(one)
        else:
            insort(recent, one, key=lambda other: other.seconds)
        horizon = recent[-1].seconds - self._span
        if recent[0].seconds >= horizon:
            return history, ()
        place = next(place for place, other in enumerate(recent) if other.seconds >= horizon)
        past = recent[:place]
        del recent[:place]
        return history, past

    def everyone(self, one: Paid) -> None:
        """Let a payment count for what all customers pay."""
        if one.amount:
            # a thousandth of the way: as slow as prices, fast enough for a first day
            self._log_amount += 0.001 * (log(one.amount) - self._log_amount)

    def usual(self, history: CardHistory) -> float:
        """Give what the card usually pays, in minor units: its median, drawn towards everyone's."""
        amounts = sorted(history.amounts)
        if not amounts:
            return exp(self._log_amount)
        middle = log(amounts[len(amounts) // 2])
        return exp(
            (len(amounts) * middle + PRIOR_AMOUNTS * self._log_amount) / (len(amounts) + PRIOR_AMOUNTS)
        )

    def per_day(self, history: CardHistory, seconds: float) -> float:
        """Give how often the card usually pays, in payments a day."""
        observed = max(0.0, seconds - (seconds if self._began is None else self._began))
        days = MEMORY_SECONDS * (1 - exp(-observed / MEMORY_SECONDS)) / DAY_SECONDS
        paid = history.count * exp(min(0.0, history.at - seconds) / MEMORY_SECONDS)
        return (paid + PRIOR_PAYMENTS) / (days + PRIOR_DAYS)
