"""Loops over who paid with each device: an open table, one row a device.

Rows are found by the device's number, from its place modulo the length on; the number 0 is no device.
"""

from typing import Any

import numpy as np

from detectors.compiled import compiled

__all__ = ["DEVICE", "REMEMBERED", "SHARED_MICROS", "observe_devices", "place_rows"]

REMEMBERED = 4
"""Customers of a device; of more the one who paid longest ago is forgotten. Chosen: who shares a tablet is
fewer, and who tries cards out is more."""
SHARED_MICROS = 86_400_000_000
"""A day."""
DEVICE = np.dtype([("device", "<u4"), ("customers", "<u4", REMEMBERED), ("micros", "<i8", REMEMBERED)])


@compiled
def place_of(device: Any, rows: Any) -> Any:
    """Find the row of a device, or the empty one where it belongs."""
    place: Any = np.int64(device) % len(rows)
    while rows[place].device != 0 and rows[place].device != device:
        place = (place + 1) % len(rows)
    return place


@compiled
def observe_devices(devices: Any, customers: Any, times: Any, rows: Any, out: Any) -> None:
    """Count the others who paid with each payment's device in a day before it, then remember its customer.

    A customer of number 0 is nobody: not remembered. At least one row is empty for each device.
    """
    for number in range(len(devices)):
        out[number] = 0.0
        device, customer, moment = devices[number], customers[number], times[number]
        if device == 0:
            continue
        row = rows[place_of(device, rows)]
        own, oldest = -1, 0
        for one in range(REMEMBERED):
            if row.customers[one] == 0:
                continue
            if row.customers[one] == customer:
                own = one
            elif 0 <= moment - row.micros[one] < SHARED_MICROS:
                out[number] += 1.0
        if customer == 0:
            continue
        row.device = device
        for one in range(1, REMEMBERED):
            if row.micros[one] < row.micros[oldest]:
                oldest = one
        if own < 0:
            row.customers[oldest], row.micros[oldest] = customer, moment
        else:
            row.micros[own] = max(row.micros[own], moment)


@compiled
def place_rows(old: Any, rows: Any) -> None:
    """Put rows into a table with room for them."""
    for number in range(len(old)):
        rows[place_of(old[number].device, rows)] = old[number]
