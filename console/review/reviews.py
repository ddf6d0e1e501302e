"""Today's list, asked for once for all who look."""

import asyncio
import time
from collections.abc import Iterable
from uuid import UUID

from aiohttp import web

from sinks.review.listing import ReviewList, ReviewPayment, review_list_of
from sinks.review.settings import ReviewSettings
from sinks.settings import ClickHouseSettings

__all__ = ["REVIEWS", "Reviews"]

FRESH_SECONDS = 60.0
"""A younger list is shown again: it costs 2 s with 300,000 payments a day, which changes slowly. Chosen."""


class Reviews:
    """Today's list.

    An answer takes about a second to be in the store, so what was answered here is left out at once.

    Parameters
    ----------
    store
        As a user who can only read.
    settings
        The budget.

    """

    def __init__(self, store: ClickHouseSettings, settings: ReviewSettings) -> None:
        self._store = store
        self._settings = settings
        self._lock = asyncio.Lock()
        self._made_at = float("-inf")
        self._list: ReviewList | None = None
        self._answered: set[UUID] = set()

    async def current(self) -> ReviewList:
        """Give the list as of at most a minute ago.

        Raises
        ------
        Stop, Retry, ClickHouseError
            The store refuses, does not answer, or holds no scored payment.

        """
        async with self._lock:
            if self._list is None or time.monotonic() - self._made_at > FRESH_SECONDS:
                self._list = await asyncio.to_thread(review_list_of, self._store, self._settings)
                self._made_at = time.monotonic()
                self._answered &= {one.event_id for review in self._list.reviews for one in review.payments}
            left = (
                review._replace(
                    payments=tuple(one for one in review.payments if one.event_id not in self._answered)
                )
                for review in self._list.reviews
            )
            return self._list._replace(reviews=tuple(review for review in left if review.payments))

    async def payments(self, event_ids: Iterable[UUID]) -> list[ReviewPayment]:
        """Find payments of the list; those that are not on it, or were answered, are left out."""
        wanted = set(event_ids)
        listed = (await self.current()).reviews
        return [one for review in listed for one in review.payments if one.event_id in wanted]

    def answered(self, payments: Iterable[ReviewPayment]) -> None:
        """Leave payments out that were answered just now."""
        self._answered.update(one.event_id for one in payments)


REVIEWS = web.AppKey("REVIEWS", Reviews)
