"""Every table, by the topic that fills it."""

from typing import Any

from sinks.tables.alert_actions import ALERT_ACTIONS_TABLE
from sinks.tables.alerts import ALERTS_TABLE
from sinks.tables.answers import ANSWERS_TABLE
from sinks.tables.arrivals import ARRIVALS_TABLE
from sinks.tables.causes import CAUSES_TABLE
from sinks.tables.clicks import CLICKS_TABLE
from sinks.tables.context import CONTEXT_TABLE
from sinks.tables.dead_letter_replays import DEAD_LETTER_REPLAYS_TABLE
from sinks.tables.dead_letters import DEAD_LETTERS_TABLE
from sinks.tables.drifts import DRIFTS_TABLE
from sinks.tables.expectations import EXPECTATIONS_TABLE
from sinks.tables.generations import GENERATIONS_TABLE
from sinks.tables.heartbeats import HEARTBEATS_TABLE
from sinks.tables.labels import LABELS_TABLE
from sinks.tables.lists import LISTS_TABLE
from sinks.tables.metrics import METRICS_TABLE
from sinks.tables.model_metrics import MODEL_METRICS_TABLE
from sinks.tables.models import MODELS_TABLE
from sinks.tables.playbooks import PLAYBOOKS_TABLE
from sinks.tables.promotions import PROMOTIONS_TABLE
from sinks.tables.rules import RULES_TABLE
from sinks.tables.scores import SCORES_TABLE
from sinks.tables.stock_levels import STOCK_LEVELS_TABLE
from sinks.tables.stock_movements import STOCK_MOVEMENTS_TABLE
from sinks.tables.stores import STORES_TABLE
from sinks.tables.synthetic_answers import SYNTHETIC_ANSWERS_TABLE
from sinks.tables.table import Table
from sinks.tables.transactions import TRANSACTIONS_TABLE
from sinks.tables.verdicts import VERDICTS_TABLE
from sinks.tables.worker_status import WORKER_STATUS_TABLE

__all__ = ["TABLES"]

TABLES: dict[str, Table[Any]] = {
    table.topic.name: table
    for table in (
        ALERTS_TABLE,
        ALERT_ACTIONS_TABLE,
        ANSWERS_TABLE,
        ARRIVALS_TABLE,
        CAUSES_TABLE,
        CLICKS_TABLE,
        CONTEXT_TABLE,
        DEAD_LETTERS_TABLE,
        DEAD_LETTER_REPLAYS_TABLE,
        DRIFTS_TABLE,
        EXPECTATIONS_TABLE,
        GENERATIONS_TABLE,
        HEARTBEATS_TABLE,
        LABELS_TABLE,
        LISTS_TABLE,
        METRICS_TABLE,
        MODELS_TABLE,
        MODEL_METRICS_TABLE,
        PLAYBOOKS_TABLE,
        PROMOTIONS_TABLE,
        RULES_TABLE,
        SCORES_TABLE,
        STOCK_LEVELS_TABLE,
        STOCK_MOVEMENTS_TABLE,
        STORES_TABLE,
        SYNTHETIC_ANSWERS_TABLE,
        TRANSACTIONS_TABLE,
        VERDICTS_TABLE,
        WORKER_STATUS_TABLE,
    )
}
