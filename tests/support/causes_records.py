"""Explanations for tests: the contract's example, with fields of a test's own."""

from pathlib import Path
from typing import Any

import orjson

from schemas.causes import Causes

__all__ = ["causes_record"]

EXAMPLES = Path(__file__).parents[2] / "schemas" / "examples" / "causes" / "accepted"


def causes_record(alert_id: str, **explanation: Any) -> Causes:
    """Make an explanation of an alert; its fields are given as in JSON."""
    record = orjson.loads((EXAMPLES / "android-in-the-app.json").read_bytes())
    record["explanation"] |= explanation
    return Causes.model_validate_json(orjson.dumps(record | {"alert_id": alert_id}))
