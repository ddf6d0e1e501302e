"""Loops over what customers paid: rows of payments, each row sorted by time.

The memory is as in `fact_loops`. A payment takes 14 bytes: `rest` holds the microseconds (20 bits), 8 bits of
the payment's id and 4 flags; `ratio` and `risk` are rounded, see `coded_ratio` and `RISKS`.
"""

from math import exp, log
from typing import Any

import numpy as np

from detectors.compiled import compiled

__all__ = ["AMOUNT_BINS", "CUSTOMER_COLUMNS", "DECLINED", "GONE_SECONDS", "PAID", "PAID_ROW", "RATIO_BINS"]
__all__ += ["RING_DAYS", "amount_bin", "fold_rows", "observe_customers", "ratio_bin"]

PAID = np.dtype([("seconds", "<u4"), ("rest", "<u4"), ("amount", "<f4"), ("ratio", "u1"), ("risk", "u1")])
PLACE = [("start", "<u4"), ("count", "<u4"), ("size", "<u4")]
USUAL = [("weight", "<f4"), ("amount", "<f4"), ("largest", "<f4"), ("folded", "<u4"), ("last", "<u4")]
SEEN = [("device", "<u4"), ("other_device", "<u4"), ("country", "<u2")]
PAID_ROW = np.dtype(PLACE + USUAL + SEEN)
USED, LIVE = range(2)
GENUINE, FRAUD, VOID, SUSPICION = range(4)

DECLINED, SPIKE = 1, 2
"""Flags of a payment."""

MICRO = 1_000_000
DAY = 86_400 * MICRO
RING_DAYS = 22
"""What is older adds to what is usual and is forgotten otherwise: 21 days and one of delay."""
LATE_DAYS = 2
"""A payment that comes later than that is a stranger's. What leaves the ring therefore counts by the label
that was known 20 days after it: no payment that can still come was made before that."""
RING = 96
"""Payments remembered at most for each customer: four a day."""
GONE_SECONDS = 60 * 86_400
"""A customer who paid nothing for so long is a new one."""

USUAL_WEIGHT, USUAL_AMOUNT = 1.5, 50.0
"""A customer begins with so many payments of so much, in the currency's units."""
SPIKE_RATIO = 2.3
AMOUNT_BINS, RATIO_BINS = 14, 32
RISKS = 255.0
"""A risk in [0, 1] is kept in as many steps."""

(
    AMOUNT, RATIO, USUALLY, OF_LARGEST, HIGHEST_14D, SECOND_14D, PAYMENTS_14D, SPIKES, LAST_SPIKE,
    FIRST_SPIKE, RISK, STRANGENESS, STOLEN, PAYMENTS_10M, PAYMENTS_1H, PAYMENTS_1D, DECLINES_1D, NEW_DEVICE,
    OTHER_COUNTRY,
) = range(19)  # fmt: skip
CUSTOMER_COLUMNS = 19
"""Columns in the order of `features.CUSTOMER_FEATURES`; behind them comes what devices say."""

SURE = 1 - 1e-9
"""Nothing is surer, or odds would be infinite."""

MEMORY_DAYS, SHARE, PRIOR = 14.0, 1 / 3, 0.0084
"""How long a theft lasts, how many of the card's payments are the thief's, and how many cards are stolen."""


RATIOS = np.exp(np.arange(256) / 20 - 6.0) - 1e-3
"""What each code of a ratio stands for."""
BINS = np.clip((8 * (np.log(np.maximum(RATIOS, 0) + 1e-3) + 1.8)).astype(np.int64), 0, RATIO_BINS - 1)
"""The column of the table of amounts that it is in: `ratio_bin` of it, looked up."""


@compiled
def paid_at(record: Any) -> Any:
    """Read the time of a payment in microseconds."""
    return np.int64(record.seconds) * 1_000_000 + np.int64(record.rest >> 12)


@compiled
def coded_ratio(ratio: Any) -> Any:
    """Write a ratio as a number up to 255, in steps of 5 %."""
    code: Any = round((log(ratio + 1e-3) + 6.0) * 20)
    return min(255, max(0, code))


@compiled
def amount_bin(amount: Any) -> Any:
    """Find the row of the table of amounts."""
    return min(AMOUNT_BINS - 1, int(2 * log(max(amount, 0.0) + 1.0)))


@compiled
def ratio_bin(ratio: Any) -> Any:
    """Find the column of the table of amounts."""
    return min(RATIO_BINS - 1, max(0, int(8 * (log(max(ratio, 0.0) + 1e-3) + 1.8))))


@compiled
def has_room(row: Any, rows: Any, heap: Any, state: Any) -> bool:
    """As in `fact_loops`: what is compiled calls nothing of another file."""
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
    """As in `fact_loops`."""
    place = rows[row]
    start, count = np.int64(place.start), np.int64(place.count)
    for at in range(start, start + count - number):
        heap[at] = heap[at + number]
    place.count = count - number


