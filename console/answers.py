"""Gives answers to alerts: checked against the one that stands, then published to Kafka.

Whether an answer counts is decided by the judge alone, which compares `replaces` with what stands. What is
checked here spares people the wait: an answer that would be refused is refused at once, with who said what.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from weakref import WeakValueDictionary

from console.alerts.kinds import fitting
from console.errors import AnswerNotKept, AnswerStands, AnswerUnfit
from producers.administration import is_answering
from producers.client import EventProducer
from producers.errors import NotDelivered
from schemas.alert import Alert, AlertAnswer
from schemas.answer import Answer, AnswerVerdict
from schemas.identifiers import uuid7
from schemas.topics import ANSWERS

__all__ = ["Answers", "in_force"]

logger = logging.getLogger(__name__)

DELIVER_SECONDS = 5.0
"""Longest wait for Kafka: somebody sits in front of the button."""

CLOSE_SECONDS = 2.0
ON_THE_WAY_SECONDS = 10.0
"""How long a published answer counts as standing before the judge has said so (chosen, not tuned)."""


@dataclass(frozen=True)
class OnTheWay:
    """An answer that Kafka has and the store does not show yet; `seen` is what stood when it was given."""

    answer: AlertAnswer
    seen: UUID | None
    at: float


class Answers:
    """Publishes answers, one at a time for each alert.

    Parameters
    ----------
    bootstrap_servers
        Kafka's; it is asked only once somebody answers.
    now
        The events' clock.

    """

    def __init__(self, bootstrap_servers: str, *, now: Callable[[], datetime]) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._now = now
        self._opening: asyncio.Task[EventProducer | None] | None = None
        # a lock lives as long as somebody holds it or waits for it
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._on_the_way: dict[str, OnTheWay] = {}

    async def give(
        self,
        alert: Alert,
        verdict: AnswerVerdict,
        *,
        by: str,
        replaces: UUID | None = None,
        override: bool = False,
    ) -> UUID:
        """Publish an answer and return its id once Kafka has it; the standing one's if it says the same.

        Parameters
        ----------
        alert
            As it stands.
        verdict, by
            What, and who says it.
        replaces
            The answer that this one knowingly replaces.
        override
            Replace whatever stands.

        Raises
        ------
        AnswerUnfit
            The verdict does not fit the alert, or there is nothing to take back.
        AnswerStands
            Another answer stands and `replaces` does not name it.
        AnswerNotKept
            Kafka did not acknowledge it.

        """
        async with self._locks.setdefault(alert.alert_id, asyncio.Lock()):
            standing = self.standing(alert)
            if standing is not None and (standing.verdict, standing.by) == (verdict, by):
                return standing.answer_id
            check(alert, verdict, standing, replaces=replaces, override=override)
            at = self._now()
            answer = Answer(
                answer_id=uuid7(at),
                alert_id=alert.alert_id,
                verdict=verdict,
                by=by,
                at=at,
                replaces=standing.answer_id if standing is not None else None,
            )
            await self._publish(answer)
            self._remember(alert, answer)
            return answer.answer_id

    def standing(self, alert: Alert) -> AlertAnswer | None:
        """Find the answer that stands: the alert's own, or a newer one that the judge has yet to take."""
        stored = alert.answer.answer_id if alert.answer is not None else None
        sent = self._on_the_way.get(alert.alert_id)
        if sent is None or sent.seen != stored or time.monotonic() - sent.at > ON_THE_WAY_SECONDS:
            self._on_the_way.pop(alert.alert_id, None)
            return alert.answer
        return sent.answer

    def prepare(self) -> None:
        """Begin to open the way to Kafka, so that the first answer need not wait for it."""
        if self._opening is None or (self._opening.done() and self._opening.result() is None):
            self._opening = asyncio.create_task(asyncio.to_thread(self._connect))

    async def close(self) -> None:
        """Let go of Kafka."""
        if self._opening is not None:
            producer = await self._opening
            if producer is not None:
                await asyncio.to_thread(producer.close, CLOSE_SECONDS)

    def _remember(self, alert: Alert, answer: Answer) -> None:
        now = time.monotonic()
        old = [name for name, sent in self._on_the_way.items() if now - sent.at > ON_THE_WAY_SECONDS]
        for name in old:
            del self._on_the_way[name]
        sent = AlertAnswer(answer_id=answer.answer_id, verdict=answer.verdict, by=answer.by, at=answer.at)
        seen = alert.answer.answer_id if alert.answer is not None else None
        self._on_the_way[alert.alert_id] = OnTheWay(sent, seen, now)

    async def _publish(self, answer: Answer) -> None:
        try:
            async with asyncio.timeout(DELIVER_SECONDS + CLOSE_SECONDS):
                producer = await self._opened()
                # in a thread: a client that has lost its broker makes its caller wait
                outcome = await asyncio.to_thread(producer.deliver, ANSWERS, answer)
                await asyncio.wrap_future(outcome)
        except (NotDelivered, TimeoutError) as error:
            raise AnswerNotKept(
                f"Kafka at {self._bootstrap_servers} did not acknowledge the answer. Give it again: "
                "twice the same changes nothing."
            ) from error

    async def _opened(self) -> EventProducer:
        self.prepare()
        assert self._opening is not None  # noqa: S101  # prepare() has seen to it
        producer = await asyncio.shield(self._opening)
        if producer is None:
            raise NotDelivered(ANSWERS.name, "none", "no broker answers")
        return producer

    def _connect(self) -> EventProducer | None:
        """Open a producer; None where no broker answers."""
        # asked first: the client itself would try for half a minute, and leave its sockets open
        if not is_answering(self._bootstrap_servers):
            return None
        try:
            producer = EventProducer(
                self._bootstrap_servers,
                source="tillwatch-console",
                linger_ms=0,
                deliver_within_seconds=DELIVER_SECONDS,
            )
        except Exception:  # the edge: a broker that goes away just now, in the client's own words
            logger.exception("no way to Kafka")
            return None
        try:
            producer.prepare(ANSWERS)
        except NotDelivered as error:
            logger.warning("no answers can be published", extra={"error": str(error)})
            producer.close(CLOSE_SECONDS)
            return None
        return producer


def in_force(answer: AlertAnswer | None) -> AlertAnswer | None:
    """Give an answer unless it was taken back."""
    return None if answer is None or answer.verdict == "withdrawn" else answer


def check(
    alert: Alert,
    verdict: AnswerVerdict,
    standing: AlertAnswer | None,
    *,
    replaces: UUID | None,
    override: bool,
) -> None:
    """Refuse what does not fit, and what would overrule somebody unawares."""
    current = in_force(standing)
    if verdict == "withdrawn":
        if current is None:
            raise AnswerUnfit("There is no answer to take back.")
    else:
        allowed = [choice.verdict for choice in fitting(alert)]
        if verdict not in allowed:
            raise AnswerUnfit(f"This alert is answered with {' or '.join(allowed)}, not {verdict}.")
    if current is not None and not override and replaces != current.answer_id:
        raise AnswerStands(current)
