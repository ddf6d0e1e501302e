"""What the store says about alerts, asked once a second for everybody who looks."""

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from aiohttp import ClientError
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.exceptions import ClickHouseError
from pydantic import ValidationError

from console.alerts.course import COURSE, EXPECTED, Chart, course_chart, payments_chart, window
from console.alerts.detail import Detail, detail
from console.alerts.evidence import SCORED, ScoredRow, evidence, most_suspicious
from console.alerts.page import LIST_QUERIES
from console.alerts.silence import HEARD
from console.alerts.snapshot import Snapshot
from console.alerts.stored import ACTED, ANSWERED, HIDDEN, ONE, PAYMENTS, PLAYBOOKS, HiddenRow, PlaybookRow
from console.alerts.surroundings import Surroundings, questions, surroundings
from console.alerts.wherefrom import Explanations
from console.errors import StoreSilent
from console.language import _
from console.panels.stores import STORES
from console.query import Query, query_parameters
from console.reader import QUERY_SECONDS, Readings, StoreReader
from console.settings import ConsoleSettings
from console.trading_day import trading_day
from producers.clock import Clock, read_clock
from producers.errors import ClockUnreadable
from schemas.alert import Alert
from schemas.errors import Retry, Stop
from sinks.connection import connect_async
from sinks.settings import ClickHouseSettings

__all__ = ["AlertFeed"]

logger = logging.getLogger(__name__)

Row = TypeVar("Row")

TICK_SECONDS = 1.0
FRESH_SECONDS = 0.9
"""An answer this young is shared: a little under the tick, so that no viewer skips one."""
AROUND_SECONDS = 5.0
"""How old what is around an alert may be: it is much, and little of it is new."""
REMEMBERED = 50
"""Opened alerts that are kept for sharing; more people than that rarely look at different ones."""


