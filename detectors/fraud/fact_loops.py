"""Loops over what is known of payments: rows of facts by terminal or customer, each row sorted by payment.

A memory is `rows` (per row where its records start, how many there are, how many have room), `heap` (the
records of all rows) and `state` (records handed out so far, records with a row). A fact is what was said of a
payment, or how suspicious its amount was (in millionths, as `since`; as `said` the partition that knows it);
facts of one payment stand together, in the order from which each stands.
"""

from math import exp
from typing import Any

import numpy as np

from detectors.compiled import compiled

__all__ = ["FACT", "LIVE", "ROW", "SPAN", "SUSPICION", "TERMINAL_COLUMNS", "USED", "VOID"]
__all__ += ["add_facts", "drop_facts", "observe_terminals", "remove_facts", "slide"]

FACT = np.dtype([("occurred", "<i8"), ("since", "<i8"), ("tag", "<u4"), ("kind", "u1"), ("said", "u1")])
ROW = np.dtype([("start", "<u4"), ("count", "<u4"), ("size", "<u4")])
USED, LIVE = range(2)
GENUINE, FRAUD, VOID, SUSPICION = range(4)
"""Kinds of facts; the first three as in `claims`."""

SPAN = 4
"""What stands of several claims, instead of who said one."""

DAY = 86_400_000_000
LOOKED_AT = 256
"""Labels of a terminal looked at, at most, the newest first: a busy one costs no more than others."""
WINDOW = 60 * DAY

(
    HONEST_SINCE, SINCE_UNEXPLAINED, RUN, RUN_UNEXPLAINED, RUN_AGE, RUN_AGE_AT_MOST, RUN_GAP, SINCE_HONEST,
    COMPROMISED, FRAUDS_7D, LABELS_30D,
) = range(11)  # fmt: skip
TERMINAL_COLUMNS = 11
"""Columns in the order of `features.TERMINAL_FEATURES`."""

SURE = 1 - 1e-9
"""Nothing is surer, or odds would be infinite."""

MEMORY_DAYS, PRIOR = 28.0, 0.0056
"""How long a compromise lasts, and how many terminals are compromised; from the simulator of the public data,
and of the right size for shops."""


