"""The table of models."""

from collections.abc import Sequence

from schemas.model import Model
from schemas.topics import MODELS
from sinks.tables.table import Columns, Table, milliseconds

__all__ = ["MODELS_TABLE"]


def columns(events: Sequence[Model]) -> Columns:
    """Turn a batch into the columns of the table."""
    return {
        "version": [event.version for event in events],
        "kind": [event.kind for event in events],
        "feature_set": [event.feature_set for event in events],
        "features": [event.features for event in events],
        "means": [event.means for event in events],
        "scales": [event.scales for event in events],
        "weights": [event.weights for event in events],
        "bias": [event.bias for event in events],
        "threshold": [event.threshold for event in events],
        "alerts_per_day": [event.alerts_per_day for event in events],
        "valid_from": [milliseconds(event.valid_from) for event in events],
        "learnt_from": [milliseconds(event.learnt_from) for event in events],
        "learnt_to": [milliseconds(event.learnt_to) for event in events],
        "labels": [event.labels for event in events],
        "frauds": [event.frauds for event in events],
        "metrics": [event.metrics for event in events],
        "parent": [event.parent for event in events],
        "line": [event.line for event in events],
        "rewind": [event.rewind for event in events],
        "samples_features": [[sample.features for sample in event.samples] for event in events],
        "samples_score": [[sample.score for sample in event.samples] for event in events],
        "schema_version": [event.schema_version for event in events],
    }


MODELS_TABLE = Table(MODELS, columns)
