"""Sending dead letters back to their topics, each at most once unless somebody forgot in between."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from console.errors import ReplayNotKept, ReplayUnfit
from console.language import _
from console.publisher import Publisher
from producers.errors import NotDelivered
from schemas.dead_letter_replay import DeadLetterReplay
from schemas.decode import decode_record
from schemas.errors import Refused
from schemas.event import Event
from schemas.origin import Origin
from schemas.topics import CLICKS, DEAD_LETTER_REPLAYS, STOCK_MOVEMENTS, TOPICS, TRANSACTIONS
from sinks.refused.letters import Letter

__all__ = ["Replayed", "Replays", "event_of"]

REPLAYABLE = frozenset({TRANSACTIONS.name, CLICKS.name, STOCK_MOVEMENTS.name})
"""Topics whose records are numbered by their source, which is how a repeat is recognised. What our own agents
write has one record for each input, and what people write they write again."""


@dataclass
class Replayed:
    """What became of letters: sent, sent before, and by reason how many cannot be."""

    sent: int = 0
    before: int = 0
    unfit: Counter[str] = field(default_factory=Counter)


def event_of(letter: Letter) -> Event:
    """Read the event that a letter holds, by the contract as it is now.

    Raises
    ------
    ReplayUnfit
        It would not arrive as it was, or would be refused again.

    """
    if letter.topic not in REPLAYABLE:
        raise ReplayUnfit(_("what stands in {topic} is sent again by who wrote it", topic=letter.topic))
    record = letter.payload.encode()
    if len(record) != letter.payload_bytes or sha256(record).hexdigest() != letter.payload_sha256:
        raise ReplayUnfit(_("not kept as it came: it is too long, no text, or a card number was masked"))
    try:
        event = decode_record(TOPICS[letter.topic].model, record)
    except Refused as refused:
        raise ReplayUnfit(_("it would be refused again: {reason}", reason=refused.reason)) from refused
    assert isinstance(event, Event)  # noqa: S101  # of every topic that can be replayed
    return event


class Replays:
    """Sends letters and writes down that it did.

    Parameters
    ----------
    publisher
        The way to Kafka.
    now
        The wall's clock.

    """

    def __init__(self, publisher: Publisher, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._publisher = publisher
        self._now = now
        self._sent: set[str] = set()  # what the store does not show yet; 100 bytes each
        self._one_at_a_time = asyncio.Lock()

    async def replay(self, letters: Sequence[Letter], *, by: str) -> Replayed:
        """Send letters as they came, and return once Kafka has them and who sent them.

        Raises
        ------
        ReplayNotKept
            Kafka did not acknowledge one; it says how many were sent before.

        """
        done = Replayed()
        async with self._one_at_a_time:
            for letter in letters:
                if letter.times or letter.key in self._sent:
                    done.before += 1
                    continue
                try:
                    event = event_of(letter)
                except ReplayUnfit as error:
                    done.unfit[str(error)] += 1
                    continue
                await self._send(letter, event, by, done)
        return done

    async def _send(self, letter: Letter, event: Event, by: str, done: Replayed) -> None:
        """Send the event first: a note about what was not sent would be a lie, a repeat is harmless."""
        origin = Origin(
            generation=letter.generation, topic=letter.topic, partition=letter.partition, offset=letter.offset
        )
        try:
            await self._publisher.publish(TOPICS[letter.topic], event, value=letter.payload.encode())
            self._sent.add(letter.key)
            done.sent += 1
            await self._publisher.publish(
                DEAD_LETTER_REPLAYS, DeadLetterReplay(origin=origin, by=by, at=self._now())
            )
        except (NotDelivered, TimeoutError) as error:
            raise ReplayNotKept(
                _(
                    "Kafka at {bootstrap_servers} did not acknowledge everything; {sent} were "
                    "sent. Look at what is marked as replayed before you send the others.",
                    bootstrap_servers=self._publisher.bootstrap_servers,
                    sent=done.sent,
                )
            ) from error
