"""Labelled payments with their features as they were scored, for the trainer."""

from datetime import UTC, datetime

import numpy as np
from clickhouse_connect.driver.client import Client

from detectors.fraud.features import WARM_UP_DAYS
from detectors.fraud.history import Asked, Rows
from schemas.promotion import LabelExclusion

__all__ = ["labelled_payments"]

SAMPLED_OF = 10_000

QUERY = """
SELECT scored.as_scored AS features, said.stands = 'fraud' AS fraud
FROM
(
    SELECT event_id, any(features) AS as_scored, any(occurred_at) AS paid_at
    FROM scores
    WHERE disposition = 'scored' AND feature_set = {feature_set:String}
        AND toStartOfHour(occurred_at) >= toStartOfHour({since:DateTime64(3)})
        AND occurred_at >= {since:DateTime64(3)} AND occurred_at < {until:DateTime64(3)}
        AND occurred_at >= (
            SELECT min(occurred_at) FROM scores WHERE disposition = 'scored'
        ) + toIntervalDay({warm_up:UInt16})
    GROUP BY event_id
) AS scored
INNER JOIN
(
    SELECT event_id, argMax(verdict, known_at) AS stands
    FROM labels
    WHERE known_at <= {known_to:DateTime64(3)} AND known_at >= {since:DateTime64(3)}
        AND known_at >= occurred_at
        EXCLUDED
    GROUP BY event_id
    HAVING stands != 'withdrawn'
) AS said ON said.event_id = scored.event_id
WHERE fraud OR cityHash64(scored.event_id) % {of:UInt32} < {sampled:UInt32}
ORDER BY scored.paid_at, scored.event_id
"""


def labelled_payments(client: Client, asked: Asked) -> Rows:
    """Read payments with the verdict that became known last; all frauds, and a sample of the others.

    The first two weeks of all that is stored are left out: their features rest on little.

    Cost: 1 s per million payments of the window.

    """
    conditions, parameters = excluded(asked.exclusions)
    found = client.query(
        QUERY.replace("EXCLUDED", conditions),
        parameters={
            "feature_set": asked.feature_set,
            "since": moment(asked.since),
            "until": moment(asked.until),
            "known_to": moment(asked.known_to),
            "warm_up": WARM_UP_DAYS,
            "of": SAMPLED_OF,
            "sampled": round(asked.honest_share * SAMPLED_OF),
            **parameters,
        },
    ).result_columns
    if not found or not found[0]:
        return np.empty((0, 0)), np.empty(0, np.bool_)
    return np.array(list(found[0]), np.float64), np.array(found[1], np.bool_)


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
