"""Records that a command publishes for every worker: rule sets and entries of lists."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar
from uuid import UUID

from kafka import KafkaProducer
from pydantic import BaseModel

from producers.log_positions import last_values
from producers.whole_topic import read_whole
from schemas.context import Context
from schemas.decode import decode_record
from schemas.errors import Refused
from schemas.list_entry import ListEntry
from schemas.model import Model
from schemas.payment_verdict import PaymentVerdict
from schemas.rule_set import RuleSet
from schemas.score import Score
from schemas.topics import CONTEXT, LISTS, MODELS, RULES, SCORES, VERDICTS, Topic

__all__ = [
    "event_time_now",
    "publish",
    "read_context",
    "read_entries",
    "read_models",
    "read_rule_sets",
    "read_verdicts",
]

ACKNOWLEDGED_SECONDS = 30
MILLISECOND = timedelta(milliseconds=1)

Record = TypeVar("Record", bound=BaseModel)


class Keyed(Protocol):
    """A record that knows its key."""

    @property
    def key(self) -> str:
        """Kafka's key."""

    def model_dump_json(self) -> str:
        """Write it as JSON."""


def publish(bootstrap_servers: str, topic: Topic, record: Keyed) -> None:
    """Write a record and return once Kafka has it.

    Raises
    ------
    Refused
        It would not pass the door of its readers, for example because it holds a card number.

    """
    value = record.model_dump_json().encode()
    decode_record(topic.model, value)
    with closing(KafkaProducer(bootstrap_servers=bootstrap_servers.split(","))) as producer:
        producer.send(topic.name, key=record.key.encode(), value=value).get(timeout=ACKNOWLEDGED_SECONDS)


def read_rule_sets(bootstrap_servers: str) -> list[RuleSet]:
    """Read all rule sets by version; of two with one version the first, as workers do."""
    found: dict[int, RuleSet] = {}
    for value in read_whole(bootstrap_servers, RULES):
        one = RuleSet.model_validate_json(value)
        found.setdefault(one.version, one)
    return [found[version] for version in sorted(found)]


def read_models(bootstrap_servers: str) -> list[Model]:
    """Read all models in the order in which they were published, without those that workers set aside."""
    found = []
    for value in read_whole(bootstrap_servers, MODELS):
        try:
            found.append(decode_record(Model, value))
        except Refused:  # it never scored: its readers have put it among the dead letters
            continue
    return found


def read_entries(bootstrap_servers: str) -> list[ListEntry]:
    """Read all entries of lists, as each stands now, in the order in which they were added."""
    read = map(ListEntry.model_validate_json, read_whole(bootstrap_servers, LISTS))
    found = {entry.entry_id: entry for entry in read}
    return [found[entry_id] for entry_id in sorted(found)]


def read_verdicts(bootstrap_servers: str) -> list[PaymentVerdict]:
    """Read what shops were told about payments, each once, by the time at which it was said."""
    found: dict[UUID, PaymentVerdict] = {}
    for value in read_whole(bootstrap_servers, VERDICTS):
        try:
            one = decode_record(PaymentVerdict, value)
        except Refused:  # not written by us; the sink has put it among the dead letters
            continue
        found.setdefault(one.verdict_id, one)
    return sorted(found.values(), key=lambda one: one.at)


def read_context(bootstrap_servers: str) -> list[Context]:
    """Read what was said to have happened, each as it was said last, by when it began."""
    found: dict[UUID, Context] = {}
    for value in read_whole(bootstrap_servers, CONTEXT):
        try:
            one = decode_record(Context, value)
        except Refused:  # the sink has put it among the dead letters
            continue
        found[one.context_id] = one
    return sorted(found.values(), key=lambda one: (one.begins_at, one.context_id))


def event_time_now(bootstrap_servers: str) -> datetime:
    """Give the moment just after the newest payment that was scored; the wall clock if there is none.

    What counts from then on was asked about no payment yet, so scoring again gives the same; and in a replay
    or a simulation, whose time is behind the wall clock, it counts at once.
    """
    wall = datetime.now(UTC)
    scores = map(Score.model_validate_json, last_values(bootstrap_servers, SCORES).values())
    times = [score.payment.occurred_at for score in scores if score.payment is not None]
    return min(max(times) + MILLISECOND, wall) if times else wall
