"""Alerts for tests: the contract's example, with fields of a test's own."""

from pathlib import Path
from typing import Any

import orjson

from schemas.alert import Alert

__all__ = ["alert_record"]

EXAMPLE = Path(__file__).parents[2] / "schemas" / "examples" / "alerts" / "accepted" / "open.json"


def alert_record(alert_id: str, **fields: Any) -> Alert:
    """Make an open alert; fields are given as in JSON."""
    return Alert.model_validate_json(
        orjson.dumps(orjson.loads(EXAMPLE.read_bytes()) | {"alert_id": alert_id} | fields)
    )
