"""What analysts have answered on the list of late, and may take back."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import NamedTuple

from clickhouse_connect.driver.client import Client

from sinks.review.listing import ReviewPayment, ask

__all__ = ["GivenAnswer", "given_answers"]


class GivenAnswer(NamedTuple):
    """What somebody said at a moment about payments of one card."""

    verdict: str
    by: str
    at: datetime
    payments: tuple[ReviewPayment, ...]

    @property
    def key(self) -> str:
        """What tells it from other answers of a day."""
        return f"{self.at.timestamp() * 1_000:.0f}-{self.payments[0].event_id.hex[:12]}"


def given_answers(client: Client, since: datetime, until: datetime) -> tuple[GivenAnswer, ...]:
    """Read the answers that were given between two moments and stand, the newest first."""
    found: defaultdict[tuple[str, str, datetime, str], list[ReviewPayment]] = defaultdict(list)
    for *columns, verdict, at, by in ask(client, "given", since, until):
        one = ReviewPayment(*columns)
        paid = one._replace(occurred_at=one.occurred_at.replace(tzinfo=UTC))
        found[verdict, by, at.replace(tzinfo=UTC), paid.card].append(paid)
    return tuple(GivenAnswer(verdict, by, at, tuple(some)) for (verdict, by, at, _), some in found.items())
