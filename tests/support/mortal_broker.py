"""A broker of a test's own, that goes away without a word and may come back."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from producers.administration import wait_for_kafka
from tillwatch.stack.broker import Broker
from tillwatch.stack.parent_death import dying_with_parent

__all__ = ["started"]


@contextmanager
def started(broker: Broker) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a broker until the block ends, then kill it; its data stay for the next start."""
    with (broker.folder.parent / "broker.log").open("ab") as log:
        process = subprocess.Popen(dying_with_parent(broker.prepare()), stdout=log, stderr=log)
        try:
            wait_for_kafka(broker.bootstrap_servers, announce=lambda _: None, deadline_seconds=60)
            yield process
        finally:
            process.kill()
            process.wait()
