"""Today's list, asked for once for all who look."""

import asyncio
import time
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from aiohttp import web

from sinks.connection import connect
from sinks.review.given import GivenAnswer, given_answers
from sinks.review.listing import ReviewList, ReviewPayment, review_list
from sinks.review.settings import ReviewSettings
from sinks.settings import ClickHouseSettings

__all__ = ["REVIEWS", "Reviews"]

FRESH_SECONDS = 60.0
"""A younger list is shown again: it costs 2 s with 300,000 payments a day, which changes slowly. Chosen."""
STORED_SECONDS = 5.0
"""What was taken back is in the store by then. Chosen: the sink needs one."""
DAY = timedelta(days=1)


class Reviews:
    """Today's list, and the answers that were given on it.

    An answer takes about a second to be in the store, so what was answered or taken back here counts at once.

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
        self._given: tuple[GivenAnswer, ...] = ()
        self._answered: set[UUID] = set()
        self._given_here: dict[str, GivenAnswer] = {}
        self._taken_back: set[str] = set()

    async def current(self) -> ReviewList:
        """Give the list as of at most a minute ago.

        Raises
        ------
        Stop, Retry, ClickHouseError
            The store refuses, does not answer, or holds no scored payment.

        """
        async with self._lock:
            found: ReviewList | None = self._list
            if found is None or time.monotonic() - self._made_at > FRESH_SECONDS:
                made = await asyncio.to_thread(asked, self._store, self._settings)
                found, self._given = made
                self._list, self._made_at = found, time.monotonic()
                self._forget(found)
        left = (
            review._replace(
                payments=tuple(one for one in review.payments if one.event_id not in self._answered)
            )
            for review in found.reviews
        )
        undone = self._taken_back & {one.key for one in self._given}
        answered = found.answered + len(self._given_here) - len(undone)
        return found._replace(answered=answered, reviews=tuple(review for review in left if review.payments))

    def _forget(self, found: ReviewList) -> None:
        """Forget what the store knows by now."""
        self._answered &= {one.event_id for review in found.reviews for one in review.payments}
        stored = {one.key for one in self._given}
        self._taken_back &= stored
        self._given_here = {key: one for key, one in self._given_here.items() if key not in stored}

    def given(self) -> list[GivenAnswer]:
        """Give the answers of 24 hours that stand, the newest first, as of the list that was given last."""
        known = {one.key: one for one in self._given} | self._given_here
        standing = [one for key, one in known.items() if key not in self._taken_back]
        return sorted(standing, key=lambda one: one.at, reverse=True)

    async def payments(self, event_ids: Iterable[UUID]) -> list[ReviewPayment]:
        """Find payments of the list; those that are not on it, or were answered, are left out."""
        wanted = set(event_ids)
        listed = (await self.current()).reviews
        return [one for review in listed for one in review.payments if one.event_id in wanted]

    def answered(self, given: GivenAnswer) -> None:
        """Leave payments out that were answered just now."""
        self._answered.update(one.event_id for one in given.payments)
        self._given_here[given.key] = given

    def taken_back(self, given: GivenAnswer) -> None:
        """Let payments come back; if the list was made without them, as soon as the store knows."""
        self._answered.difference_update(one.event_id for one in given.payments)
        self._given_here.pop(given.key, None)
        self._taken_back.add(given.key)
        self._made_at = min(self._made_at, time.monotonic() + STORED_SECONDS - FRESH_SECONDS)


def asked(store: ClickHouseSettings, settings: ReviewSettings) -> tuple[ReviewList, tuple[GivenAnswer, ...]]:
    """Ask the store by a client of its own."""
    client = connect(store)
    try:
        found = review_list(client, settings)
        # answers are of the wall's time or a simulated one; the newest payment is not far behind either
        return found, given_answers(client, found.at - DAY, found.at + DAY)
    finally:
        client.close()


REVIEWS = web.AppKey("REVIEWS", Reviews)
