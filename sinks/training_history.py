"""Labelled payments with their features as they were scored, for the trainer."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from clickhouse_connect.driver.client import Client

from detectors.fraud.features import WARM_UP_DAYS
from detectors.fraud.history import Asked, Rows, no_rows
from schemas.promotion import LabelExclusion

__all__ = ["labelled_payments"]

SAMPLED_OF = 10_000

SQL = Path(__file__).parent / "training_history.sql"


def labelled_payments(client: Client, asked: Asked) -> Rows:
    """Read payments with the verdict that became known last; all frauds, and a sample of the others.

    Those of a control group stand for the others of it and are all there, as in `TrainingSample`. The first
    two weeks of all that is stored are left out: their features rest on little.

    Cost: 1 s per million payments of the window.

    """
    conditions, parameters = excluded(asked.exclusions)
    found = client.query(
        SQL.read_text().replace("        EXCLUDED\n", f"        {conditions}\n"),
        parameters={
            "feature_set": asked.feature_set,
            "since": moment(asked.since),
            "until": moment(asked.until),
            "known_to": moment(asked.known_to),
            "warm_up": WARM_UP_DAYS,
            "of": SAMPLED_OF,
            "share": asked.honest_share,
            "sampled": round(asked.honest_share * SAMPLED_OF),
            **parameters,
        },
    ).result_columns
    if not found or not found[0]:
        return no_rows()
    return np.array(list(found[0]), np.float64), np.array(found[1], np.bool_), np.array(found[2], np.float64)


def excluded(exclusions: tuple[LabelExclusion, ...]) -> tuple[str, dict[str, object]]:
    """Write what leaves labels out; values go as parameters."""
    conditions: list[str] = []
    parameters: dict[str, object] = {}
    for place, one in enumerate(exclusions):
        parts = []
        if one.said_by is not None:
            parts.append(f"said_by = {{said_by_{place}:String}}")
            parameters[f"said_by_{place}"] = one.said_by
        if one.known_from is not None:
            parts.append(f"known_at >= {{known_from_{place}:DateTime64(3)}}")
            parameters[f"known_from_{place}"] = one.known_from
        if one.known_to is not None:
            parts.append(f"known_at < {{known_to_{place}:DateTime64(3)}}")
            parameters[f"known_to_{place}"] = one.known_to
        conditions.append(f"AND NOT ({' AND '.join(parts)})")
    return "\n        ".join(conditions), parameters


def moment(seconds: float) -> datetime:
    """Give a moment as ClickHouse takes it."""
    return datetime.fromtimestamp(seconds, UTC)
