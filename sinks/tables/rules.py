"""The table of rule sets: every version that was published."""

from collections.abc import Sequence

from schemas.rule_set import RuleSet
from schemas.topics import RULES
from sinks.tables.table import Columns, Table, milliseconds, optional_milliseconds

__all__ = ["RULES_TABLE"]


def columns(events: Sequence[RuleSet]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        "version": [event.version for event in events],
        "rules_name": [[rule.name for rule in event.rules] for event in events],
        "rules_when": [[rule.when for rule in event.rules] for event in events],
        "rules_action": [[rule.action for rule in event.rules] for event in events],
        "rules_severity": [[rule.severity for rule in event.rules] for event in events],
        "rules_owner": [[rule.owner for rule in event.rules] for event in events],
        "rules_why": [[rule.why for rule in event.rules] for event in events],
        "rules_expires_at": [
            [optional_milliseconds(rule.expires_at) for rule in event.rules] for event in events
        ],
        "valid_from": [milliseconds(event.valid_from) for event in events],
        "published_by": [event.published_by for event in events],
        "published_at": [milliseconds(event.published_at) for event in events],
        "schema_version": [event.schema_version for event in events],
    }


RULES_TABLE = Table(RULES, columns)
