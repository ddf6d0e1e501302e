"""Tillwatch's own worker with one agent: what `tillwatch worker` runs, without the others."""

import sys
from collections.abc import Callable

from streams.ending import told_at_the_end
from streams.fraud import add_fraud_agent
from streams.launch import launch
from streams.process import Process
from streams.settings import HealthSettings, StreamSettings

__all__ = ["run_alone"]


def run_alone(add_agent: Callable[[Process], None]) -> None:
    """Run one agent on the Kafka that the command line names, until a signal."""
    with told_at_the_end(print):
        launch(
            "worker",
            [add_agent],
            bootstrap_servers=sys.argv[1],
            settings=StreamSettings(),
            health=HealthSettings(),
            announce=lambda line: print(line, file=sys.stderr),
        )


if __name__ == "__main__":
    run_alone(add_fraud_agent)
