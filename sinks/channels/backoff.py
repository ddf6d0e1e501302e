"""How long to wait before a webhook is tried again."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import Random

__all__ = ["LONGEST_RETRY_AFTER_SECONDS", "Backoff", "retry_after"]

LONGEST_RETRY_AFTER_SECONDS = 3_600.0
"""A receiver may ask for so much patience; alerts that wait longer are of no use. Chosen, not tuned."""
MOST_DOUBLINGS = 30


@dataclass(frozen=True)
class Backoff:
    """Doubles the wait with every failure, and takes half of it at random.

    Without chance, alerts that failed together would come back together. "Equal jitter" of M. Brooker,
    *Exponential Backoff And Jitter*, AWS Architecture Blog, 2015.
    """

    first_seconds: float
    longest_seconds: float
    random: Random

    def seconds(self, failures: int) -> float:
        """Return the wait after so many failures, 1 or more; between half the doubled wait and all of it."""
        doubled = self.first_seconds * 2.0 ** min(failures - 1, MOST_DOUBLINGS)
        return min(doubled, self.longest_seconds) * self.random.uniform(0.5, 1.0)


def retry_after(header: str | None, *, now: datetime) -> float:
    """Read the header Retry-After, seconds or a date; 0 where there is none or it makes no sense.

    Examples
    --------
    >>> now = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)
    >>> retry_after("7", now=now), retry_after("Sun, 22 Nov 2026 13:01:00 GMT", now=now)
    (7.0, 60.0)
    >>> retry_after("soon", now=now), retry_after("999999999", now=now), retry_after("-5", now=now)
    (0.0, 3600.0, 0.0)

    """
    if header is None:
        return 0.0
    text = header.strip()
    if text.isascii() and text.isdigit():
        # a number of many digits is as good as the longest wait
        seconds = float(text[:10])
    else:
        try:
            date = parsedate_to_datetime(text)
        except ValueError:
            return 0.0
        seconds = (date.replace(tzinfo=date.tzinfo or UTC) - now).total_seconds()
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_SECONDS)