@compiled
def said_of(payment: Any, occurred: Any, moment: Any, at: Any, end: Any, facts: Any) -> Any:
    """Find what stands of a payment at a moment among the facts from `at` on; VOID if nothing does."""
    tag = (payment.rest >> 4) & 255
    found = VOID
    while at < end and facts[at].occurred == occurred:
        fact = facts[at]
        if fact.tag & 255 == tag and fact.kind != SUSPICION and fact.since <= moment:
            found = fact.kind
        at += 1
    return found


@compiled
def usual_weight(payment: Any, said: Any) -> Any:
    """How far a payment counts as usual: not at all if declined or fraud, for sure if genuine."""
    if payment.rest & DECLINED or said == FRAUD:
        return 0.0
    if said == GENUINE:
        return 1.0
    return 1.0 - min(payment.risk / RISKS, 0.99)


@compiled
def fold(
    row: Any, number: Any, moment: Any, rows: Any, heap: Any, labels: Any, facts: Any, of_facts: Any
) -> None:
    """Add the first payments of a row to what is usual, as known 20 days after each, or at `moment`."""
    place = rows[row]
    start = np.int64(place.start)
    at, end = np.int64(0), np.int64(0)
    if of_facts >= 0:
        at = np.int64(labels[of_facts].start)
        end = at + np.int64(labels[of_facts].count)
    for one in range(start, start + number):
        payment = heap[one]
        occurred = paid_at(payment)
        while at < end and facts[at].occurred < occurred:
            at += 1
        said = said_of(
            payment, occurred, min(moment, occurred + (RING_DAYS - LATE_DAYS) * DAY), at, end, facts
        )
        weight = usual_weight(payment, said)
        place.weight += weight
        place.amount += weight * payment.amount
        if said == GENUINE and not payment.rest & DECLINED:
            place.largest = max(place.largest, payment.amount)
        place.folded = payment.seconds
    drop_first(row, number, rows, heap)


@compiled
def older_than(row: Any, cut: Any, rows: Any, heap: Any) -> Any:
    """Count the payments of a row that are not later than a time."""
    start, count = np.int64(rows[row].start), np.int64(rows[row].count)
    number = np.int64(0)
    while number < count and paid_at(heap[start + number]) <= cut:
        number += 1
    return number


@compiled
def fold_row(row: Any, cut: Any, rows: Any, heap: Any, labels: Any, facts: Any, of_facts: Any) -> None:
    """Fold what is not later than a time."""
    number = older_than(row, cut, rows, heap)
    if number:
        fold(row, number, np.int64(2**62), rows, heap, labels, facts, of_facts)


@compiled
def fold_rows(of_row: Any, of_facts: Any, cut: Any, memory: Any, known: Any) -> None:
    """Fold rows of which nothing was paid lately, before their labels are forgotten."""
    rows, heap, _ = memory
    labels, facts = known
    for number in range(len(of_row)):
        fold_row(of_row[number], cut, rows, heap, labels, facts, of_facts[number])


@compiled
def look_back(
    row: Any,
    of_facts: Any,
    moment: Any,
    rows: Any,
    heap: Any,
    labels: Any,
    facts: Any,
    strange: Any,
    out: Any,
) -> Any:
    """Write what the remembered payments say; return weight, amount and largest of what is usual."""
    weight, total, largest = 0.0, 0.0, -1.0
    highest, second = 0.0, 0.0
    for column in (PAYMENTS_14D, SPIKES, PAYMENTS_10M, PAYMENTS_1H, PAYMENTS_1D, DECLINES_1D):
        out[column] = 0.0
    last_spike, first_spike = 99.0, 99.0
    stolen, since = PRIOR, moment
    if row >= 0:
        place = rows[row]
        weight, total = np.float64(place.weight), np.float64(place.amount)
        largest = np.float64(place.largest) if place.largest > 0 else -1.0
        start = np.int64(place.start)
        at, end = np.int64(0), np.int64(0)
        if of_facts >= 0:
            at = np.int64(labels[of_facts].start)
            end = at + np.int64(labels[of_facts].count)
        for one in range(start, start + np.int64(place.count)):
            payment = heap[one]
            occurred = paid_at(payment)
            if occurred > moment:
                break
            while at < end and facts[at].occurred < occurred:
                at += 1
            said = said_of(payment, occurred, moment, at, end, facts)
            counted = usual_weight(payment, said)
            weight += counted
            total += counted * payment.amount
            if said == GENUINE and not payment.rest & DECLINED:
                largest = max(largest, np.float64(payment.amount))
            age = moment - occurred
            ratio = RATIOS[payment.ratio]
            if age < 14 * DAY:
                out[PAYMENTS_14D] += 1
                if ratio > highest:
                    highest, second = ratio, highest
                elif ratio > second:
                    second = ratio
            if payment.rest & SPIKE and said != GENUINE and age < 21 * DAY:
                out[SPIKES] += 1
                last_spike = age / DAY
                first_spike = min(99.0, max(first_spike, last_spike)) if first_spike < 99.0 else last_spike
            if age < DAY:
                out[PAYMENTS_1D] += 1
                out[DECLINES_1D] += payment.rest & DECLINED
                out[PAYMENTS_1H] += age < DAY // 24
                out[PAYMENTS_10M] += age < DAY // 144
            kept = exp(-(occurred - since) / (MEMORY_DAYS * DAY)) if one > start else 0.0
            stolen = stolen * kept + PRIOR * (1 - kept)
            likelihood = 1 - SHARE
            if said != GENUINE:
                likelihood += SHARE * strange[BINS[payment.ratio]]
            odds = stolen / (1 - stolen) * likelihood
            stolen = min(odds / (1 + odds), SURE)
            since = occurred
    kept = exp(-(moment - since) / (MEMORY_DAYS * DAY))
    out[STOLEN] = stolen * kept + PRIOR * (1 - kept)
    out[HIGHEST_14D], out[SECOND_14D] = highest, second
    out[LAST_SPIKE], out[FIRST_SPIKE] = last_spike, first_spike
    return weight, total, largest


