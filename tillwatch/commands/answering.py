"""What commands that talk to Kafka do first, and how they say no."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

__all__ = ["answering_servers", "refusing"]

DEADLINE_SECONDS = 30.0

Say = Callable[[str], None]


@contextmanager
def refusing(say: Say) -> Iterator[None]:
    """Say why something is refused, and end with 1."""
    from schemas.errors import Retry, SetAside, Stop

    try:
        yield
    except (Stop, Retry, SetAside) as error:
        say(str(error))
        raise typer.Exit(1) from None


def answering_servers(say: Say) -> str:
    """Wait for Kafka, and refuse topics that are not as the contract says."""
    from producers.administration import require_topics, wait_for_kafka
    from schemas.settings import KafkaSettings

    servers = KafkaSettings().bootstrap_servers
    wait_for_kafka(servers, announce=say, deadline_seconds=DEADLINE_SECONDS)
    require_topics(servers)
    return servers
