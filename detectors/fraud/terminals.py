"""What became known about each terminal, as of any moment."""

from bisect import bisect_right
from collections.abc import Sequence
from math import inf
from weakref import WeakSet

import numpy as np
from numpy.typing import NDArray

from detectors.errors import SnapshotRefused
from detectors.fraud.claims import GENUINE, WITHDRAWN, Claim, Span, claim_of, spans
from detectors.snapshot import Parts, column, packed_texts, texts
from detectors.watermark import DAY_SECONDS, Watermark
from schemas.label import Label

__all__ = ["TerminalRisk"]

ONE_DAY, ONE_WEEK, ONE_MONTH = DAY_SECONDS, 7 * DAY_SECONDS, 30 * DAY_SECONDS
KEPT_SECONDS = 32 * DAY_SECONDS
"""What became known earlier, behind the watermark, is dropped: the longest window and two days of delay."""

PATIENT = "matured"
"""Who says of almost every payment that it was genuine: the time in which nobody complained."""

MAX_SKEW_SECONDS = 45 * DAY_SECONDS
"""The retention of `transactions`: no partition that catches up can be farther behind the others."""

WORTH_DROPPING = 32
"""Expired labels are cut off once there are this many and they are half of the list: amortised O(1)."""


class LabelHistory:
    """One terminal's labels of the last days, sorted by when they became known.

    `totals[k]` counts the frauds among the first k labels (plus what was cut off). `claims` makes learning
    idempotent. A payment whose verdict changed, or was taken back, is not in the sorted lists but in
    `contested`: what stood when.
    """

    __slots__ = ("_prune_at", "claims", "contested", "events", "known", "totals")

    def __init__(self) -> None:
        self.known: list[float] = []
        self.totals: list[int] = [0]
        self.events: list[int] = []
        # When it became known instead of a claim, where nobody complained in time: a third of the memory
        # for 99 % of payments.
        self.claims: dict[int, float | tuple[Claim, ...]] = {}
        self.contested: dict[int, list[Span]] = {}
        self._prune_at = WORTH_DROPPING

    @property
    def entries(self) -> int:
        """Number of payments that labels are about."""
        return len(self.known) + len(self.contested)

    @property
    def newest(self) -> float:
        """When the last label became known."""
        last = [
            claims[-1].known for claims in map(self.claims.get, self.contested) if isinstance(claims, tuple)
        ]
        return max([*self.known[-1:], *last], default=-inf)

    def insert(self, event: int, claim: Claim) -> None:
        """Put a claim where its time belongs."""
        known, totals = self.known, self.totals
        place = len(known)
        if place and claim.known < known[-1]:
            place = bisect_right(known, claim.known)
        known.insert(place, claim.known)
        self.events.insert(place, event)
        totals.insert(place + 1, totals[place])
        if claim.fraud:
            for later in range(place + 1, len(totals)):
                totals[later] += 1

    def remove(self, event: int) -> None:
        """Take out the claim of one payment."""
        place = self.events.index(event)
        fraud = self.totals[place + 1] - self.totals[place]
        del self.known[place], self.events[place], self.totals[place + 1]
        if fraud:
            for later in range(place + 1, len(self.totals)):
                self.totals[later] -= 1

    def learn(self, event: int, claim: Claim, horizon: float) -> None:
        """Take in a claim; one that was learnt before changes nothing."""
        earlier = self.claims.get(event)
        if earlier is None:
            plain = claim.said_by == PATIENT and claim.kind == GENUINE
            self.claims[event] = claim.known if plain else (claim,)
            if claim.kind == WITHDRAWN:
                self.contested[event] = []
            else:
                self.insert(event, claim)
            return
        before = as_claims(earlier)
        if claim in before:
            return
        claims = self.claims[event] = tuple(sorted((*before, claim)))
        if event in self.contested:
            del self.contested[event]
        else:
            self.remove(event)
        stood = spans(claims)
        if len(stood) == 1 and stood[0].until == inf and stood[0].since == stood[0].claim.known:
            self.insert(event, stood[0].claim)
            return
        self.contested[event] = stood
        if len(self.contested) >= self._prune_at:
            self.prune(horizon)

    def drop(self, horizon: float, end: int) -> None:
        """Forget the first labels, up to `end`, that became known at the horizon or before."""
        expired = bisect_right(self.known, horizon, 0, end)
        for event in self.events[:expired]:
            del self.claims[event]
        del self.known[:expired], self.totals[:expired], self.events[:expired]

    def prune(self, horizon: float) -> None:
        """Forget contested payments about which nothing was said since the horizon: amortised O(1)."""
        for event in list(self.contested):
            claims = self.claims[event]
            if isinstance(claims, tuple) and claims[-1].known <= horizon:
                del self.contested[event], self.claims[event]
        self._prune_at = 2 * len(self.contested) + WORTH_DROPPING


