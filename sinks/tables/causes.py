"""The table of what alerts about totals come from."""

from collections.abc import Sequence

from schemas.causes import Causes
from schemas.topics import CAUSES
from sinks.tables.table import Columns, Table, milliseconds

__all__ = ["CAUSES_TABLE"]

PLAIN = (
    "metric", "unit", "store_id", "channel", "region", "payment_method", "category", "actual", "expected",
    "surprise", "evenly", "rest_share", "mix_share", "completeness", "days", "sentence",
)  # fmt: skip
OF_CAUSES = ("words", "actual", "expected", "share", "surprise")


def columns(events: Sequence[Causes]) -> Columns:
    """Turn a batch into the columns of the table."""
    told = [event.explanation for event in events]
    return {
        "alert_id": [event.alert_id for event in events],
        **{name: [getattr(one, name) for one in told] for name in PLAIN},
        "since": [milliseconds(one.since) for one in told],
        "until": [milliseconds(one.until) for one in told],
        "causes_dimensions": [
            [[value.dimension for value in cause.values] for cause in one.causes] for one in told
        ],
        "causes_values": [[[value.value for value in cause.values] for cause in one.causes] for one in told],
        **{
            f"causes_{name}": [[getattr(cause, name) for cause in one.causes] for one in told]
            for name in OF_CAUSES
        },
        "figures_text": [[figure.text for figure in one.figures] for one in told],
        **{
            f"nearby_{name}": [[getattr(near, name) for near in one.nearby] for one in told]
            for name in ("what", "text", "reference")
        },
        "nearby_at": [[milliseconds(near.at) for near in one.nearby] for one in told],
        "left_out": [[place.store_id for place in one.left_out] for one in told],
        "explained_at": [milliseconds(event.explained_at) for event in events],
        "schema_version": [event.schema_version for event in events],
    }


CAUSES_TABLE = Table(CAUSES, columns, urgent=True)