@dataclass
class Shared:
    """The last answer to a question, and the lock that makes others wait for it instead of asking too."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    taken: float = float("-inf")
    found: Detail | None = None
    around: Readings = field(default_factory=Readings)
    around_taken: float = float("-inf")
    scored: list[ScoredRow] = field(default_factory=list)
    scored_of: UUID | None = None


class AlertFeed:
    """Asks on demand, at most once a second for each thing, whatever the number of viewers.

    Parameters
    ----------
    store
        The store, as a user who can only read.
    settings
        Of the console.

    """

    def __init__(self, store: ClickHouseSettings, settings: ConsoleSettings) -> None:
        self.settings = settings
        self.viewers = 0
        self.closing = asyncio.Event()
        self._store = store
        self._reader = StoreReader(store, LIST_QUERIES)
        self._explanations = Explanations(store)
        self._client: AsyncClient | None = None
        self._connecting = asyncio.Lock()
        self._since = datetime.now(UTC)
        self._snapshot: Snapshot | None = None
        self._taken = float("-inf")
        self._taking = asyncio.Lock()
        self._details: dict[str, Shared] = {}
        self._clock: Clock = read_clock(None)
        self._failing: set[str] = set()

    async def current(self) -> Snapshot:
        """Return what the store said at most a second ago."""
        async with self._taking:
            if self._snapshot is None or time.monotonic() - self._taken >= FRESH_SECONDS:
                self._taken = time.monotonic()
                self._snapshot = await self._take()
            return self._snapshot

    async def opened(self, alert_id: str) -> Detail | None:
        """Return one alert in full, at most a second old, or the last known; None if there is none.

        Raises
        ------
        StoreSilent
            ClickHouse does not answer, and nothing is known of it.

        """
        shared = self._details.pop(alert_id, None) or Shared()
        self._details[alert_id] = shared  # the youngest last, so that the oldest go
        while len(self._details) > REMEMBERED:
            self._details.pop(next(iter(self._details)))
        async with shared.lock:
            if time.monotonic() - shared.taken >= FRESH_SECONDS:
                shared.taken = time.monotonic()
                try:
                    shared.found = await self._detail(alert_id, shared)
                except StoreSilent:
                    if shared.found is None:
                        raise
            return shared.found

    async def alert(self, alert_id: str) -> Alert | None:
        """Read one alert as it stands now; None if there is none.

        Raises
        ------
        StoreSilent
            ClickHouse does not answer.

        """
        rows = await self._ask(ONE, {"alert_id": alert_id})
        return rows[0].alert() if rows else None

    async def like(self, alert_ids: list[str]) -> list[HiddenRow]:
        """Read what was raised in the last seven days of what some alerts are about.

        Raises
        ------
        StoreSilent
            ClickHouse does not answer.

        """
        return await self._ask(HIDDEN, {"alert_ids": alert_ids, "now": int(self.now().timestamp())})

    async def playbooks(self) -> list[PlaybookRow]:
        """Read what the team made of the playbooks, as it stands now.

        Raises
        ------
        StoreSilent
            ClickHouse does not answer.

        """
        return await self._ask(PLAYBOOKS, {})

    async def tick(self) -> bool:
        """Wait for the next second; False when the console is closing."""
        try:
            await asyncio.wait_for(self.closing.wait(), TICK_SECONDS)
        except TimeoutError:
            return True
        return False

    async def close(self) -> None:
        """End all streams and the connections."""
        self.closing.set()
        await self._explanations.close()
        await self._reader.close()
        if self._client is not None:
            await self._client.close()

    def now(self) -> datetime:
        """Read the events' clock."""
        return self._read_clock().now(datetime.now(UTC))

    async def _take(self) -> Snapshot:
        clock, wall = self._read_clock(), datetime.now(UTC)
        day = trading_day(clock.now(wall), clock.now(wall), self.settings.zone)
        settle = timedelta(seconds=self.settings.settle_seconds * clock.speed)
        finished = trading_day(day.now, day.now - settle, self.settings.zone)
        readings = await self._reader.read(query_parameters(finished, wall))
        return Snapshot(
            readings=readings,
            clock=clock,
            day=finished,
            wall=datetime.now(UTC),
            waiting_since=self._since,
            settings=self.settings,
        )

    async def _detail(self, alert_id: str, shared: Shared) -> Detail | None:
        snapshot = await self.current()
        alert = await self.alert(alert_id)
        if alert is None:
            return None
        chart, chart_error = await self._chart(alert, snapshot)
        event_ids = [str(payment.event_id) for payment in alert.payments]
        times = [payment.occurred_at for payment in alert.payments]
        paid = await self._ask(
            PAYMENTS, {"event_ids": event_ids, "first": min(times), "last": max(times)}
        ) if times else []  # fmt: skip
        return detail(
            alert,
            await self._ask(ANSWERED, {"alert_id": alert_id}),
            paid,
            await self._ask(ACTED, {"alert_id": alert_id}),
            snapshot.readings.of(PLAYBOOKS),
            chart=chart,
            chart_error=chart_error,
            wherefrom=self._explanations.view(alert, now=snapshot.now, zone=self.settings.zone),
            around=await self._around(alert, snapshot, shared),
            evidence=evidence(await self._scored(alert, shared), self.settings.reporting_currency),
            now=snapshot.now,
            zone=self.settings.zone,
            currency=self.settings.reporting_currency,
            store_names=snapshot.store_names,
        )

    async def _around(self, alert: Alert, snapshot: Snapshot, shared: Shared) -> Surroundings:
        """Lay out what is around it; while that cannot be read, what was known of it stays."""
        if time.monotonic() - shared.around_taken >= AROUND_SECONDS:
            shared.around_taken = time.monotonic()
            try:
                shared.around.rows |= {
                    query.name: await self._ask(query, given)
                    for query, given in questions(alert, snapshot.now)
                }
                shared.around.problem = None
            except StoreSilent as error:
                shared.around.problem = str(error)
        return surroundings(
            alert,
            shared.around,
            now=snapshot.now,
            settings=self.settings,
            store_names=snapshot.store_names,
        )

    async def _scored(self, alert: Alert, shared: Shared) -> list[ScoredRow]:
        """Read what its most suspicious payment was judged by: once, for that never changes."""
        payment = most_suspicious(alert)
        if payment is None:
            return []
        if not shared.scored or shared.scored_of != payment.event_id:
            given = {"event_id": str(payment.event_id), "occurred_at": payment.occurred_at}
            shared.scored, shared.scored_of = await self._ask(SCORED, given), payment.event_id
        return shared.scored

    async def _chart(self, alert: Alert, snapshot: Snapshot) -> tuple[Chart | None, str]:
        """Draw the watched series, or the payments; say why if neither can be."""
        zone, currency = self.settings.zone, self.settings.reporting_currency
        if alert.watched is None:
            # a single one says all in its row, and of those long gone the amounts are not known
            several = sum(payment.amount_minor is not None for payment in alert.payments) > 1
            return (payments_chart(alert, zone=zone, currency=currency) if several else None), ""
        settled = snapshot.settled
        begin, end = (int(moment.timestamp()) for moment in window(alert, settled))
        place = {"store_id": alert.watched.store_id, "begin": begin, "end": end}
        series = place | alert.watched.model_dump(include={"series", "channel", "category"})
        try:
            rows, expected, heard = await asyncio.gather(
                self._ask(COURSE, series), self._ask(EXPECTED, series), self._ask(HEARD, place)
            )
        except StoreSilent as error:
            return None, _("▨ The curve cannot be read: {error}", error=error)
        chart = course_chart(
            alert,
            rows,
            expected,
            heard,
            stores=snapshot.readings.of(STORES),
            settled=settled,
            zone=zone,
            currency=currency,
        )
        return chart, ""

    async def _ask(self, query: Query[Row], parameters: Mapping[str, Any]) -> list[Row]:
        """Ask one question about one alert."""
        try:
            client = await self._connected()
            async with asyncio.timeout(QUERY_SECONDS):
                result = await client.query(query.sql, parameters=dict(parameters), tz_mode="aware")
            return query.adapter.validate_python(list(result.named_results()))
        except (ClickHouseError, ClientError, OSError, Retry, Stop, ValidationError) as error:
            logger.warning("query failed", extra={"query": query.name, "error": str(error)[:500]})
            raise StoreSilent(
                _(
                    "ClickHouse at {host}:{port} does not answer.",
                    host=self._store.host,
                    port=self._store.port,
                )
            ) from error

    async def _connected(self) -> AsyncClient:
        async with self._connecting:
            if self._client is None:
                self._client = await connect_async(self._store)
            return self._client

    def _read_clock(self) -> Clock:
        """Read the clock; a damaged file leaves the one before in force."""
        try:
            self._clock = read_clock(self.settings.clock_file)
        except ClockUnreadable as error:
            logger.warning("clock unreadable", extra={"error": str(error)})
        return self._clock
