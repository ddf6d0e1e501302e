"""What analysts have answered on the list of late, and may take back."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from clickhouse_connect.driver.client import Client

from sinks.review.listing import ReviewPayment, ask

__all__ = ["GivenAnswer", "GivenPayment", "given_answers"]


class GivenPayment(NamedTuple):
    """A payment that was answered; fields are the first columns of `given.sql`."""

    card: str
    event_id: UUID
    payment_id: str
    customer_id: str | None
    card_id: str | None
    occurred_at: datetime
    terminal_id: str
    store_id: str
    reporting_minor: int | None

    @classmethod
    def of(cls, one: ReviewPayment) -> "GivenPayment":
        """Take a payment from the list."""
        return cls(*(getattr(one, name) for name in cls._fields))


class GivenAnswer(NamedTuple):
    """What somebody said at a moment about payments of one card."""

    verdict: str
    by: str
    at: datetime
    payments: tuple[GivenPayment, ...]

    @property
    def key(self) -> str:
        """What tells it from other answers of a day."""
        return f"{self.at.timestamp() * 1_000:.0f}-{self.payments[0].event_id.hex[:12]}"


def given_answers(client: Client, since: datetime, until: datetime) -> tuple[GivenAnswer, ...]:
    """Read the answers that were given between two moments and stand, the newest first."""
    found: defaultdict[tuple[str, str, datetime, str], list[GivenPayment]] = defaultdict(list)
    for *columns, verdict, at, by in ask(client, "given", since, until):
        one = GivenPayment(*columns)
        paid = one._replace(occurred_at=one.occurred_at.replace(tzinfo=UTC))
        found[verdict, by, at.replace(tzinfo=UTC), paid.card].append(paid)
    return tuple(GivenAnswer(verdict, by, at, tuple(some)) for (verdict, by, at, _), some in found.items())
