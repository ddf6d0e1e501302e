"""Tillwatch's own worker with the fraud agent: what `tillwatch worker` runs, without series and stock."""

import sys

from streams.fraud import add_fraud_agent
from streams.launch import launch
from streams.settings import StreamSettings

__all__: list[str] = []

if __name__ == "__main__":
    launch(
        "worker",
        [add_fraud_agent],
        bootstrap_servers=sys.argv[1],
        settings=StreamSettings(),
        announce=lambda line: print(line, file=sys.stderr),
    )
