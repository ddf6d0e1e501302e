"""Asks the store, and remembers the last answers for the time when it does not answer."""

import asyncio
import logging
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from aiohttp import ClientError
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.exceptions import ClickHouseError, OperationalError
from pydantic import ValidationError

from console.language import N_, _
from console.query import Parameter, Query
from schemas.errors import Retry, Stop
from sinks.connection import connect_async
from sinks.settings import ClickHouseSettings

__all__ = ["MAX_VIEWS", "Readings", "StoreReader"]

logger = logging.getLogger(__name__)

Row = TypeVar("Row")

QUERY_SECONDS = 5.0
"""A query that takes longer is given up: the page says so and shows the figures before."""

AT_ONCE = 4
MAX_VIEWS = 16
"""Selections whose last figures are kept; the one that nobody asked for longest goes first."""

NO_ANSWER = N_("no answer from ClickHouse")
NO_TABLE_YET = N_("no table yet")
NO_TABLE = frozenset({"60", "81"})
"""ClickHouse's codes for an unknown table and an unknown database."""


@dataclass
class Readings:
    """The last answer to each query, with what went wrong since.

    `problem` says why the store as a whole cannot be asked, `tables_missing` that it is merely new; `errors`
    holds what single queries met.
    """

    rows: dict[str, list[Any]] = field(default_factory=dict)  # Any: each query has its own type of row
    read_at: dict[str, datetime] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    problem: str | None = None
    tables_missing: bool = False
    complete_at: datetime | None = None

    def first(self, query: Query[Row]) -> Row | None:
        """Look up the row of a query that has one."""
        return next(iter(self.of(query)), None)

    @property
    def anything(self) -> bool:
        """Whether there are figures to show at all."""
        return any(self.rows.get(name) for name in ("latest", "day"))

    def of(self, query: Query[Row]) -> list[Row]:
        """Look up the rows of a query; empty if it was never answered."""
        return self.rows.get(query.name, [])

    def borrow(self, other: "Readings", names: Sequence[str]) -> None:
        """Take over what others have read of queries that answer everybody the same."""
        for name in names:
            if name in other.rows:
                self.rows[name], self.read_at[name] = other.rows[name], other.read_at[name]
            self.errors.pop(name, None)
            if name in other.errors:
                self.errors[name] = other.errors[name]


class StoreReader:
    """Runs the query set through one asynchronous client.

    A view holds the readings of one selection. What depends on none is asked once for all views. Calls must
    not overlap.

    Parameters
    ----------
    settings
        The store, as a user who can only read.
    queries
        What to ask; each at most as often as it says.

    """

    def __init__(self, settings: ClickHouseSettings, queries: Sequence[Query[Any]]) -> None:
        self.settings = settings
        self.queries = queries
        self.shared = Readings()
        self._views: dict[Hashable, Readings] = {}
        self._shared_names = [query.name for query in queries if not query.selected]
        self._client: AsyncClient | None = None
        self._slots = asyncio.Semaphore(AT_ONCE)

    def view(self, view: Hashable) -> Readings:
        """Give the last readings of a view without asking."""
        readings = self._views.pop(view, None) or Readings()
        self._views[view] = readings
        while len(self._views) > MAX_VIEWS:
            self._views.pop(next(iter(self._views)))
        return readings

    async def read(self, parameters: Mapping[str, Parameter], view: Hashable = "") -> Readings:
        """Ask everything that is due, all at once, and return the newest of everything. Never raises."""
        readings = self.view(view)
        try:
            if self._client is None:
                self._client = await connect_async(self.settings)
            due = asked = self._due(readings)
            if not due:
                readings.borrow(self.shared, self._shared_names)
                return readings
            if readings.problem is not None:
                # One question finds out whether it is back; the others would all wait for nothing.
                asked = due[:1]
                await self._ask(self._client, due[0], parameters, readings)
                due = [] if due[0].name in self._of(due[0], readings).errors else due[1:]
                asked += due
            await asyncio.gather(*(self._ask(self._client, query, parameters, readings) for query in due))
        except Stop as error:
            refused = _(
                "refuses user {user}, or has no database {database}.",
                user=self.settings.user,
                database=self.settings.database,
            )
            self._failed(
                readings,
                _("ClickHouse at {address} {refused}", address=self._address(), refused=refused),
                error,
            )
        except (Retry, OSError) as error:
            self._failed(readings, self._absent(), error)
        else:
            readings.borrow(self.shared, self._shared_names)
            self._judge(readings, [query.name for query in asked])
        return readings

    def _of(self, query: Query[Any], readings: Readings) -> Readings:
        """Say where the answer to a query belongs."""
        return readings if query.selected else self.shared

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()

    def _due(self, readings: Readings) -> list[Query[Any]]:
        """Choose the queries whose answers are old, or failed. A tick may come a little early."""
        now = datetime.now(UTC)
        return [
            query
            for query in self.queries
            if query.name in self._of(query, readings).errors
            or (read_at := self._of(query, readings).read_at.get(query.name)) is None
            or (now - read_at).total_seconds() > query.every_seconds - 0.5
        ]

    async def _ask(
        self, client: AsyncClient, query: Query[Row], parameters: Mapping[str, Parameter], readings: Readings
    ) -> None:
        needed = {name: parameters[name] for name in query.parameters}
        place = self._of(query, readings)
        try:
            async with asyncio.timeout(QUERY_SECONDS), self._slots:
                result = await client.query(query.sql, parameters=needed, tz_mode="aware")
            rows = query.adapter.validate_python(list(result.named_results()))
        except (ClickHouseError, ClientError, OSError, ValidationError) as error:
            note(place, query.name, error)
            return
        place.rows[query.name] = rows
        place.read_at[query.name] = datetime.now(UTC)
        place.errors.pop(query.name, None)

    def _judge(self, readings: Readings, asked: Sequence[str]) -> None:
        """Tell a store that is away from a query that fails."""
        outcomes = {readings.errors.get(name) for name in asked}
        readings.tables_missing = outcomes == {NO_TABLE_YET}
        if readings.tables_missing:
            readings.problem = _(
                "ClickHouse at {address} has no tables yet; the sink makes them.", address=self._address()
            )
        elif outcomes == {NO_ANSWER}:
            readings.problem = self._absent()
        else:
            readings.problem = None
            readings.complete_at = datetime.now(UTC)

    def _failed(self, readings: Readings, problem: str, error: Exception) -> None:
        if readings.problem != problem:
            logger.warning("store absent", extra={"error": str(error)[:500]})
        readings.problem = problem

    def _absent(self) -> str:
        return _("ClickHouse at {address} does not answer.", address=self._address())

    def _address(self) -> str:
        return f"{self.settings.host}:{self.settings.port}"


def note(readings: Readings, name: str, error: Exception) -> None:
    """Remember what a query met, and log it once and not every second."""
    if isinstance(error, OperationalError | ClientError | OSError):
        text = NO_ANSWER
    elif str(getattr(error, "code", "")) in NO_TABLE:
        text = NO_TABLE_YET
    else:
        text = f"query {name} failed"
    if readings.errors.get(name) != text:
        logger.warning("query failed", extra={"query": name, "error": str(error)[:500]})
    readings.errors[name] = text
