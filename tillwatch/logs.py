"""Log lines of every program: JSON, one a line, on standard error."""

import logging
import sys
from datetime import UTC, datetime

import orjson

__all__ = ["JsonLines", "configure_logging"]

PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""Attributes that every record has; what else there is was given as a named field."""


class JsonLines(logging.Formatter):
    """A record as one line of JSON: time, level, logger, message and the named fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in PLAIN}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


def configure_logging(level: int = logging.INFO) -> None:
    """Send every logger's lines to standard error. Called once, by the command line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # kafka-python says much at info that is no news to an operator
    logging.getLogger("kafka").setLevel(logging.WARNING)