class TerminalRisk:
    """Number of labelled payments and share of fraud among them, per terminal, over 1, 7 and 30 days.

    At time T the n-day window holds the labels that became known in (T − n days, T]. Labels may be learnt in
    any order and long before they are known: a question about time T never sees a later one. Where labels
    of a payment contradict each other, the one that became known last counts from then on; a withdrawn one
    takes back what its source said, so that the claims of others stand again, each from when it became known.

    One per worker process: every partition asks it, every label reaches it. It keeps labels for the
    partition that is farthest behind, but for at most 45 days more than the one that is farthest ahead needs.

    Cost: about 1.5 µs a question, 2 µs a label; about 150 bytes per label of the last 32 days.
    """

    def __init__(self) -> None:
        self._recent: dict[str, LabelHistory] = {}
        self._aging: dict[str, LabelHistory] = {}
        self._rotate_at = 0.0
        self._followed: WeakSet[Watermark] = WeakSet()
        self._horizon = -inf
        self.late = 0
        """Labels that came too late for any window, and were dropped."""

    def __len__(self) -> int:
        """Count the terminals remembered."""
        return len(self._recent) + len(self._aging)

    @property
    def entries(self) -> int:
        """Number of labels remembered."""
        histories = (*self._recent.values(), *self._aging.values())
        return sum(history.entries for history in histories)

    def follow(self, watermark: Watermark) -> None:
        """Keep labels for whoever advances this watermark, as long as it lives."""
        self._followed.add(watermark)

    def learn(self, labels: Sequence[Label]) -> None:
        """Take in labels; one that was learnt before changes nothing."""
        for label in labels:
            claim = claim_of(label)
            if claim.known <= self._horizon:
                self.late += 1
                continue
            history = self._history(label.terminal_id) or self._new_history(label.terminal_id)
            history.learn(label.event_id.int, claim, self._horizon)

    def windows(self, terminal: str, seconds: float) -> tuple[int, float, int, float, int, float]:
        """Count a terminal's labels as known at one moment.

        Parameters
        ----------
        terminal
            Where the payment was made.
        seconds
            When, in seconds since 1970.

        Returns
        -------
        tuple
            Number of labels and share of fraud in them, of 1, 7 and 30 days.

        """
        history = self._history(terminal)
        if history is None:
            return NOTHING_KNOWN
        known, totals = history.known, history.totals
        end = bisect_right(known, seconds)
        if not end and not history.contested:
            return NOTHING_KNOWN
        month = bisect_right(known, seconds - ONE_MONTH, 0, end)
        week = bisect_right(known, seconds - ONE_WEEK, month, end)
        day = bisect_right(known, seconds - ONE_DAY, week, end)
        total = totals[end]
        count_day, fraud_day = end - day, total - totals[day]
        count_week, fraud_week = end - week, total - totals[week]
        count_month, fraud_month = end - month, total - totals[month]
        if history.contested:
            for claim in stood_at(history, seconds):
                age = seconds - claim.known
                if age < ONE_MONTH:
                    count_month, fraud_month = count_month + 1, fraud_month + claim.fraud
                    if age < ONE_WEEK:
                        count_week, fraud_week = count_week + 1, fraud_week + claim.fraud
                    if age < ONE_DAY:
                        count_day, fraud_day = count_day + 1, fraud_day + claim.fraud
        if month >= WORTH_DROPPING and 2 * month >= end:
            history.drop(self._horizon, month)
        return (
            count_day,
            fraud_day / count_day if count_day else 0.0,
            count_week,
            fraud_week / count_week if count_week else 0.0,
            count_month,
            fraud_month / count_month if count_month else 0.0,
        )

    def windows_batch(self, terminals: Sequence[str], seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Count the labels of terminals as known at a moment each, shape (n, 6)."""
        windows = self.windows
        values: list[float] = []
        for terminal, moment in zip(terminals, seconds.tolist(), strict=True):
            values += windows(terminal, moment)
        return np.array(values, np.float64).reshape(len(terminals), 6)

    def expire(self) -> None:
        """Move the horizon along with the followed watermarks; drop terminals of which nothing is left."""
        if not self._followed:
            return
        reached = [watermark.seconds for watermark in self._followed]
        self._horizon = max(min(reached), max(reached) - MAX_SKEW_SECONDS) - KEPT_SECONDS
        if self._horizon >= self._rotate_at:
            # Labels may be learnt long before any payment asks: what the horizon has not passed stays.
            self._recent.update(
                (terminal, history)
                for terminal, history in self._aging.items()
                if history.newest > self._horizon
            )
            self._aging, self._recent = self._recent, {}
            self._rotate_at = self._horizon + KEPT_SECONDS

    def snapshot(self) -> Parts:
        """Copy every claim that is remembered, terminal after terminal; the rest follows from them.

        Cost: 1 µs a label.
        """
        histories = [*self._recent.items(), *self._aging.items()]
        claims = [
            (event, claim)
            for _, history in histories
            for event, claims in history.claims.items()
            for claim in as_claims(claims)
        ]
        sizes = [sum(len(as_claims(one)) for one in history.claims.values()) for _, history in histories]
        ids = b"".join([event.to_bytes(16, "big") for event, _ in claims])
        return {
            "moments": np.array([self._horizon, self._rotate_at]),
            "counts": np.array([self.late, len(self._recent)], np.int64),
            **packed_texts("terminals", [terminal for terminal, _ in histories]),
            "sizes": np.array(sizes, np.int64),
            "events": np.frombuffer(ids, np.uint8),
            "known": np.array([claim.known for _, claim in claims], np.float64),
            "kinds": np.array([claim.kind for _, claim in claims], np.uint8),
            **packed_texts("said_by", [claim.said_by for _, claim in claims]),
        }

    def restore(self, parts: Parts) -> None:
        """Go on from a snapshot.

        Raises
        ------
        SnapshotRefused
            The parts are not what `snapshot` makes.

        """
        horizon, rotate_at = column(parts, "moments", np.float64, 2).tolist()
        late, recent = column(parts, "counts", np.int64, 2).tolist()
        sizes = column(parts, "sizes", np.int64)
        terminals = texts(parts, "terminals", len(sizes))
        if (sizes < 0).any() or not 0 <= recent <= len(sizes) or len(set(terminals)) != len(terminals):
            raise SnapshotRefused("a terminal is there twice, or its number of labels is negative")
        known = column(parts, "known", np.float64, int(sizes.sum()))
        kinds = column(parts, "kinds", np.uint8, len(known))
        if not np.isfinite(known).all() or (kinds > WITHDRAWN).any():
            raise SnapshotRefused("a label is of an unknown kind or time")
        ids = column(parts, "events", np.uint8, 16 * len(known)).tobytes()
        said_by = texts(parts, "said_by", len(known))
        claims = list(map(Claim, known.tolist(), kinds.tolist(), said_by))
        self._horizon, self._rotate_at, self.late = horizon, rotate_at, late
        self._recent, self._aging = {}, {}
        start = 0
        for place, (terminal, size) in enumerate(zip(terminals, sizes.tolist(), strict=True)):
            history = (self._recent if place < recent else self._aging)[terminal] = LabelHistory()
            for number in range(start, start + size):
                event = int.from_bytes(ids[16 * number : 16 * number + 16], "big")
                history.learn(event, claims[number], horizon)
            start += size

    def _history(self, terminal: str) -> LabelHistory | None:
        history = self._recent.get(terminal)
        if history is None:
            history = self._aging.pop(terminal, None)
            if history is not None:
                self._recent[terminal] = history
        return history

    def _new_history(self, terminal: str) -> LabelHistory:
        history = self._recent[terminal] = LabelHistory()
        return history


def as_claims(claims: float | tuple[Claim, ...]) -> tuple[Claim, ...]:
    """Spell out what `LabelHistory.claims` holds."""
    return claims if isinstance(claims, tuple) else (Claim(claims, GENUINE, PATIENT),)


NOTHING_KNOWN = (0, 0.0, 0, 0.0, 0, 0.0)


def stood_at(history: LabelHistory, seconds: float) -> list[Claim]:
    """List what stood at one moment of the terminal's contested payments."""
    return [
        span.claim
        for stood in history.contested.values()
        for span in stood
        if span.since <= seconds < span.until
    ]
