"""The table of what people did about alerts, other than answering them."""

from collections.abc import Sequence

from schemas.alert_action import AlertAction
from schemas.topics import ALERT_ACTIONS
from sinks.tables.table import Columns, Table, milliseconds, optional_milliseconds

__all__ = ["ALERT_ACTIONS_TABLE"]


def columns(events: Sequence[AlertAction]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        "action_id": [event.action_id for event in events],
        "alert_id": [event.alert_id for event in events],
        "action": [event.action for event in events],
        "by": [event.by for event in events],
        "at": [milliseconds(event.at) for event in events],
        "to": [event.to for event in events],
        "text": [event.text for event in events],
        "until": [optional_milliseconds(event.until) for event in events],
        "weekly_days": [list(event.weekly.weekdays) if event.weekly else [] for event in events],
        "weekly_begins": [event.weekly.begins if event.weekly else "" for event in events],
        "weekly_ends": [event.weekly.ends if event.weekly else "" for event in events],
        "weekly_zone": [event.weekly.time_zone if event.weekly else "" for event in events],
        "schema_version": [event.schema_version for event in events],
    }


ALERT_ACTIONS_TABLE = Table(ALERT_ACTIONS, columns, outside=True, urgent=True)
