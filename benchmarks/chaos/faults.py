"""Which fault comes next: drawn by seed, over the whole table of points before any comes twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Generic, Literal, TypeVar

from streams.failpoints import FAILPOINTS, Action, Failpoint

__all__ = ["Draw", "Fault", "Surprise", "points_of"]

Card = TypeVar("Card")
Surprise = Literal[
    "broker killed", "broker frozen", "store killed", "store frozen", "load killed", "worker killed",
    "worker frozen", "sink killed", "sink frozen",
]  # fmt: skip
"""A fault from outside, wherever the process is by then."""

SURPRISES: tuple[Surprise, ...] = (
    "broker killed", "worker frozen", "store killed", "sink frozen", "load killed", "broker frozen",
    "worker killed", "store frozen", "sink killed",
)  # fmt: skip

MOST_PASSES: dict[Failpoint, int] = {
    "partitions-revoked": 1,
    "before-adopting": 2,
    "topics-revoked": 1,
    "before-adopting-topics": 1,
    "batches-answered": 60,
    "outputs-sent": 200,
    "outputs-partly-acknowledged": 200,
    "keyed-topic-acknowledged": 60,
    "outputs-acknowledged": 30,
    "before-commit": 60,
    "after-commit": 60,
    "findings-made": 3,
    "snapshot-chunk-written": 30,
    "snapshot-before-manifest": 16,
    "restore-chunk-read": 8,
    "range-announced": 12,
    "rows-inserted": 30,
    "rows-before-commit": 12,
    "rows-committed": 12,
    "insert-received": 60,
    "insert-applied": 60,
}
"""A process dies at a pass from 1 to this; chosen so that it lives some ten seconds."""

SLOWER = {"judge": 5, "trainer": 5}
"""They read all before they go on, and then write little: so many times fewer passes."""

FREEZE_SECONDS = {"worker": 10.5, "judge": 10.5, "trainer": 10.5, "sink": 8.5, "store": 4.0}
"""Past the session: 8 s of an agent, 6 s of the sinks here. The store has none; its clients must wait."""

NO_ERROR = ("partitions-revoked", "topics-revoked")
"""Passed inside a callback of the Kafka client, which only logs errors; nothing there can fail otherwise."""


@dataclass(frozen=True)
class Fault:
    """What a process is armed with."""

    point: Failpoint
    passes: int
    action: Action
    seconds: float = 0.0

    def __str__(self) -> str:
        """Write it as TILLWATCH_FAILPOINT wants it."""
        tail = f":{self.seconds:g}" if self.seconds else ""
        return f"{self.point}:{self.passes}:{self.action}{tail}"


def points_of(role: str) -> list[Failpoint]:
    """List the points that a kind of process passes, as the table says before the colon."""
    spoken = {"store": "embedded store"}.get(role, role)
    return [name for name, sentence in FAILPOINTS.items() if spoken in sentence.partition(":")[0].split(", ")]


class Deck(Generic[Card]):
    """Cards in random order, shuffled anew once all were drawn."""

    def __init__(self, random: Random, cards: list[Card]) -> None:
        self._random = random
        self._cards = cards
        self._left: list[Card] = []

    def draw(self) -> Card:
        """Take one."""
        if not self._left:
            self._left = self._random.sample(self._cards, len(self._cards))
        return self._left.pop()


class Draw:
    """Draws faults; the same seed gives each process the same faults in the same order."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._random: dict[str, Random] = {}
        self._points: dict[str, Deck[Failpoint]] = {}
        self._outside = Random(seed)  # noqa: S311  # repeatable, no secret
        self._surprises = Deck(self._outside, list(SURPRISES))

    def life(self, member: str, role: str) -> list[Fault]:
        """Draw what one life of a process is armed with: its end, and sometimes a freeze before."""
        random = self._random.setdefault(member, Random(f"{self._seed} {member}"))  # noqa: S311
        points = self._points.setdefault(role, Deck(Random(f"{self._seed} {role}"), points_of(role)))  # noqa: S311
        point = points.draw()
        chance = random.random()
        if chance < 0.25:
            frozen = Fault(point, passes(random, point, role), "freeze", FREEZE_SECONDS[role])
            return [frozen, death(random, points.draw(), role, behind=frozen)]
        if chance < 0.32:
            slow = Fault(point, passes(random, point, role), "delay", round(random.uniform(0.5, 3), 1))
            return [slow, death(random, points.draw(), role, behind=slow)]
        if chance < 0.40 and point not in NO_ERROR:
            return [Fault(point, passes(random, point, role), "error")]
        return [death(random, point, role)]

    def surprise(self) -> Surprise:
        """Draw what comes from outside next."""
        return self._surprises.draw()

    def pause(self, least: float, most: float) -> float:
        """Draw how many seconds later it comes."""
        return self._outside.uniform(least, most)

    def one_of(self, some: Sequence[Card]) -> Card | None:
        """Draw whom it meets, if there is anybody."""
        return self._outside.choice(some) if some else None


def passes(random: Random, point: Failpoint, role: str) -> int:
    """Draw the number of the pass."""
    return random.randint(1, max(1, MOST_PASSES.get(point, 20) // SLOWER.get(role, 1)))


def death(random: Random, point: Failpoint, role: str, behind: Fault | None = None) -> Fault:
    """Draw a death, behind another fault if both are of one point.

    What is handed to a producer is on the wire a moment later.
    """
    before = behind.passes if behind is not None and behind.point == point else 0
    later = round(random.uniform(0.0005, 0.004), 4) if point == "outputs-sent" else 0.0
    return Fault(point, before + passes(random, point, role), "kill", later)
