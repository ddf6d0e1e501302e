"""Alerts that a webhook will not get, kept in a file with the reason."""

import os
from datetime import UTC, datetime
from pathlib import Path

import orjson

from schemas.errors import Stop

__all__ = ["SetAsideFile"]


class SetAsideFile:
    """One JSON line per alert; only ever appended to, readable by its owner alone.

    Raises
    ------
    Stop
        The file cannot be opened or written. Nothing is committed then, so no alert is lost.

    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")
        except OSError as error:
            raise Stop(f"{path} cannot be written: {error.strerror}") from error

    def append(self, alert_id: str, body: bytes, reason: str) -> None:
        """Write one alert; return once it is on the disk."""
        line = {
            "at": datetime.now(UTC),
            "alert_id": alert_id,
            "reason": reason,
            "record": body.decode("utf-8", "replace"),
        }
        try:
            self._file.write(orjson.dumps(line) + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise Stop(f"{self._path} cannot be written: {error.strerror}") from error

    def close(self) -> None:
        """Close the file."""
        self._file.close()
