"""Gives answers to alerts: checked against the one that stands, then published to Kafka.

Whether an answer counts is decided by the judge alone, which compares `replaces` with what stands. What is
checked here spares people the wait: an answer that would be refused is refused at once, with who said what.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from weakref import WeakValueDictionary

from console.alerts.kinds import fitting
from console.errors import AnswerNotKept, AnswerStands, AnswerUnfit
from console.language import _
from console.publisher import Publisher
from producers.errors import NotDelivered
from schemas.alert import Alert, AlertAnswer
from schemas.answer import Answer, AnswerVerdict
from schemas.identifiers import uuid7
from schemas.topics import ANSWERS

__all__ = ["Answers", "in_force"]

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
    publisher
        The way to Kafka.
    now
        The events' clock.

    """

    def __init__(self, publisher: Publisher, *, now: Callable[[], datetime]) -> None:
        self._publisher = publisher
        self._now = now
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
            await self._publisher.publish(ANSWERS, answer)
        except (NotDelivered, TimeoutError) as error:
            raise AnswerNotKept(
                _(
                    "Kafka at {bootstrap_servers} did not acknowledge the answer. Give it again: "
                    "twice the same changes nothing.",
                    bootstrap_servers=self._publisher.bootstrap_servers,
                )
            ) from error


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
            raise AnswerUnfit(_("There is no answer to take back."))
    else:
        allowed = [choice.verdict for choice in fitting(alert.kind)]
        if verdict not in allowed:
            raise AnswerUnfit(
                _(
                    "This alert is answered with {allowed}, not {verdict}.",
                    allowed=_("{first} or {second}", first=allowed[0], second=allowed[1]),
                    verdict=verdict,
                )
            )
    if current is not None and not override and replaces != current.answer_id:
        raise AnswerStands(current)
