"""What came out of a comparison: sentences about what is lost, doubled or wrong."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Difference", "Kind", "Sums", "Verdict", "add_up"]

Kind = Literal["lost", "doubled", "wrong", "doubled alerts"]
SHOWN = 3
"""Examples in a sentence."""


@dataclass(frozen=True)
class Difference:
    """One sentence about what is not as it must be, and how many records or sums it is about."""

    kind: Kind
    number: int
    sentence: str


@dataclass
class Verdict:
    """What came out.

    Parameters
    ----------
    sent
        Payments that Kafka acknowledged, each counted once.
    sent_again
        Payments, clicks and movements that a source sent once more.
    told
        What shops were told of payments that somebody answered for, each once.
    raw_duplicates
        Records of `scores` that readers drop: without any, no death came between writing and committing.
    differences
        All that is wrong; none = nothing lost, nothing doubled, every sum right.

    """

    sent: int
    sent_again: int
    told: int = 0
    raw_duplicates: int = 0
    differences: list[Difference] = field(default_factory=list)

    def count(self, kind: Kind) -> int:
        """Add up what is lost, doubled or wrong, over every place that was looked at."""
        return sum(one.number for one in self.differences if one.kind == kind)

    def say(self, kind: Kind, found: Iterable[Any], sentence: str) -> None:
        """Note a difference, if there is one."""
        examples = list(found)
        if examples:
            shown = ", ".join(str(one) for one in examples[:SHOWN])
            more = ", …" if len(examples) > SHOWN else ""
            text = f"{sentence}: {len(examples)} ({shown}{more})"
            self.differences.append(Difference(kind, len(examples), text))


Sums = dict[tuple[Any, ...], list[int]]


def add_up(rows: Iterable[tuple[tuple[Any, ...], Iterable[int]]]) -> Sums:
    """Add lists of numbers by key, leaving out what comes to nothing."""
    sums: Sums = {}
    for key, numbers in rows:
        before = sums.get(key)
        sums[key] = list(numbers) if before is None else [a + b for a, b in zip(before, numbers, strict=True)]
    return {key: numbers for key, numbers in sums.items() if any(numbers)}
