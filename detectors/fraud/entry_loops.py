"""Loops over rows of entries: what happened when, sorted by time, in three flat columns.

An entry is a time in microseconds since 1970 and an amount, in ten bytes: `seconds` (32 bits), `packed` (28
bits of the amount above the 4 high bits of the microseconds) and `micros` (their 16 low bits). An amount of
2^27 or more stands in `large`, and `packed` says where: so every time until 2106 and every amount is exact.

A memory is five things: the rows (where each starts, how many entries it has, how many it has room for), the
three columns of entries, the large amounts, the places that are free there, and `state`.
"""

from typing import Any

import numpy as np

from detectors.compiled import compiled

__all__ = ["BUSY", "DIRECT", "FREE_LARGE", "LIVE", "USED", "add", "add_and_sum", "drop", "remove", "slide"]
__all__ += ["sum_windows"]

DIRECT = 1 << 27
"""Amounts below stand in the entry itself."""

USED, FREE_LARGE, LIVE = range(3)
"""Places in `state`: entries handed out so far, free places in `large`, entries that belong to a row."""

BUSY = 256
"""Rows with fewer entries are added up anew each time: that costs about .2 µs."""

DAY = 86_400_000_000
WINDOWS = (DAY, 7 * DAY, 30 * DAY)


@compiled
def moment(entries: Any, at: Any) -> Any:
    """Read the time of an entry."""
    seconds, packed, micros = entries
    high = (np.int64(packed[at]) & 15) << 16
    return np.int64(seconds[at]) * 1_000_000 + high + np.int64(micros[at])


@compiled
def copy(entries: Any, source: Any, target: Any) -> None:
    """Copy one entry."""
    seconds, packed, micros = entries
    seconds[target], packed[target], micros[target] = seconds[source], packed[source], micros[source]


@compiled
def first_after(entries: Any, low: Any, high: Any, time: Any) -> Any:
    """Find the first entry in [low, high) that is later than a time."""
    while low < high:
        middle = (low + high) // 2
        if moment(entries, middle) > time:
            high = middle
        else:
            low = middle + 1
    return low


@compiled
def write_sums(memory: Any, low: Any, end: Any, time: Any, out: Any) -> None:
    """Write count and sum of three windows that end before `end`, of entries from `low` on."""
    _, entries, large, _, _ = memory
    _, packed, _ = entries
    inner, total = end, np.int64(0)
    for place in range(3):
        begin = first_after(entries, low, inner, time - WINDOWS[place])
        for at in range(begin, inner):
            amount = np.int64(packed[at] >> 4)
            total += amount if amount < DIRECT else large[amount - DIRECT]
        inner = begin
        out[2 * place] = end - begin
        out[2 * place + 1] = total


@compiled
def drop(row: Any, cut: Any, memory: Any) -> Any:
    """Drop the entries of a row that are not later than `cut`; return how many are left."""
    rows, entries, _, free, state = memory
    starts, counts, _ = rows
    start: Any = np.int64(starts[row])
    count: Any = np.int64(counts[row])
    gone = first_after(entries, start, start + count, cut) - start
    if gone:
        for at in range(start, start + gone):
            amount = np.int64(entries[1][at] >> 4)
            if amount >= DIRECT:
                free[state[FREE_LARGE]] = amount - DIRECT
                state[FREE_LARGE] += 1
        for at in range(start, start + count - gone):
            copy(entries, at + gone, at)
        counts[row] = count - gone
    return count - gone


