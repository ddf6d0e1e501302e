"""Tillwatch's own worker with the fraud agent: what `tillwatch worker` runs, without series and stock."""

import sys

from streams.ending import told_at_the_end
from streams.fraud import add_fraud_agent
from streams.launch import launch
from streams.settings import HealthSettings, StreamSettings

__all__: list[str] = []

if __name__ == "__main__":
    with told_at_the_end(print):
        launch(
            "worker",
            [add_fraud_agent],
            bootstrap_servers=sys.argv[1],
            settings=StreamSettings(),
            health=HealthSettings(),
            announce=lambda line: print(line, file=sys.stderr),
        )