@compiled
def has_room(row: Any, rows: Any, heap: Any, state: Any) -> bool:
    """Make room for one more record in a row, at the end of the heap if need be; False if there is none."""
    place = rows[row]
    if place.count < place.size:
        return True
    count: Any = np.int64(place.count)
    start: Any = np.int64(place.start)
    size = count + max(2, count // 16)
    used = state[USED]
    if used + size > len(heap):
        return False
    for at in range(count):
        heap[used + at] = heap[start + at]
    state[LIVE] += size - np.int64(place.size)
    state[USED] = used + size
    place.start, place.size = used, size
    return True


@compiled
def drop_first(row: Any, number: Any, rows: Any, heap: Any) -> None:
    """Drop the first records of a row."""
    place = rows[row]
    start, count = np.int64(place.start), np.int64(place.count)
    for at in range(start, start + count - number):
        heap[at] = heap[at + number]
    place.count = count - number


@compiled
def slide(order: Any, rows: Any, heap: Any, state: Any) -> None:
    """Move rows together, in the order in which they stand, each with little room to grow."""
    used = np.int64(0)
    for row in order:
        place = rows[row]
        start: Any = np.int64(place.start)
        count: Any = np.int64(place.count)
        for at in range(count):
            heap[used + at] = heap[start + at]
        place.start = used
        place.size = min(np.int64(place.size), count + max(2, count // 16))
        used += np.int64(place.size)
    state[USED] = state[LIVE] = used


@compiled
def first_fact(facts: Any, low: Any, high: Any, occurred: Any) -> Any:
    """Find the first fact in [low, high) about a payment that was not before a time."""
    while low < high:
        middle = (low + high) // 2
        if facts[middle].occurred >= occurred:
            high = middle
        else:
            low = middle + 1
    return low


@compiled
def add_facts(begin: Any, of_row: Any, new: Any, rows: Any, facts: Any, state: Any, outcome: Any) -> Any:
    """Put facts where their times belong, as long as there is room; return where it stopped.

    `outcome`: 0 put there, 1 known already, 2 another was said of the same payment and it was not put there.
    """
    for number in range(begin, len(of_row)):
        row, fact = of_row[number], new[number]
        if not has_room(row, rows, facts, state):
            return number
        place = rows[row]
        start: Any = np.int64(place.start)
        end = start + np.int64(place.count)
        at = end
        if end > start and facts[end - 1].occurred >= fact.occurred:
            at = first_fact(facts, start, end, fact.occurred)
        outcome[number] = 0
        while at < end and facts[at].occurred == fact.occurred and facts[at].tag <= fact.tag:
            other = facts[at]
            if other.tag == fact.tag:
                if other.kind == fact.kind and other.since == fact.since and other.said == fact.said:
                    outcome[number] = 1
                    break
                if other.kind != SUSPICION and fact.kind != SUSPICION and fact.said < SPAN:
                    outcome[number] = 2
                    break
                if other.kind == SUSPICION and fact.kind == SUSPICION and other.said == fact.said:
                    outcome[number] = 1
                    break
                if other.since > fact.since:
                    break
            at += 1
        if outcome[number]:
            continue
        for later in range(end, at, -1):
            facts[later] = facts[later - 1]
        facts[at] = fact
        place.count += 1
    return len(of_row)


@compiled
def remove_facts(row: Any, occurred: Any, tag: Any, rows: Any, facts: Any) -> None:
    """Take out what was said of one payment; how suspicious its amount was stays."""
    place = rows[row]
    start: Any = np.int64(place.start)
    end = start + np.int64(place.count)
    at = first_fact(facts, start, end, occurred)
    kept = at
    for one in range(at, end):
        fact = facts[one]
        if fact.occurred != occurred or fact.tag != tag or fact.kind == SUSPICION:
            facts[kept] = facts[one]
            kept += 1
    place.count -= end - kept


@compiled
def drop_facts(of_row: Any, cut: Any, most: Any, reached: Any, rows: Any, facts: Any) -> None:
    """Drop facts of payments before `cut`, and the oldest of more than `most` known by `reached`.

    What becomes known later does not count: others may still ask what was known before.
    """
    for row in of_row:
        place = rows[row]
        start: Any = np.int64(place.start)
        count = np.int64(place.count)
        if count == 0:
            continue
        gone = first_fact(facts, start, start + count, cut) - start
        if count - gone > most:
            known = np.int64(0)
            for at in range(start, start + count):
                known += facts[at].since <= reached
            gone = max(gone, known - most)
        if gone > 0:
            drop_first(row, gone, rows, facts)


@compiled
def standing(at: Any, start: Any, moment: Any, partition: Any, facts: Any) -> Any:
    """Read the facts of a payment backwards: what stands, its risk, since when, and where the next one is.

    A risk counts for the partition that knows it: what others have read by now is chance.
    """
    occurred, tag = facts[at].occurred, facts[at].tag
    said, risk, since = VOID, 0.0, np.int64(0)
    found = False
    while at >= start and facts[at].occurred == occurred and facts[at].tag == tag:
        fact = facts[at]
        if fact.kind == SUSPICION:
            if fact.said == partition:
                risk = fact.since / 1e6
        elif not found and fact.since <= moment:
            found = True
            said, since = fact.kind, fact.since
        at -= 1
    return said, risk, since, at


@compiled
def kept_of(elapsed: Any) -> Any:
    """How much of a compromise is left after a time: e to the power of −its share of `MEMORY_DAYS`."""
    share = elapsed * (1 / (MEMORY_DAYS * DAY))
    if share > 0.01:
        return exp(-share)
    return 1.0 - share * (
        1.0 - share * (0.5 - share * (1 / 6 - share / 24))
    )  # right to 1e-12, a quarter of exp


@compiled
def compromised(weights: Any, moments: Any, seen: Any, moment: Any) -> Any:
    """How likely a terminal is compromised, by what its payments turned out to be; the newest come first.

    The probability is `part / whole` to the end: each payment weighs `part` and leaves the rest of `whole`
    as it is, and dividing each time would take three times as long.
    """
    part, whole, last = PRIOR, 1.0, moments[seen - 1] if seen else moment
    for back in range(seen - 1, -1, -1):
        kept, weight = kept_of(moments[back] - last), weights[back]
        new, more = PRIOR * (1 - kept), weight - 1
        weighed = weight * kept * part + weight * new * whole
        whole = more * kept * part + (1 + more * new) * whole
        part = min(weighed, SURE * whole)
        if back % 16 == 0:  # before they grow too large or too small to be written
            part, whole = part / whole, 1.0
        last = moments[back]
    kept = kept_of(moment - last)
    return part / whole * kept + PRIOR * (1 - kept)


@compiled
def observe_terminals(of_row: Any, times: Any, partition: Any, rows: Any, facts: Any, out: Any) -> None:
    """Write what is known of terminals at a moment each; nothing for the row -1.

    Cost: at most 2 µs, where `LOOKED_AT` labels are looked at.
    """
    weights = np.empty(LOOKED_AT)
    moments = np.empty(LOOKED_AT, np.int64)
    for number in range(len(of_row)):
        row, moment, features = of_row[number], times[number], out[number]
        features[:] = 0.0
        honest_since, since_unexplained, since_honest = 0, 60.0, 60.0
        run, run_unexplained, run_age, run_age_at_most = 0.0, 0.0, 99.0, 99.0
        labels_30d, frauds_7d = 0, 0
        seen, state = 0, 0  # state: 0 before, 1 within, 2 behind the newest run of frauds
        if row >= 0:
            start: Any = np.int64(rows[row].start)
            at: Any = start + np.int64(rows[row].count) - 1
            while at >= start and seen < LOOKED_AT:
                occurred = facts[at].occurred
                if moment - occurred >= WINDOW:
                    break
                said, risk, since, at = standing(at, start, moment, partition, facts)
                if said == VOID or occurred >= moment:
                    continue
                labels_30d += moment - since < 30 * DAY
                moments[seen] = occurred
                if said == GENUINE:
                    weights[seen] = 0.02
                    if state == 0:
                        honest_since += 1
                    elif state == 1:
                        run_age_at_most, state = (moment - occurred) / DAY, 2
                    if since_honest == 60.0:
                        since_honest = (moment - occurred) / DAY
                else:
                    age = (moment - occurred) / DAY
                    weights[seen] = 0.98 / max(risk, 0.005)
                    frauds_7d += moment - since < 7 * DAY
                    if state == 0 and risk < 0.5:
                        state, since_unexplained, run_age_at_most = 1, age, 75.0
                    if state == 1:
                        run, run_unexplained, run_age = run + 1, run_unexplained + 1 - risk, age
                seen += 1
        features[COMPROMISED] = compromised(weights, moments, seen, moment)
        features[FRAUDS_7D], features[LABELS_30D] = frauds_7d, labels_30d
        features[HONEST_SINCE], features[SINCE_UNEXPLAINED] = honest_since, since_unexplained
        features[RUN], features[RUN_UNEXPLAINED], features[RUN_AGE] = run, run_unexplained, run_age
        features[RUN_AGE_AT_MOST], features[SINCE_HONEST] = run_age_at_most, since_honest
        features[RUN_GAP] = run_age_at_most - run_age if state == 2 else -1.0