@compiled
def has_room(row: Any, cut: Any, memory: Any) -> bool:
    """Make room for one more entry in a row; False if there is none."""
    rows, entries, _, _, state = memory
    starts, counts, sizes = rows
    if counts[row] < sizes[row]:
        return True
    count = drop(row, cut, memory)
    if count < sizes[row]:
        return True
    start: Any = np.int64(starts[row])
    size = count + max(2, count // 16)
    used = state[USED]
    if used + size > len(entries[0]):
        return False
    for at in range(count):
        copy(entries, start + at, used + at)
    state[LIVE] += size - count
    state[USED] = used + size
    starts[row], sizes[row] = used, size
    return True


@compiled
def insert(row: Any, time: Any, amount: Any, memory: Any) -> Any:
    """Put an entry behind those of its time or earlier, in a row that has room; return its place."""
    rows, entries, large, free, state = memory
    starts, counts, _ = rows
    seconds, packed, micros = entries
    start: Any = np.int64(starts[row])
    place = start + np.int64(counts[row])
    while place > start and moment(entries, place - 1) > time:
        copy(entries, place - 1, place)
        place -= 1
    if amount >= DIRECT:
        state[FREE_LARGE] -= 1
        slot = free[state[FREE_LARGE]]
        large[slot] = amount
        amount = slot + DIRECT
    fraction = time % 1_000_000
    seconds[place] = time // 1_000_000
    packed[place] = amount << 4 | fraction >> 16
    micros[place] = fraction & 0xFFFF
    counts[row] += 1
    return place


@compiled
def slide_sums(memory: Any, last: Any, place: Any, cut: Any, out: Any) -> None:
    """Write the windows of a busy row by moving those of its last entry on."""
    _, entries, large, _, _ = memory
    _, packed, _ = entries
    start, time = place - last[1], moment(entries, place)
    for window in range(3):
        begin, total = start + last[2 + window], last[5 + window]
        edge = max(time - WINDOWS[window], cut)
        amount = np.int64(packed[place] >> 4)
        total += amount if amount < DIRECT else large[amount - DIRECT]
        while begin < place and moment(entries, begin) <= edge:
            amount = np.int64(packed[begin] >> 4)
            total -= amount if amount < DIRECT else large[amount - DIRECT]
            begin += 1
        last[2 + window], last[5 + window] = begin - start, total
        out[2 * window], out[2 * window + 1] = place + 1 - begin, total


@compiled
def add_and_sum(begin: Any, new: Any, memory: Any, busy: Any, out: Any) -> Any:
    """Add entries one after the other and write the windows of each as of its own time, itself included.

    Returns where it stopped for want of room; the number of entries if it did not. Entries up to the cut
    of the moment are as if they were gone, whether they are or not. `busy` remembers the windows of the
    last entry of rows with many entries, so that these are not added up anew each time.
    """
    of_row, times, amounts, cuts = new
    rows, entries, _, _, _ = memory
    starts, counts, _ = rows
    for number in range(begin, len(of_row)):
        row, time, cut = of_row[number], times[number], cuts[number]
        if row < 0:
            out[number, 0::2] = 1
            out[number, 1::2] = amounts[number]
            continue
        before: Any = np.int64(counts[row])
        if not has_room(row, cut, memory):
            return number
        count: Any = np.int64(counts[row])
        start: Any = np.int64(starts[row])
        place = insert(row, time, amounts[number], memory)
        last = busy[row % len(busy)]
        in_order = place == start + count
        if count >= BUSY and in_order and last[0] == row and last[1] == before == count:
            slide_sums(memory, last, place, cut, out[number])
        else:
            low = min(first_after(entries, start, place, cut), place)
            write_sums(memory, low, place + 1, time, out[number])
            if count < BUSY:
                continue
            last[0] = row if in_order else -1
            for window in range(3):
                last[2 + window] = place + 1 - start - np.int64(out[number, 2 * window])
                last[5 + window] = np.int64(out[number, 2 * window + 1])
        last[1] = count + 1
    return len(of_row)


@compiled
def add(begin: Any, new: Any, memory: Any) -> Any:
    """Add entries one after the other; return where it stopped for want of room."""
    of_row, times, amounts, cuts = new
    for number in range(begin, len(of_row)):
        if not has_room(of_row[number], cuts[number], memory):
            return number
        insert(of_row[number], times[number], amounts[number], memory)
    return len(of_row)


@compiled
def sum_windows(of_row: Any, times: Any, memory: Any, out: Any) -> None:
    """Write the windows of rows as of a time each."""
    rows, entries, _, _, _ = memory
    starts, counts, _ = rows
    for number in range(len(of_row)):
        row, time = of_row[number], times[number]
        if row < 0:
            out[number] = 0
            continue
        start: Any = np.int64(starts[row])
        end = first_after(entries, start, start + np.int64(counts[row]), time)
        write_sums(memory, start, end, time, out[number])


@compiled
def remove(row: Any, time: Any, amount: Any, memory: Any) -> bool:
    """Take out one entry of this time and of this amount, which is no large one; False if there is none."""
    rows, entries, _, _, _ = memory
    starts, counts, _ = rows
    start: Any = np.int64(starts[row])
    end = start + np.int64(counts[row])
    for at in range(first_after(entries, start, end, time - 1), end):
        if moment(entries, at) != time:
            return False
        if np.int64(entries[1][at] >> 4) == amount:
            for later in range(at, end - 1):
                copy(entries, later + 1, later)
            counts[row] -= 1
            return True
    return False


@compiled
def slide(order: Any, memory: Any) -> None:
    """Move rows together, in the order in which they stand, each with little room to grow."""
    rows, entries, _, _, state = memory
    starts, counts, sizes = rows
    used = np.int64(0)
    for row in order:
        start: Any = np.int64(starts[row])
        count: Any = np.int64(counts[row])
        for at in range(count):
            copy(entries, start + at, used + at)
        starts[row] = used
        sizes[row] = min(np.int64(sizes[row]), count + max(2, count // 16))
        used += np.int64(sizes[row])
    state[USED] = state[LIVE] = used
