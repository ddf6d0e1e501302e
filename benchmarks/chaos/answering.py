"""Somebody who answers some alerts about payments and takes some answers back, for the judge to write of."""

import json
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from random import Random
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from producers.client import EventProducer
from schemas.answer import Answer
from schemas.identifiers import uuid7
from schemas.topics import ALERTS, ANSWERS

__all__ = ["answer_alerts"]

ABOUT_PAYMENTS = {"payment_fraud", "card_spree", "card_testing", "terminal_fraud"}
POLL_MS = 200
ANSWERED_SHARE = 0.4
"""An answer makes the judge score all open payments of the same terminals again. With a tenth, a run of
ten kills may have no answer at all."""
WITHDRAWN_SHARE = 0.3
"""Of the answers."""
MOMENT = timedelta(milliseconds=1)


def answer_alerts(bootstrap_servers: str, now: Callable[[], datetime], stop: threading.Event) -> None:
    """Answer alerts as they come until told to stop; the same alert gets the same answer after a restart.

    Parameters
    ----------
    now
        Event time, at which an answer is given.

    """
    partitions = [TopicPartition(ALERTS.name, number) for number in range(ALERTS.partitions)]
    answered: set[str] = set()
    withdrawn: set[str] = set()
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
                    elif alert["alert_id"] not in withdrawn and is_withdrawn(alert):
                        withdrawn.add(alert["alert_id"])
                        producer.send(ANSWERS, withdrawal(alert, now()))
    producer.flush()
    producer.close()


def is_answered(alert: dict[str, Any]) -> bool:
    """Whether somebody answers this one."""
    random = Random(alert["alert_id"])  # noqa: S311  # repeatable, no secret
    return alert["kind"] in ABOUT_PAYMENTS and random.random() < ANSWERED_SHARE


def answer(alert: dict[str, Any], at: datetime) -> Answer:
    """Answer as the alert's name says, so that it can be answered again in the same way."""
    random = Random(f"answer {alert['alert_id']}")  # noqa: S311  # repeatable, no secret
    return Answer(
        answer_id=uuid7(datetime.fromisoformat(alert["since"]), random),
        alert_id=alert["alert_id"],
        verdict=random.choice(("fraud", "genuine")),
        by="chaos",
        at=at,
    )


def is_withdrawn(alert: dict[str, Any]) -> bool:
    """Whether somebody takes this one's answer back, which counts by now."""
    standing = alert.get("answer")
    random = Random(f"withdraw {alert['alert_id']}")  # noqa: S311  # repeatable, no secret
    return standing is not None and standing["verdict"] != "withdrawn" and random.random() < WITHDRAWN_SHARE


def withdrawal(alert: dict[str, Any], at: datetime) -> Answer:
    """Take back the answer that stands."""
    standing = alert["answer"]
    random = Random(f"withdrawal {alert['alert_id']}")  # noqa: S311  # repeatable, no secret
    return Answer(
        answer_id=uuid7(datetime.fromisoformat(alert["since"]), random),
        alert_id=alert["alert_id"],
        verdict="withdrawn",
        by="chaos",
        at=max(at, datetime.fromisoformat(standing["at"]) + MOMENT),
        replaces=standing["answer_id"],
    )
