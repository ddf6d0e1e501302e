"""Somebody who answers every alert about payments once, so that the judge has labels to write."""

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
                    if alert["kind"] in ABOUT_PAYMENTS and alert["alert_id"] not in answered:
                        answered.add(alert["alert_id"])
                        producer.send(ANSWERS, answer(alert, now()))
    producer.flush()
    producer.close()


def answer(alert: dict[str, str], at: datetime) -> Answer:
    """Answer as the alert's name says, so that it can be answered again in the same way."""
    random = Random(alert["alert_id"])  # noqa: S311  # repeatable, no secret
    return Answer(
        answer_id=uuid7(datetime.fromisoformat(alert["since"]), random),
        alert_id=alert["alert_id"],
        verdict=random.choice(("fraud", "genuine")),
        by="chaos",
        at=at,
    )
