"""The process that sends synthetic payments, and how it stands."""

import logging
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NoReturn

from producers.administration import ask_kafka, require_topics
from producers.client import EventProducer
from producers.clock import read_clock
from producers.settings import SyntheticSettings
from producers.synthetic import DELIVER_WITHIN_SECONDS, SyntheticPayments, call, listener
from schemas.synthetic_answer import SYNTHETIC_SOURCE
from streams.health import HealthServer
from streams.settings import HealthSettings
from streams.watched import Reading

__all__ = ["SyntheticLoop", "watch"]


class SyntheticLoop:
    """Tells how synthetic payments fare."""

    def __init__(self, payments: SyntheticPayments) -> None:
        self._payments = payments

    def reading(self) -> Reading:
        """Tell how it stands; of another thread too. Events came through, lag waits for its answer."""
        payments, passed_at = self._payments, self._payments.passed_at
        return Reading(
            agent="synthetic",
            phase="waiting" if passed_at is None else "running",
            partitions=0,
            events=payments.answered,
            repeats=0,
            refused=0,
            lag=payments.unanswered,
            last_pass_seconds=None if passed_at is None else time.monotonic() - passed_at,
            synthetic_score_seconds=payments.score_seconds,
            synthetic_answer_seconds=payments.answer_seconds,
            synthetic_silent_seconds=payments.silent_seconds,
        )


def watch(
    bootstrap_servers: str,
    settings: SyntheticSettings,
    health: HealthSettings,
    *,
    clock_file: Path | None,
    announce: Callable[[str], None],
) -> NoReturn:
    """Send until a signal ends it.

    Raises
    ------
    Stop
        Topics are not as the contract says, or the health port is taken.

    """
    logging.getLogger("kafka").setLevel(logging.ERROR)
    ask_kafka(bootstrap_servers, partial(require_topics, bootstrap_servers), announce=announce)
    url = settings.heartbeat_url
    producer = EventProducer(
        bootstrap_servers, source=SYNTHETIC_SOURCE, linger_ms=0, deliver_within_seconds=DELIVER_WITHIN_SECONDS
    )
    with closing(producer), closing(listener(bootstrap_servers)) as answers:
        payments = SyntheticPayments(
            producer,
            answers,
            event_time=lambda: read_clock(clock_file).now(datetime.now(UTC)),
            every_seconds=settings.every_seconds,
            came_through=(lambda: None) if url is None else (lambda: call(str(url))),
        )
        HealthServer(health, [SyntheticLoop(payments)]).start_beside()
        announce(f"sends a synthetic payment every {settings.every_seconds:g} s")
        while True:
            payments.round()
