"""Logging of every command: one JSON object per line on standard error."""

import logging
import sys
from datetime import UTC, datetime
from pathlib import Path

import orjson

__all__ = ["configure_logging"]

# What every LogRecord has; all else came in by `extra` and is a field of its own.
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "taskName", "data"}
# These libraries tell at INFO what only their authors want to know.
CHATTY = ("aiokafka", "kafka", "faust", "mode", "asyncio")
CALM_SECONDS = 5.0
MAX_REMEMBERED = 1_000


class Calm(logging.Filter):
    """Lets a library say a thing once in 5 s: while Kafka is away aiokafka writes 300 lines a second."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, object], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether a record is written; the arguments of a message do not make it another one."""
        if record.name.partition(".")[0] not in CHATTY:
            return True
        key = (record.name, record.msg)
        if record.created - self._said.get(key, 0.0) < CALM_SECONDS:
            return False
        if len(self._said) > MAX_REMEMBERED:
            self._said.clear()
        self._said[key] = record.created
        return True


class JsonLines(logging.Formatter):
    """Writes time, level, logger and message, and the fields of `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in STANDARD},
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


def configure_logging(file: Path | None = None, *, level: int = logging.INFO) -> None:
    """Send all logging to standard error, or to a file; called by the command that runs."""
    handler = logging.StreamHandler(sys.stderr) if file is None else logging.FileHandler(file)
    handler.setFormatter(JsonLines())
    handler.addFilter(Calm())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in CHATTY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    # kafka-python's own loop complains when the machine is busy; an operator can do nothing about it
    logging.getLogger("kafka.net.selector").setLevel(logging.ERROR)
