"""Identifiers that sort by time and can be repeated from a seed."""

import secrets
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

__all__ = ["uuid7"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def uuid7(moment: datetime, random: Random | None = None) -> UUID:
    """Make a version 7 UUID: 48 bits of milliseconds, then 74 random bits.

    Parameters
    ----------
    moment
        The time it carries; with a zone.
    random
        A seeded generator makes the same identifier again; without one the system's own is used.

    Examples
    --------
    >>> uuid7(datetime(2026, 11, 22, tzinfo=UTC), Random(17))
    UUID('01a2008d-7400-7ce9-aa06-e9ab85a0bcc1')

    References
    ----------
    RFC 9562, section 5.7. Python has `uuid.uuid7` from 3.14 on, without a seed.

    """
    # In whole numbers: `timestamp() * 1000` puts one moment in 160 a millisecond too early.
    milliseconds = (moment - EPOCH) // MILLISECOND
    noise = secrets.randbits(74) if random is None else random.getrandbits(74)
    high = noise >> 62
    low = noise & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low)
