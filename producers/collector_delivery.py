"""From the values of one request to Kafka's word on each of them."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from producers.client import EventProducer, Place
from producers.collector_answer import RETRY_HEADERS
from producers.collector_intakes import Intake, Taken
from producers.errors import NotDelivered
from producers.problem import Problem
from schemas.errors import Refused

__all__ = ["deliver"]

MOST_WAITING: Final = 2_000
"""Events in flight; more are refused at once, since handing them over would block every other request."""

logger = logging.getLogger(__name__)


class HandedOver(NamedTuple):
    """An event that Kafka has been given, and the future of its acknowledgement."""

    taken: Taken
    acknowledged: "Future[Place]"


async def deliver(
    items: Sequence[object], intake: Intake, producer: EventProducer, *, source: str, now: datetime
) -> list[UUID | Problem]:
    """Hand over what can be taken, in order, then wait for Kafka's word on each.

    Returns
    -------
    list of UUID or Problem
        In the order of `items`: the id of an event that Kafka has acknowledged, else why not.

    """
    # Decided once for the whole request: half of a list may not overtake the other half.
    full = producer.unacknowledged + len(items) > MOST_WAITING
    # Nothing is awaited here, so no other request comes in between: order and numbers are the request's.
    handed: list[HandedOver | Problem] = []
    for item in items:
        try:
            taken = intake.take(as_object(item), source=source, now=now)
        except Refused as refused:
            handed.append(Problem(400 if refused.kind == "not_json" else 422, f"{refused.reason}."))
            continue
        handed.append(hand_over(taken, intake, producer, full=full))
    return [one if isinstance(one, Problem) else await word_of_kafka(one) for one in handed]


def as_object(item: object) -> Mapping[str, object]:
    """Return a JSON object as it is.

    Raises
    ------
    Refused
        It is another JSON value.

    """
    if not isinstance(item, dict):
        raise Refused("not_json", "expected one JSON object")
    return item


def hand_over(taken: Taken, intake: Intake, producer: EventProducer, *, full: bool) -> HandedOver | Problem:
    """Give one event to the producer, which keeps the order of a key."""
    topic = intake.topic
    try:
        if full:
            raise NotDelivered(topic.name, str(taken.event_id), "too many events wait for Kafka")
        return HandedOver(taken, producer.deliver(topic, taken.record))
    except NotDelivered as error:
        return not_acknowledged(taken, error)


async def word_of_kafka(handed: HandedOver) -> UUID | Problem:
    """Wait until Kafka has acknowledged an event, or the producer gives up."""
    try:
        await asyncio.wrap_future(handed.acknowledged)
    except NotDelivered as error:
        return not_acknowledged(handed.taken, error)
    return handed.taken.event_id


def not_acknowledged(taken: Taken, error: NotDelivered) -> Problem:
    """Say how to send an event again."""
    logger.warning("event not delivered", extra={"reason": str(error)})
    return Problem(
        503,
        "Send the event again with the fields of `resend`; whether Kafka stored it is not known.",
        headers=RETRY_HEADERS,
        members={"resend": taken.resend},
    )
