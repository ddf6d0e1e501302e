"""Who shares a device: against the definition, however payments are cut into batches."""

from collections.abc import Sequence
from random import Random

import numpy as np
import pytest

from detectors.errors import SnapshotRefused
from detectors.fraud.devices import Devices
from detectors.fraud.features import FEATURE_NAMES
from detectors.fraud.label_book import LabelBook
from streams.fraud_state import FraudState, without_devices
from streams.snapshots.state_format import format_of_fields
from tests.support.events import MONDAY, payment

HOUR, DAY = 3_600_000_000, 86_400_000_000
START = round(MONDAY.timestamp()) * 1_000_000
Paid = tuple[str, int, int]
"""Device, number of the customer (0 = nobody), microseconds."""


def observed(devices: Devices, paid: Sequence[Paid]) -> list[float]:
    """One batch; time has come to where it begins, and all that may be forgotten is."""
    names, customers, times = zip(*paid, strict=True)
    found = devices.observe(names, np.array(customers), np.array(times, np.int64))
    devices.sweep(0.0, times[0] / 1e6)
    return [float(one) for one in found]


def stream(count: int) -> list[Paid]:
    """Families of up to four share tablets; one payment in ten is nobody's we know."""
    random = Random(4)
    paid = []
    for number in range(count):
        device = random.randrange(60)
        who = 0 if random.random() < 0.1 else 1 + 4 * device + random.randrange(4)
        paid.append((f"device-{device}", who, START + number * 20 * 60_000_000))
    return paid


def by_definition(paid: list[Paid]) -> list[float]:
    return [
        float(
            len({
                other for before, other, then in paid[:place]
                if before == device and 0 <= at - then < DAY and other not in (0, who)
            })
        )
        for place, (device, who, at) in enumerate(paid)
    ]  # fmt: skip


@pytest.mark.parametrize("length", [1, 7, 5_000])
def test_others_of_a_day_are_counted_in_any_batches(length: int) -> None:
    """Two months, so that the table is made anew again and again."""
    paid, devices = stream(5_000), Devices()
    parts = (paid[at : at + length] for at in range(0, len(paid), length))
    found = [value for part in parts for value in observed(devices, part)]
    assert found == by_definition(paid)


def test_who_tries_many_cards_is_seen_and_four_others_are_many() -> None:
    tried = [("phone", 1 + number, START + number * 30_000_000) for number in range(12)]
    assert observed(Devices(), tried) == [0, 1, 2, 3, 4, 4, 4, 4, 4, 4, 4, 4]
    again = [("phone", 7, START + hours * HOUR) for hours in (0, 1, 30)]
    assert observed(Devices(), again) == [0, 0, 0]


def test_devices_that_are_gone_take_no_memory() -> None:
    devices = Devices()
    for day in range(40):
        observed(
            devices,
            [(f"device-{day}-{number}", 1, START + day * DAY + number) for number in range(3_000)],
        )
        devices.sweep(START / 1e6 + (day - 1) * 86_400, START / 1e6 + day * 86_400)
    assert len(devices) < 6 * 3_000
    assert devices.nbytes < 6 * 60 * 3_000


def test_a_snapshot_goes_on_as_if_nothing_had_been() -> None:
    paid, whole, first, second = stream(900), Devices(), Devices(), Devices()
    observed(first, paid[:500])
    second.restore(first.snapshot())
    assert observed(whole, paid)[500:] == observed(second, paid[500:])
    parts = first.snapshot()
    torn = {**parts, "rows": parts["rows"][:-1]}
    twice = {**parts, "keyed": np.zeros_like(parts["keyed"])}
    for broken in (torn, twice, {}):
        with pytest.raises(SnapshotRefused):
            Devices().restore(broken)


def test_a_state_from_before_devices_is_read() -> None:
    known = LabelBook()
    old, new = (format_of_fields(2), format_of_fields(3, {2: without_devices}))
    before, after = FraudState.of(known), FraudState.of(known)
    paid = [payment(number, customer_id="customer-1") for number in range(9)]
    before.detector.observe(paid[:8])
    parts = {name: part for name, part in old.take(before).items() if "devices" not in name}
    new.restore_from(after, 2, parts)
    row = dict(zip(FEATURE_NAMES, after.detector.observe(paid[8:])[0].tolist(), strict=True))
    assert (row["payments_1d"], row["device_customers_1d"]) == (8, 0)
