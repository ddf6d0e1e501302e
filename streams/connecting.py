"""Connecting to Kafka while it may be away."""

import asyncio
import logging
from typing import Protocol

from aiokafka.errors import KafkaConnectionError

__all__ = ["connect"]

RETRY_SECONDS = 0.2

log = logging.getLogger(__name__)


class Client(Protocol):
    """A consumer or producer of aiokafka."""

    async def start(self) -> None:
        """Connect, or raise and be as before."""


async def connect(client: Client) -> None:
    """Start a client, again and again while no broker answers.

    aiokafka asks each broker once and then gives up, though it waits for one that goes away later.
    """
    told = False
    while True:
        try:
            return await client.start()
        except KafkaConnectionError as error:
            if not told:
                log.warning("waiting for Kafka", extra={"cause": str(error)})
                told = True
            await asyncio.sleep(RETRY_SECONDS)
