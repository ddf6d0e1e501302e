"""Somebody who answers some alerts about payments once, so that the judge has labels to write."""

import json
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from random import Random

from kafka import KafkaConsumer, TopicPartition

from producers.client import EventProducer
from schemas.answer import Answer
from schemas.identifiers import uuid7
from schemas.topics import ALERTS, ANSWERS

__all__ = ["answer_alerts"]

ABOUT_PAYMENTS = {"payment_fraud", "card_spree", "card_testing", "terminal_fraud"}
POLL_MS = 200
ANSWERED_SHARE = 0.1
"""An answer makes the judge score all open payments of the same terminals again; people answer few."""


def answer_alerts(bootstrap_servers: str, now: Callable[[], datetime], stop: threading.Event) -> None:
    """Answer alerts as they come until told to stop; the same alert gets the same answer after a restart.

    Parameters
    ----------
    now
        Event time, at which an answer is given.

    """
    partitions = [TopicPartition(ALERTS.name, number) for number in range(ALERTS.partitions)]
    answered: set[str] = set()
    producer = EventProducer(bootstrap_servers, source="chaos-answers")
    with closing(
        KafkaConsumer(bootstrap_servers=bootstrap_servers, auto_offset_reset="earliest", group_id=None)
    ) as consumer:
        consumer.assign(partitions)
        while not stop.is_set():
            for records in consumer.poll(timeout_ms=POLL_MS).values():
                for record in records:
                    alert = json.loads(record.value)
                    if alert["alert_id"] not in answered and is_answered(alert):
                        answered.add(alert["alert_id"])
                        producer.send(ANSWERS, answer(alert, now()))
    producer.flush()
    producer.close()


def is_answered(alert: dict[str, str]) -> bool:
    """Whether somebody answers this one."""
    random = Random(alert["alert_id"])  # noqa: S311  # repeatable, no secret
    return alert["kind"] in ABOUT_PAYMENTS and random.random() < ANSWERED_SHARE


def answer(alert: dict[str, str], at: datetime) -> Answer:
    """Answer as the alert's name says, so that it can be answered again in the same way."""
    random = Random(f"answer {alert['alert_id']}")  # noqa: S311  # repeatable, no secret
    return Answer(
        answer_id=uuid7(datetime.fromisoformat(alert["since"]), random),
        alert_id=alert["alert_id"],
        verdict=random.choice(("fraud", "genuine")),
        by="chaos",
        at=at,
    )
