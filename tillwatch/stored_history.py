"""Labelled payments out of ClickHouse, where the trainer may ask for them."""

import logging

import numpy as np

from detectors.fraud.history import Asked, Rows
from sinks.connection import connect
from sinks.errors import StoreAbsent
from sinks.settings import ClickHouseSettings
from sinks.training_history import labelled_payments

__all__ = ["StoredHistory"]

log = logging.getLogger(__name__)


class StoredHistory:
    """Asks ClickHouse; the trainer fits on what it has itself while nobody answers there.

    How many rows came from it stands in the model's figures (`trees_rows_from_store`).
    """

    def __init__(self, settings: ClickHouseSettings | None = None) -> None:
        self._settings = settings or ClickHouseSettings()

    def __call__(self, asked: Asked) -> Rows:
        """Read the payments, once a week of event time and line."""
        try:
            client = connect(self._settings)
        except StoreAbsent as error:
            log.warning("trees are fitted without older payments", extra={"cause": str(error)})
            return np.empty((0, 0)), np.empty(0, np.bool_)
        try:
            return labelled_payments(client, asked)
        finally:
            client.close()
