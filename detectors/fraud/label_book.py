"""What became known about payments, by terminal and by customer, as of any moment."""

from collections.abc import Sequence
from math import inf
from weakref import WeakSet

import numpy as np
from numpy.typing import NDArray

from detectors.errors import SnapshotRefused
from detectors.fraud import fact_loops as loops
from detectors.fraud.amounts import AmountTables
from detectors.fraud.claims import WITHDRAWN, Claim, claim_of, spans
from detectors.fraud.features import KEPT_SECONDS, TERMINAL_FEATURES
from detectors.fraud.payments import key_of, tag_of
from detectors.fraud.records import Records
from detectors.snapshot import Parts, column, packed_texts, prefixed, texts, unprefixed
from detectors.watermark import DAY_SECONDS, Watermark
from schemas.label import Label
from schemas.model import Model

__all__ = ["LabelBook", "Suspicion"]

MAX_SKEW_SECONDS = 45 * DAY_SECONDS
"""The retention of `transactions`: no partition that catches up can be farther behind the others."""

MOST_FACTS = 512
"""Facts kept of a terminal or customer, of those known by the time that all partitions have reached: twice
what is looked at."""

KEPT = round(KEPT_SECONDS * 1e6)

AT_ONCE = 10_000
"""Labels that may wait until they are put where they belong: a worker that starts reads millions."""

SWEPT_WITHIN = DAY_SECONDS
"""Event time in which all rows are looked at for what has expired."""

SOURCES = ("matured", "chargeback", "analyst", "customer")
SOURCE_NUMBERS = {source: number for number, source in enumerate(SOURCES)}

Suspicion = tuple[str, int, int, float]
"""Terminal, time in µs, tag and amount_risk of a payment whose amount alone is suspicious."""

Waiting = tuple[str, str | None, int, int, Claim]
"""Terminal, customer, time of payment in µs, tag, and what is said."""