@compiled
def note_context(place: Any, device: Any, country: Any, out: Any) -> None:
    """Write whether device and the card's country are new to a customer who is not, and remember them."""
    known = place.last > 0
    out[NEW_DEVICE] = 0.0
    if device and device != place.device and device != place.other_device:
        out[NEW_DEVICE] = np.float64(known and place.device > 0)
        place.other_device = place.device
        place.device = device
    out[OTHER_COUNTRY] = 0.0
    if country:
        out[OTHER_COUNTRY] = np.float64(known and place.country > 0 and place.country != country)
        place.country = country


@compiled
def insert(row: Any, moment: Any, payment: Any, rows: Any, heap: Any) -> None:
    """Put a payment (amount, ratio, risk, tag, flags) behind those of its time or earlier; there is room."""
    amount, ratio, risk, tag, flags = payment
    place = rows[row]
    start = np.int64(place.start)
    at = start + np.int64(place.count)
    while at > start and paid_at(heap[at - 1]) > moment:
        heap[at] = heap[at - 1]
        at -= 1
    record = heap[at]
    record.seconds = moment // MICRO
    record.rest = (moment % MICRO) << 12 | tag << 4 | flags | (SPIKE if ratio > SPIKE_RATIO else 0)
    record.amount = amount
    record.ratio = coded_ratio(ratio)
    record.risk = round(risk * RISKS)
    place.count += 1
    place.last = max(np.int64(place.last), moment // MICRO)


@compiled
def forget_if_gone(row: Any, cut: Any, rows: Any) -> None:
    """Make a customer new who paid nothing for long, whether or not the row was freed meanwhile."""
    place = rows[row]
    if place.last > 0 and np.int64(place.last) < cut // MICRO + RING_DAYS * 86_400 - GONE_SECONDS:
        place.count = 0
        place.weight = place.amount = place.largest = 0.0
        place.last = place.folded = place.device = place.other_device = 0
        place.country = 0


@compiled
def observe_customers(
    begin: Any, paid: Any, context: Any, memory: Any, known: Any, tables: Any, out: Any
) -> Any:
    """Give each payment's features of its customer, then remember it; return where room ran out.

    `paid`: row of the customer (-1 for a stranger), of the customer's labels (-1 for none), time, amount and
    the time up to which payments are folded, and the number of late ones; `context`: tag, flags, device and
    country.
    """
    of_row, of_facts, times, amounts, cuts, late = paid
    tags, flags, devices, countries = context
    rows, heap, state = memory
    labels, facts = known
    of_table, risks, strangeness, likelihoods = tables
    for number in range(begin, len(of_row)):
        row, moment, amount = of_row[number], times[number], amounts[number]
        if row >= 0:
            forget_if_gone(row, cuts[number], rows)
            fold_row(row, cuts[number], rows, heap, labels, facts, of_facts[number])
            if rows[row].count >= RING:
                fold(row, 1, 0, rows, heap, labels, facts, of_facts[number])  # by no label: too many to say
            if moment <= cuts[number] + (RING_DAYS - LATE_DAYS) * DAY or moment // MICRO < rows[row].folded:
                late[0] += 1
                row = -1
        if row >= 0 and not has_room(row, rows, heap, state):
            return number
        table, features = of_table[number], out[number]
        weight, total, largest = look_back(
            row, of_facts[number], moment, rows, heap, labels, facts, likelihoods[table], features
        )
        usual = (total + USUAL_WEIGHT * USUAL_AMOUNT) / (weight + USUAL_WEIGHT)
        ratio = amount / usual
        risk = risks[table, amount_bin(amount), ratio_bin(ratio)]
        features[AMOUNT] = amount
        features[RATIO] = log(ratio + 0.01)
        features[USUALLY] = log(usual)
        features[OF_LARGEST] = amount / (largest + 1.0) if largest >= 0 else 1.0
        features[RISK] = risk
        features[STRANGENESS] = strangeness[table, ratio_bin(ratio)]
        features[NEW_DEVICE] = features[OTHER_COUNTRY] = 0.0
        if row >= 0:
            note_context(rows[row], devices[number], countries[number], features)
            insert(row, moment, (amount, ratio, risk, tags[number], flags[number]), rows, heap)
    return len(of_row)
