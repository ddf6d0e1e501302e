"""What became known about payments soon after they were made."""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from math import inf

from detectors.fraud.claims import FRAUD, Claim, claim_of, known_by, standing
from detectors.watermark import DAY_SECONDS
from schemas.label import Label

__all__ = ["FRESH_SECONDS", "FreshLabels"]

FRESH_SECONDS = 2 * DAY_SECONDS
"""A verdict that comes so soon was somebody's word; what comes later is a chargeback or patience. Chosen."""

KEPT_SECONDS = 3 * DAY_SECONDS
"""Longer than any finding about payments lasts after its newest label."""


class FreshLabels:
    """Labels that came within two days of their payment, and all frauds, as of any moment.

    Labels may come long before the payments do. Each is handed out once, in the order of `known_at`, when
    event time has come so far; a question about a moment never sees a later one. A repeated label changes
    nothing.

    Cost: 1 µs a label that is passed over, 5 µs one that is kept. Memory: those of three days, and those
    that are not due yet.
    """

    def __init__(self) -> None:
        self._claims: dict[int, tuple[Claim, ...]] = {}
        self._terminals: dict[str, dict[int, Label]] = {}
        self._held: list[tuple[float, int, Label]] = []
        self._tie = count()
        self._sweep_at = -inf
        self.due_at = inf
        """When the next label becomes known, in seconds since 1970."""

    def __len__(self) -> int:
        """Count the payments and labels remembered."""
        return len(self._claims) + len(self._held) + sum(map(len, self._terminals.values()))

    def __contains__(self, event: int) -> bool:
        """Say whether anything was said about a payment, at whatever time."""
        return event in self._claims

    def take(self, labels: Iterable[Label], *, hold: bool = True) -> list[Label]:
        """Take in labels; give those that are new if they are not to be held until they are due."""
        new = []
        for label in labels:
            occurred, known = label.occurred_at.timestamp(), label.known_at.timestamp()
            if known - occurred > FRESH_SECONDS and label.verdict == "genuine" and label.said_by == "matured":
                continue
            event, claim = label.event_id.int, claim_of(label)
            before = self._claims.get(event, ())
            if claim in before:
                continue
            self._claims[event] = tuple(sorted((*before, claim)))
            if known - occurred <= FRESH_SECONDS:
                self._terminals.setdefault(label.terminal_id, {})[event] = label
            new.append(label)
            if hold:
                heapq.heappush(self._held, (known, next(self._tie), label))
        self.due_at = self._held[0][0] if self._held else inf
        return new

    def release(self, clock: float) -> Iterator[Label]:
        """Hand out what has become known until a moment."""
        while self._held and self._held[0][0] <= clock:
            yield heapq.heappop(self._held)[2]
        self.due_at = self._held[0][0] if self._held else inf

    def standing(self, event: int, seconds: float) -> Claim | None:
        """Give what stands about a payment at a moment."""
        claims = self._claims.get(event)
        return None if claims is None else standing(known_by(claims, seconds))

    def at_terminal(self, terminal: str, seconds: float) -> list[tuple[Label, Claim]]:
        """List a terminal's payments of the day before a moment whose verdict is known by then."""
        found = []
        for event, label in self._terminals.get(terminal, {}).items():
            if seconds - DAY_SECONDS < label.occurred_at.timestamp() <= seconds:
                claim = self.standing(event, seconds)
                if claim is not None:
                    found.append((label, claim))
        return found

    def confirmed(self, terminal: str, seconds: float) -> list[Label]:
        """List those of them that are fraud."""
        return [label for label, claim in self.at_terminal(terminal, seconds) if claim.kind == FRAUD]

    def sweep(self, clock: float) -> None:
        """Forget, once a day, what has not changed for three."""
        if clock < self._sweep_at:
            return
        self._sweep_at = clock + DAY_SECONDS
        horizon = clock - KEPT_SECONDS
        for event in [event for event, claims in self._claims.items() if stale(claims, horizon)]:
            del self._claims[event]
        for terminal, labels in list(self._terminals.items()):
            kept = {event: label for event, label in labels.items() if event in self._claims}
            if kept:
                self._terminals[terminal] = kept
            else:
                del self._terminals[terminal]


def stale(claims: Sequence[Claim], horizon: float) -> bool:
    """Say whether the last claim is older than a moment."""
    return claims[-1].known <= horizon
