"""How today goes, chain-wide: a slow rainy day for all is one fact, not forty."""

from dataclasses import dataclass, field

__all__ = ["Today"]

HALF_LIFE_SLOTS = 12
"""Five-minute slots after which what was seen counts half: an hour. Chosen, not tuned."""

PRIOR_EVENTS = 20.0
"""Weight of the assumption that it goes as usual, in events."""

FASTEST, SLOWEST = 5.0, 0.2


@dataclass
class Pace:
    """Counted and usual events of one series and store, older ones fading."""

    counted: float = 0.0
    usual: float = 0.0
    slot: int = 0

    def add(self, slot: int, counted: float, usual: float) -> None:
        """Add a slot; slots may be left out, never repeated."""
        fade = 0.5 ** ((slot - self.slot) / HALF_LIFE_SLOTS) if self.slot else 0.0
        self.counted = self.counted * fade + counted
        self.usual = self.usual * fade + usual
        self.slot = slot


@dataclass
class Day:
    """Counted and usual events of one series and channel since the local day began."""

    counted: float = 0.0
    usual: float = 0.0


@dataclass
class Group:
    """The stores of one channel: their paces of one series, and their sums as of the last `sum_up`."""

    paces: dict[str, Pace] = field(default_factory=dict)
    counted: float = 0.0
    usual: float = 0.0
    shares: dict[str, tuple[float, float]] = field(default_factory=dict)
    day: Day = field(default_factory=Day)


class Today:
    """The pace of each series and channel against the usual one, in the last hours and since midnight.

    A store is compared with the other stores of its channel, never with itself: where it is the only one, the
    pace is 1, so that its own fall does not become the usual.

    Cost: about 1 µs a slot and series.
    """

    def __init__(self) -> None:
        self._groups: dict[tuple[str, str], Group] = {}

    def add(
        self, series: str, channel: str, store_id: str, slot: int, *, counted: float, usual: float
    ) -> None:
        """Note a finished slot of a store."""
        group = self._groups.setdefault((series, channel), Group())
        group.paces.setdefault(store_id, Pace()).add(slot, counted, usual)
        group.day.counted += counted
        group.day.usual += usual

    def sum_up(self) -> None:
        """Bring the sums over stores up to date; until the next time they stay as they are."""
        for group in self._groups.values():
            group.shares = {store: (pace.counted, pace.usual) for store, pace in group.paces.items()}
            group.counted = sum(counted for counted, _ in group.shares.values())
            group.usual = sum(usual for _, usual in group.shares.values())

    def begin_day(self) -> None:
        """Begin to count a new day."""
        for group in self._groups.values():
            group.day = Day()

    def pace(self, series: str, channel: str, *store_ids: str) -> float:
        """Give the pace of the last hours of the stores that are not named: 1 = as usual."""
        group = self._groups.get((series, channel))
        if group is None:
            return 1.0
        own = [group.shares[store_id] for store_id in store_ids if store_id in group.shares]
        counted, usual = (sum(column) for column in zip(*own, strict=True)) if own else (0.0, 0.0)
        pace = (group.counted - counted + PRIOR_EVENTS) / (group.usual - usual + PRIOR_EVENTS)
        return min(max(pace, SLOWEST), FASTEST)

    def day(self, series: str, channel: str, *, spread: float) -> tuple[float, float]:
        """Give the pace since midnight and how much it may still be wrong, both relative.

        Parameters
        ----------
        spread
            Standard deviation of days, relative: how far a day may be believed to stray. What strays much
            further is not the day's level but a finding, and does not become the usual.

        """
        group = self._groups.get((series, channel))
        known = Day() if group is None else group.day
        prior = 1 / spread**2
        pace = (known.counted + prior) / (known.usual + prior)
        bounded = min(max(pace, 1 - 3 * spread), 1 + 3 * spread)
        return bounded, (known.usual + prior) ** -0.5
