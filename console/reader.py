"""Asks the store, and remembers the last answers for the time when it does not answer."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from aiohttp import ClientError
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.exceptions import ClickHouseError, OperationalError
from pydantic import ValidationError

from console.query import Query
from schemas.errors import Retry, Stop
from sinks.connection import connect_async
from sinks.settings import ClickHouseSettings

__all__ = ["Readings", "StoreReader"]

logger = logging.getLogger(__name__)

Row = TypeVar("Row")

QUERY_SECONDS = 5.0
"""A query that takes longer is given up: the page says so and shows the figures before."""

AT_ONCE = 4
NO_ANSWER = "no answer from ClickHouse"
NO_TABLE_YET = "no table yet"
NO_TABLE = frozenset({"60", "81"})
"""ClickHouse's codes for an unknown table and an unknown database."""


@dataclass
class Readings:
    """The last answer to each query, with what went wrong since.

    `problem` says why the store as a whole cannot be asked; `errors` holds what single queries met.
    """

    rows: dict[str, list[Any]] = field(default_factory=dict)  # Any: each query has its own type of row
    read_at: dict[str, datetime] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    problem: str | None = None
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


class StoreReader:
    """Runs the query set through one asynchronous client.

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
        self.readings = Readings()
        self._client: AsyncClient | None = None
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def read(self, parameters: Mapping[str, int]) -> Readings:
        """Ask everything that is due, all at once, and return the newest of everything. Never raises."""
        try:
            if self._client is None:
                self._client = await connect_async(self.settings)
            due = asked = self._due()
            if not due:
                return self.readings
            if self.readings.problem is not None:
                # One question finds out whether it is back; the others would all wait for nothing.
                asked = due[:1]
                await self._ask(self._client, due[0], parameters)
                due = [] if due[0].name in self.readings.errors else due[1:]
                asked += due
            await asyncio.gather(*(self._ask(self._client, query, parameters) for query in due))
        except Stop as error:
            refused = f"refuses user {self.settings.user}, or has no database {self.settings.database}."
            self._failed(f"ClickHouse at {self._address()} {refused}", error)
        except (Retry, OSError) as error:
            self._failed(self._absent(), error)
        else:
            self._judge([query.name for query in asked])
        return self.readings

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()

    def _due(self) -> list[Query[Any]]:
        """Choose the queries whose answers are old, or failed. A tick may come a little early."""
        now = datetime.now(UTC)
        return [
            query
            for query in self.queries
            if query.name in self.readings.errors
            or query.name not in self.readings.read_at
            or (now - self.readings.read_at[query.name]).total_seconds() > query.every_seconds - 0.5
        ]

    async def _ask(self, client: AsyncClient, query: Query[Row], parameters: Mapping[str, int]) -> None:
        needed = {name: parameters[name] for name in query.parameters}
        try:
            async with asyncio.timeout(QUERY_SECONDS), self._slots:
                result = await client.query(query.sql, parameters=needed, tz_mode="aware")
            rows = query.adapter.validate_python(list(result.named_results()))
        except (ClickHouseError, ClientError, OSError, ValidationError) as error:
            self._note(query.name, error)
            return
        self.readings.rows[query.name] = rows
        self.readings.read_at[query.name] = datetime.now(UTC)
        self.readings.errors.pop(query.name, None)

    def _note(self, name: str, error: Exception) -> None:
        """Remember what a query met, and log it once and not every second."""
        if isinstance(error, OperationalError | ClientError | OSError):
            text = NO_ANSWER
        elif str(getattr(error, "code", "")) in NO_TABLE:
            text = NO_TABLE_YET
        else:
            text = f"query {name} failed"
        if self.readings.errors.get(name) != text:
            logger.warning("query failed", extra={"query": name, "error": str(error)[:500]})
        self.readings.errors[name] = text

    def _judge(self, asked: Sequence[str]) -> None:
        """Tell a store that is away from a query that fails."""
        errors = self.readings.errors
        outcomes = {errors.get(name) for name in asked}
        if outcomes == {NO_TABLE_YET}:
            self.readings.problem = f"ClickHouse at {self._address()} has no tables yet; the sink makes them."
        elif outcomes == {NO_ANSWER}:
            self.readings.problem = self._absent()
        else:
            self.readings.problem = None
            self.readings.complete_at = datetime.now(UTC)

    def _failed(self, problem: str, error: Exception) -> None:
        if self.readings.problem != problem:
            logger.warning("store absent", extra={"error": str(error)[:500]})
        self.readings.problem = problem

    def _absent(self) -> str:
        return f"ClickHouse at {self._address()} does not answer."

    def _address(self) -> str:
        return f"{self.settings.host}:{self.settings.port}"
