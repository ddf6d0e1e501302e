"""What the fraud detector reads of payments, as columns."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from itertools import repeat
from operator import attrgetter
from typing import NamedTuple, Self
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from detectors.fraud import customer_loops as loops
from schemas.transaction import Checks, Transaction

__all__ = ["Payments", "key_of", "own_features", "tag_of"]

SECONDS_PER_DAY = 86_400
LAST_NIGHT_SECOND = 7 * 3_600  # the handbook's night is hour <= 6
FIRST_WEEKDAY = 3  # 1 January 1970 was a Thursday
WEAKLY_READ = {"swipe": 1, "keyed": 2, "ecommerce": 2, "stored": 2}
FAILED = frozenset({"mismatch", "failed"})
TAG = 0xFFFF_FFFF
FIELDS = (
    "occurred_at",
    "status",
    "entry_mode",
    "checks",
    "amount_minor",
    "customer_id",
    "card_id",
    "terminal_id",
    "event_id",
    "device_id",
    "bin_country",
)


class Payments(NamedTuple):
    """Payments in their order; row i of each column is about payment i.

    Parameters
    ----------
    seconds
        When each was made, since 1970.
    amounts
        Minor units of its currency.
    keys
        Who paid: the customer, else the card; None if neither is known.
    terminals
        Where.
    tags
        32 bits of the payment's id, by which labels find it among the payments of a microsecond.
    flags
        See `loops`.
    devices
        With which each was made; None where that is not known.
    countries
        Numbers that stand for those of the cards; 0 where they are not known.
    own
        Features that are the payment's alone, `features.OF_PAYMENT`, shape (n, 5).

    """

    seconds: NDArray[np.float64]
    amounts: NDArray[np.int64]
    keys: list[str | None]
    terminals: list[str]
    tags: NDArray[np.int64]
    flags: NDArray[np.int64]
    devices: Sequence[str | None]
    countries: NDArray[np.int64]
    own: NDArray[np.float64]

    @property
    def micros(self) -> NDArray[np.int64]:
        """When each was made, in microseconds since 1970; until 2100 a float tells them apart."""
        return np.rint(self.seconds * 1e6).astype(np.int64)

    @property
    def device_numbers(self) -> NDArray[np.int64]:
        """Give a number in [1, 2^32) for each device; 0 where none is known."""
        return np.array([0 if device is None else number_of(device) for device in self.devices], np.int64)

    @classmethod
    def of(cls, payments: Sequence[Transaction]) -> Self:
        """Read transactions.

        Cost: 1 µs a payment.
        """
        rows = list(map(attrgetter(*FIELDS), payments))  # in one pass: a payment is in the cache but once
        times, statuses, modes, checks, amounts, customers, cards, terminals, events, devices, countries = (
            zip(*rows, strict=True) if rows else ((),) * len(FIELDS)
        )
        count = len(rows)
        seconds = np.fromiter(map(datetime.timestamp, times), np.float64, count)
        declined = np.array([status == "declined" for status in statuses], np.int64)
        weakly_read = np.fromiter(map(WEAKLY_READ.get, modes, repeat(0)), np.int64, count)
        failed = np.fromiter(map(failed_checks, checks), np.int64, count)
        return cls(
            seconds,
            np.array(amounts, np.int64),
            list(map(key_of, customers, cards)),
            list(terminals),
            np.array([event.int & TAG for event in events], np.int64),
            declined * loops.DECLINED,
            devices,
            np.fromiter(map(country_of, countries), np.int64, count),
            own_features(seconds, weakly_read, failed, declined),
        )


def own_features(
    seconds: NDArray[np.float64],
    weakly_read: NDArray[np.int64],
    failed: NDArray[np.int64],
    declined: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Put together what is a payment's alone: times, and per payment what `features.OF_PAYMENT` says."""
    days, of_day = np.divmod(seconds, SECONDS_PER_DAY)
    night, weekend = of_day < LAST_NIGHT_SECOND, (days + FIRST_WEEKDAY) % 7 >= 5
    own = np.empty((len(seconds), 5))
    for place, column in enumerate((night, weekend, weakly_read, failed, declined)):
        own[:, place] = column
    return own


def key_of(customer: str | None, card: str | None) -> str | None:
    """Name who paid; a card's name is no customer's."""
    return customer if customer is not None or card is None else f"card\x00{card}"


def failed_checks(checks: Checks | None) -> int:
    """Count the checks that did not match."""
    if checks is None:
        return 0
    return (checks.address in FAILED) + (checks.security_code in FAILED) + (checks.three_d_secure in FAILED)


def number_of(device: str) -> int:
    """Give a number in [1, 2^32) for a device."""
    return crc32(device.encode()) or 1


@lru_cache(maxsize=1_024)
def country_of(code: str | None) -> int:
    """Give a number for a country of two letters, 0 for none."""
    return 0 if code is None else ord(code[0]) << 8 | ord(code[1])


def tag_of(event: int) -> int:
    """Give the 32 bits of a payment's id by which its labels find it."""
    return event & TAG
