"""Start a webhook channel once Kafka is there; stop it by a signal."""

import asyncio
import signal
from collections.abc import Callable
from random import SystemRandom

from producers.administration import topic_ids, wait_for_kafka
from schemas.errors import Stop
from schemas.topics import ALERTS, CAUSES
from sinks.channels.address import HookAddress
from sinks.channels.backoff import Backoff
from sinks.channels.hook import Hook
from sinks.channels.pending import Pending
from sinks.channels.set_aside import SetAsideFile
from sinks.channels.settings import WebhookSettings
from sinks.channels.webhook import Webhook

__all__ = ["require_alerts", "run_webhook"]


def require_alerts(bootstrap_servers: str, *, announce: Callable[[str], None]) -> None:
    """Wait for Kafka and return once alerts, and what explains them, can be read.

    Raises
    ------
    Stop
        There is no such topic.

    """
    wait_for_kafka(bootstrap_servers, announce=announce)
    there = topic_ids(bootstrap_servers)
    for topic in (ALERTS, CAUSES):
        if topic.name not in there:
            raise Stop(f"Topic {topic.name} is missing: run `tillwatch topics create`.")


def run_webhook(
    bootstrap_servers: str,
    address: HookAddress,
    settings: WebhookSettings,
    *,
    allow_private: bool,
    announce: Callable[[str], None],
) -> None:
    """Deliver until SIGTERM or SIGINT.

    Raises
    ------
    Stop
        A topic is missing, or the file for what is set aside cannot be written.

    """
    set_aside = SetAsideFile(settings.set_aside_file)
    try:
        require_alerts(bootstrap_servers, announce=announce)
        announce(f"alerts go to {address.shown}; what it refuses goes to {settings.set_aside_file}")
        asyncio.run(deliver(bootstrap_servers, address, settings, set_aside, allow_private=allow_private))
    finally:
        set_aside.close()


async def deliver(
    bootstrap_servers: str,
    address: HookAddress,
    settings: WebhookSettings,
    set_aside: SetAsideFile,
    *,
    allow_private: bool,
) -> None:
    """Run the channel until a signal comes."""
    backoff = Backoff(settings.first_backoff_seconds, settings.longest_backoff_seconds, SystemRandom())
    async with Hook(
        address,
        secret=settings.secret.get_secret_value().encode(),
        timeout_seconds=settings.timeout_seconds,
        allow_private=allow_private,
    ) as hook:
        webhook = Webhook(
            bootstrap_servers,
            hook,
            settings=settings,
            pending=Pending(backoff),
            set_aside=set_aside,
            shown=address.shown,
        )
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, webhook.stop)
        await webhook.run()
