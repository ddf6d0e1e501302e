"""What the collector takes: one intake per address, which completes and checks what is sent there."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Protocol
from uuid import UUID

import orjson
from pydantic import BaseModel

from producers.envelope import Envelopes
from schemas.context import Context
from schemas.decode import decode_record
from schemas.errors import Refused
from schemas.event import Event
from schemas.identifiers import uuid7
from schemas.label import Label
from schemas.topics import CLICKS, CONTEXT, LABELS, STOCK_MOVEMENTS, TRANSACTIONS, Topic

__all__ = ["INTAKE_TOPICS", "Intake", "Taken", "intakes"]

EVENT_TOPICS: Final = (TRANSACTIONS, CLICKS, STOCK_MOVEMENTS)
INTAKE_TOPICS: Final = (*EVENT_TOPICS, LABELS, CONTEXT)
"""Each is taken at /v1/ and its name."""
OUTSIDERS: Final = ("chargeback", "customer")
"""Who may say something about a payment here; analysts answer in the console, `matured` is computed."""
CLOCKS_DIFFER: Final = timedelta(minutes=5)
"""So far a sender's clock may be ahead of ours. Chosen, not tuned."""


class Taken(NamedTuple):
    """An event as it will be in Kafka.

    `event_id` is the event's, of a label the payment's, of a happening its own; `resend` holds the fields
    that make it the same event when it is sent again.
    """

    record: BaseModel
    event_id: UUID
    resend: dict[str, object]


class Intake(Protocol):
    """One kind of event."""

    topic: Topic

    def take(self, sent: Mapping[str, object], *, source: str, now: datetime) -> Taken:
        """Complete and check one event; what is checked is what will be in Kafka.

        Raises
        ------
        Refused
            It breaks its contract.

        """


class EventIntake:
    """Takes events of sources: fills their envelope and numbers them."""

    def __init__(self, topic: Topic, envelopes: Envelopes) -> None:
        self.topic = topic
        self._envelopes = envelopes

    def take(self, sent: Mapping[str, object], *, source: str, now: datetime) -> Taken:
        """Complete and check one event; what is refused takes no number.

        Raises
        ------
        Refused
            It breaks its contract, or its envelope is not its source's.

        """
        filled = self._envelopes.fill(sent, topic=self.topic.name, source=source, now=now)
        event = decode_record(self.topic.model, orjson.dumps(filled))
        if not isinstance(event, Event):
            raise TypeError(f"records of {self.topic.name} have no envelope")
        self._envelopes.used(event.run, event.seq, topic=self.topic.name, source=source)
        resend = {
            "event_id": str(event.event_id),
            "run": event.run,
            "seq": event.seq,
            "occurred_at": event.occurred_at.isoformat(),
        }
        return Taken(event, event.event_id, resend)


class LabelIntake:
    """Takes what became known about payments. A label has no envelope: it names its payment's event."""

    topic = LABELS

    def take(self, sent: Mapping[str, object], *, source: str, now: datetime) -> Taken:  # noqa: ARG002
        """Complete and check one label; sent again with its `known_at` it changes nothing.

        Raises
        ------
        Refused
            It breaks its contract, is not an outsider's to give, or is of the future.

        """
        label = decode_record(Label, orjson.dumps({"known_at": now.isoformat(), **sent}))
        if label.said_by not in OUTSIDERS:
            raise Refused("schema", f"said_by: {' or '.join(OUTSIDERS)}; analysts answer in the console")
        if label.known_at > now + CLOCKS_DIFFER:
            raise Refused("schema", f"known_at: later than the collector's clock, {now.isoformat()}")
        return Taken(label, label.event_id, {"known_at": label.known_at.isoformat()})


class ContextIntake:
    """Takes what happened to the business. It has no envelope; sent again with its id it replaces itself."""

    topic = CONTEXT

    def take(self, sent: Mapping[str, object], *, source: str, now: datetime) -> Taken:
        """Complete and check one happening; it may lie ahead, as a planned campaign does.

        Raises
        ------
        Refused
            It breaks its contract, or says that another source says it.

        """
        filled = {"context_id": str(uuid7(now)), "begins_at": now.isoformat(), "source": source, **sent}
        told = decode_record(Context, orjson.dumps(filled))
        if told.source != source:
            raise Refused("schema", "source: is the one that the API key belongs to")
        resend: dict[str, object] = {
            "context_id": str(told.context_id),
            "begins_at": told.begins_at.isoformat(),
        }
        return Taken(told, told.context_id, resend)


def intakes() -> list[Intake]:
    """Make one intake per topic; their numbers begin at 0 with a new run."""
    envelopes = Envelopes()
    return [*(EventIntake(topic, envelopes) for topic in EVENT_TOPICS), LabelIntake(), ContextIntake()]