class LabelBook:
    """Labels as they became known, and how suspicious the amounts of payments were.

    Labels may be learnt in any order and long before they are known: what is asked about time T never sees
    a later one. Where labels of a payment contradict each other, the one that became known last counts from
    then on; a withdrawn one takes back what its source said, so that the claims of others stand again.

    One per process: every partition asks it, every label reaches it. It keeps labels of the partition that
    is farthest behind, but at most 45 days more than the one that is farthest ahead needs.

    Cost: about 2 µs a label, 1 µs a question. Memory: 44 bytes a label of the last 62 days.
    """

    def __init__(self) -> None:
        self.amounts = AmountTables()
        """How risky amounts are, by the time from which each table counts."""
        self.customers = Records(loops.ROW, loops.FACT)
        self._terminals = Records(loops.ROW, loops.FACT)
        self._waiting: list[Waiting] = []
        # Everything that was said of a payment of which more than one thing was said.
        self._contested: dict[tuple[str, int, int], tuple[Claim, ...]] = {}
        self._followed: WeakSet[Watermark] = WeakSet()
        self._horizon = -inf
        self._prune_at = MOST_FACTS
        self.late = 0
        """Labels that came too late for any window, and were dropped."""
        self.early = 0
        """Labels said to be known before their payment was made; they are wrong, and dropped."""

    def __len__(self) -> int:
        """Count the terminals and customers remembered."""
        self._flush()
        return len(self._terminals) + len(self.customers)

    @property
    def entries(self) -> int:
        """Number of facts remembered."""
        self._flush()
        return self._terminals.entries + self.customers.entries + len(self._contested)

    def follow(self, watermark: Watermark) -> None:
        """Keep labels for whoever advances this watermark, as long as it lives."""
        self._followed.add(watermark)

    def learn(self, labels: Sequence[Label]) -> None:
        """Take in labels; one that was learnt before changes nothing."""
        for label in labels:
            occurred = label.occurred_at.timestamp()
            claim = claim_of(label)
            if occurred <= self._horizon:
                self.late += 1
                continue
            if claim.known < occurred:
                self.early += 1
                continue
            self._waiting.append(
                (
                    label.terminal_id,
                    key_of(label.customer_id, label.card_id),
                    round(occurred * 1e6),
                    tag_of(label.event_id.int),
                    claim,
                )
            )

        if len(self._waiting) >= AT_ONCE:
            self._flush()

    def take_table(self, model: Model) -> None:
        """Take in the table of amounts that came with a model."""
        if model.amounts is not None:
            self.amounts.add(model.version, model.valid_from.timestamp(), model.amounts)

    def suspect(self, suspicions: Sequence[Suspicion], partition: int = 0) -> None:
        """Take in how suspicious amounts of a partition's payments were; what is known changes nothing."""
        if not suspicions:
            return
        self._flush()
        facts = np.zeros(len(suspicions), loops.FACT)
        facts["occurred"] = [occurred for _, occurred, _, _ in suspicions]
        facts["since"] = [round(risk * 1e6) for *_, risk in suspicions]
        facts["tag"] = [tag for _, _, tag, _ in suspicions]
        facts["kind"], facts["said"] = loops.SUSPICION, partition
        add(self._terminals, [terminal for terminal, *_ in suspicions], facts)

    def observe(
        self, terminals: Sequence[str], micros: NDArray[np.int64], partition: int = 0
    ) -> NDArray[np.float64]:
        """Give what is known of terminals at a moment each.

        Parameters
        ----------
        terminals
            Which.
        micros
            When, in microseconds since 1970.
        partition
            Whose knowledge of amounts counts: what another one has read by now depends on chance.

        Returns
        -------
        NDArray
            Columns as in `TERMINAL_FEATURES`, shape (n, 11).

        """
        self._flush()
        out = np.empty((len(terminals), len(TERMINAL_FEATURES)))
        rows = self._terminals.find(terminals)
        loops.observe_terminals(rows, micros, partition, self._terminals.rows, self._terminals.heap, out)
        return out

    def prepare(self) -> None:
        """Put labels where they belong, before a batch."""
        self._flush()

    def _flush(self) -> None:
        """Put labels that wait where they belong, all at once."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        terminals, payers, occurred, tags, claims = zip(*waiting, strict=True)
        facts = np.zeros(len(waiting), loops.FACT)
        facts["occurred"], facts["tag"] = occurred, tags
        facts["since"] = np.rint(np.array([claim.known for claim in claims]) * 1e6)
        facts["kind"] = [claim.kind for claim in claims]
        facts["said"] = [SOURCE_NUMBERS[claim.said_by] for claim in claims]
        outcomes = add(self._terminals, terminals, facts)
        for number in np.flatnonzero(outcomes == CONTRADICTS).tolist():
            self._contest(waiting[number])
        customers = list(payers)
        if self._contested:
            for number, place in enumerate(zip(terminals, occurred, tags, strict=True)):
                if place in self._contested:
                    customers[number] = None  # written by `_contest`
        known = np.flatnonzero([customer is not None for customer in customers])
        add(self.customers, [customers[number] for number in known.tolist()], facts[known])

    def _contest(self, waiting: Waiting) -> None:
        """Write down anew what stands when of a payment of which several things were said."""
        terminal, customer, occurred, tag, claim = waiting
        place = terminal, occurred, tag
        before = self._contested.get(place)
        if before is None:
            before = claims_at(self._terminals, terminal, occurred, tag)
        if claim in before:
            return
        claims = self._contested[place] = tuple(sorted((*before, claim)))
        stood = spans(claims)
        moments = sorted({claim.known for claim in claims})
        facts = np.zeros(len(moments), loops.FACT)
        facts["occurred"], facts["tag"] = occurred, tag
        for number, moment in enumerate(moments):
            facts["since"][number] = micros_of(moment)
            stands = [span.claim for span in stood if span.since <= moment < span.until]
            facts["kind"][number] = stands[0].kind if stands else WITHDRAWN
        # A fact of a contested payment has no source: it is what stands, not what somebody said.
        facts["said"] = loops.SPAN
        for records, key in ((self._terminals, terminal), (self.customers, customer)):
            if key is None:
                continue
            row = int(records.find_or_make([key])[0])
            loops.remove_facts(row, occurred, tag, records.rows, records.heap)
            add(records, [key] * len(facts), facts)

    def expire(self) -> None:
        """Move the horizon along with the followed watermarks, where one has moved; drop what is older."""
        reached = [watermark.seconds for watermark in self._followed]
        if not reached or max(reached) == -inf:
            return
        horizon = max(min(reached), max(reached) - MAX_SKEW_SECONDS) - KEPT_SECONDS
        part, self._horizon = (horizon - self._horizon) / SWEPT_WITHIN, horizon
        if not part > 0:  # also where nothing is reached yet, or another partition begins farther back
            return
        self._flush()
        cut = int(self._horizon * 1e6)
        for records in (self._terminals, self.customers):
            rows = records.sweep(part)
            loops.drop_facts(rows, cut, MOST_FACTS, cut + KEPT, records.rows, records.heap)
            records.free(rows[records.rows["count"][rows] == 0].tolist())
        if len(self._contested) >= self._prune_at:
            self._contested = {place: said for place, said in self._contested.items() if place[1] > cut}
            self._prune_at = 2 * len(self._contested) + MOST_FACTS  # amortised O(1)

    def snapshot(self) -> Parts:
        """Copy every fact and every claim that is contested.

        Cost: .02 µs a label.
        """
        self._flush()
        places = list(self._contested)
        claims = [claim for place in places for claim in self._contested[place]]
        return {
            **prefixed("terminals", self._terminals.snapshot()),
            **prefixed("customers", self.customers.snapshot()),
            "horizon": np.array([self._horizon]),
            "counts": np.array([self.late, self.early], np.int64),
            **packed_texts("contested", [terminal for terminal, _, _ in places]),
            "occurred": np.array([occurred for _, occurred, _ in places], np.int64),
            "tags": np.array([tag for _, _, tag in places], np.uint32),
            "sizes": np.array([len(self._contested[place]) for place in places], np.uint32),
            "known": np.array([claim.known for claim in claims], np.float64),
            "kinds": np.array([claim.kind for claim in claims], np.uint8),
            "sources": np.array([SOURCE_NUMBERS[claim.said_by] for claim in claims], np.uint8),
        }

    def restore(self, parts: Parts) -> None:
        """Go on from a snapshot; tables of amounts come with models and are not part of it.

        Raises
        ------
        SnapshotRefused
            The parts are not what `snapshot` makes.

        """
        terminals, customers = (Records(loops.ROW, loops.FACT) for _ in range(2))
        terminals.restore(unprefixed("terminals", parts))
        customers.restore(unprefixed("customers", parts))
        (horizon,) = column(parts, "horizon", np.float64, 1).tolist()
        late, early = column(parts, "counts", np.int64, 2).tolist()
        contested = contested_of(parts)
        if ((terminals.heap["kind"] > loops.SUSPICION).any()) or (
            customers.heap["kind"] > loops.SUSPICION
        ).any():
            raise SnapshotRefused("a fact is of an unknown kind")
        self._terminals, self.customers, self._contested = terminals, customers, contested
        self._horizon, self.late, self.early = horizon, late, early
        self._waiting.clear()


CONTRADICTS = 2


def add(records: Records, keys: Sequence[str | None], facts: NDArray[np.void]) -> NDArray[np.int8]:
    """Put facts into the rows of their keys; see `loops.add_facts` for what comes back."""
    rows = records.find_or_make(keys)
    outcomes = np.zeros(len(rows), np.int8)

    def loop(begin: int) -> int:
        return int(loops.add_facts(begin, rows, facts, records.rows, records.heap, records.state, outcomes))

    records.fill(rows, loop)
    return outcomes


def claims_at(records: Records, key: str, occurred: int, tag: int) -> tuple[Claim, ...]:
    """Read what was said of a payment from its only fact."""
    place = records.rows[records.row(key)]
    facts = records.heap[int(place["start"]) : int(place["start"]) + int(place["count"])]
    said = facts[(facts["occurred"] == occurred) & (facts["tag"] == tag) & (facts["kind"] != loops.SUSPICION)]
    return tuple(
        Claim(since / 1e6, kind, SOURCES[source])
        for since, kind, source in zip(
            said["since"].tolist(), said["kind"].tolist(), said["said"].tolist(), strict=True
        )
    )


def micros_of(seconds: float) -> int:
    """Write a moment in whole microseconds."""
    return round(seconds * 1e6)


def contested_of(parts: Parts) -> dict[tuple[str, int, int], tuple[Claim, ...]]:
    """Read what several things were said of.

    Raises
    ------
    SnapshotRefused
        Columns that do not fit together, or a claim of an unknown kind or source.

    """
    sizes = column(parts, "sizes", np.uint32).astype(np.int64)
    terminals = texts(parts, "contested", len(sizes))
    occurred = column(parts, "occurred", np.int64, len(sizes)).tolist()
    tags = column(parts, "tags", np.uint32, len(sizes)).tolist()
    known = column(parts, "known", np.float64, int(sizes.sum()))
    kinds = column(parts, "kinds", np.uint8, len(known))
    sources = column(parts, "sources", np.uint8, len(known))
    if not np.isfinite(known).all() or (kinds > WITHDRAWN).any() or (sources >= len(SOURCES)).any():
        raise SnapshotRefused("a label is of an unknown kind, source or time")
    said = [SOURCES[source] for source in sources.tolist()]
    claims = list(map(Claim, known.tolist(), kinds.tolist(), said))
    ends = np.cumsum(sizes).tolist()
    return {
        place: tuple(claims[end - size : end])
        for place, size, end in zip(
            zip(terminals, occurred, tags, strict=True), sizes.tolist(), ends, strict=True
        )
    }
