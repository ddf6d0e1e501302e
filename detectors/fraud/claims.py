"""What was said about one payment, by whom and when, and which of it stands at a moment."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import inf
from typing import NamedTuple

from schemas.label import Label

__all__ = ["FRAUD", "GENUINE", "WITHDRAWN", "Claim", "Span", "claim_of", "known_by", "spans", "standing"]

GENUINE, FRAUD, WITHDRAWN = range(3)
"""In this order where two became known at once: fraud beats genuine, and taking back comes after saying."""

KINDS = {"genuine": GENUINE, "fraud": FRAUD, "withdrawn": WITHDRAWN}


class Claim(NamedTuple):
    """A verdict about one payment, or that whoever said one takes it back. Sorts by when it became known."""

    known: float
    kind: int
    said_by: str

    @property
    def fraud(self) -> bool:
        """Whether it says fraud."""
        return self.kind == FRAUD


class Span(NamedTuple):
    """From `since` to before `until` a claim stands, though it may have become known earlier."""

    since: float
    until: float
    claim: Claim


def claim_of(label: Label) -> Claim:
    """Read a label."""
    return Claim(label.known_at.timestamp(), KINDS[label.verdict], label.said_by)


def standing(claims: Sequence[Claim]) -> Claim | None:
    """Find which of the claims about a payment stands once all of them are known.

    Withdrawn takes back what the same source said so far; of the rest, the one known last counts, from when
    its verdict was first said without a contradiction since.

    Parameters
    ----------
    claims
        Sorted.

    Returns
    -------
    Claim or None
        A claim of fraud or genuine; None if nothing is left.

    """
    stands: Claim | None = None
    void: set[str] = set()
    for claim in reversed(claims):
        if claim.kind == WITHDRAWN:
            void.add(claim.said_by)
        elif claim.said_by not in void:
            if stands is not None and claim.kind != stands.kind:
                break
            stands = claim
    return stands


def spans(claims: Sequence[Claim]) -> list[Span]:
    """List what stands when, in order of time; where nothing stands there is a gap.

    Parameters
    ----------
    claims
        All of one payment, sorted.

    """
    moments = sorted({claim.known for claim in claims})
    found: list[Span] = []
    for since, until in pairwise((*moments, inf)):
        claim = standing(known_by(claims, since))
        if claim is None:
            continue
        if found and found[-1].claim == claim and found[-1].until == since:
            found[-1] = found[-1]._replace(until=until)
        else:
            found.append(Span(since, until, claim))
    return found


def known_by(claims: Iterable[Claim], seconds: float) -> list[Claim]:
    """Keep what was known at a moment."""
    return [claim for claim in claims if claim.known <= seconds]
