"""The loop over who paid with each device."""

from typing import Any

import numpy as np

from detectors.compiled import compiled

__all__ = ["DEVICE", "SHARED_MICROS", "observe_devices"]

REMEMBERED = 4
"""Customers of a device; of more the one who paid longest ago is forgotten. Chosen: who shares a tablet is
fewer, and who tries cards out is more."""
SHARED_MICROS = 86_400_000_000
"""A day."""
DEVICE = np.dtype([("micros", "<i8", REMEMBERED), ("customers", "<u4", REMEMBERED)])


@compiled
def observe_devices(of_row: Any, customers: Any, times: Any, rows: Any, out: Any) -> None:
    """Count the others who paid with each payment's device in a day before it, then remember its customer.

    A customer of number 0 is nobody: not remembered.
    """
    for number in range(len(of_row)):
        out[number] = 0.0
        customer, moment = customers[number], times[number]
        row = rows[of_row[number]]
        own, oldest = -1, 0
        for one in range(REMEMBERED):
            if row.customers[one] == customer:
                own = one
            elif row.customers[one] and 0 <= moment - row.micros[one] < SHARED_MICROS:
                out[number] += 1.0
            if row.micros[one] < row.micros[oldest]:
                oldest = one
        if customer == 0:
            continue
        if own < 0:
            row.customers[oldest], row.micros[oldest] = customer, moment
        else:
            row.micros[own] = max(row.micros[own], moment)
