"""Errors of the store and the sink; they hang under the tree of schemas/errors.py."""

from schemas.errors import Retry, Stop

__all__ = ["MigrationChanged", "StoreAbsent", "StoreLocked"]


class StoreAbsent(Retry):
    """ClickHouse does not answer. Start it, or correct TILLWATCH_CLICKHOUSE_HOST and _PORT."""


class StoreLocked(Stop):
    """Another process serves the same data folder. Stop it, or choose another --data-dir."""


class MigrationChanged(Stop):
    """An applied migration differs from its file. Restore the file; put the change into a new one."""
